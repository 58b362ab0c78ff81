package dev.monban.server.oidc;

import dev.monban.core.authorize.RefreshReuse;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.store.GrantStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.GroupCommit;
import dev.monban.server.platform.Ids;
import dev.monban.server.session.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Gives grants, redeems their codes, moves on their refresh tokens, revokes them. */
public final class Grants implements AutoCloseable {

    private final Database database;
    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;
    private final Revocations revocations;
    private final TokenSettings settings;
    private final GroupCommit<GrantStore.Asked, Optional<Grant>> refreshes;

    public Grants(
            Database database,
            Ids ids,
            InstantSource clock,
            EventLog events,
            Revocations revocations,
            TokenSettings settings) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
        this.events = events;
        this.revocations = revocations;
        this.settings = settings;
        this.refreshes = new GroupCommit<>("refreshes", database, GrantStore::refresh);
    }

    @Override
    public void close() {
        refreshes.close();
    }

    /** What a person has just agreed to, for a redirect flow. */
    public record Wanted(
            String redirectUri,
            @Nullable String challenge,
            List<String> scopes,
            @Nullable String claimsRequest,
            List<String> claimScopes,
            @Nullable String nonce,
            @Nullable String keyThumbprint) {}

    /** Gives a grant whose code is still to be redeemed. */
    public Grant give(
            Connection connection, Client client, Session session, Wanted wanted, String address)
            throws SQLException {
        Instant now = clock.instant();
        Grant grant =
                grant(
                        client,
                        session,
                        wanted.scopes(),
                        wanted.claimsRequest(),
                        wanted.claimScopes(),
                        wanted.nonce(),
                        new Grant.Code(
                                wanted.redirectUri(),
                                wanted.challenge(),
                                now.plus(settings.code()),
                                false),
                        wanted.keyThumbprint(),
                        now);
        GrantStore.insert(connection, grant);
        events.record(
                connection,
                about(EventKind.CODE_ISSUED, grant)
                        .address(address)
                        .details(details(grant, wanted)));
        return grant;
    }

    /** What was granted, and what the code lacks of the protection against being injected. */
    private static Map<String, Object> details(Grant grant, Wanted wanted) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("scopes", String.join(" ", grant.scopes()));
        if (!grant.claimScopes().isEmpty()) {
            details.put("claims_of", String.join(" ", grant.claimScopes()));
        }
        if (wanted.challenge() == null) {
            details.put("pkce", "none");
            if (wanted.nonce() == null) {
                details.put("nonce", "none");
            }
        }
        return details;
    }

    /** Gives a grant to a device; there is no code to redeem. */
    public Grant giveToDevice(
            Connection connection, Client client, Session session, List<String> scopes)
            throws SQLException {
        Grant grant =
                grant(client, session, scopes, null, List.of(), null, null, null, clock.instant());
        GrantStore.insert(connection, grant);
        return grant;
    }

    private Grant grant(
            Client client,
            Session session,
            List<String> scopes,
            @Nullable String claimsRequest,
            List<String> claimScopes,
            @Nullable String nonce,
            Grant.@Nullable Code code,
            @Nullable String keyThumbprint,
            Instant now) {
        AssuranceLevel level = session.level();
        return new Grant(
                ids.next(),
                client.id(),
                session.account(),
                session.id(),
                scopes.stream().sorted().toList(),
                claimsRequest,
                claimScopes,
                nonce,
                level,
                session.methods(),
                session.authenticatedAt(),
                now,
                code,
                keyThumbprint,
                0,
                null,
                // Without offline_access, refreshing ends when the session would.
                session.expiresAt(),
                false);
    }

    public Optional<Grant> find(UUID id) {
        return database.query(connection -> GrantStore.byId(connection, id));
    }

    /**
     * Redeems the code, and gives the first refresh token where one is due.
     *
     * @return the grant as it is now; empty where the code was redeemed before, in which case all
     *     that came from it is revoked (RFC 6749, section 4.1.2)
     */
    public Optional<Grant> redeem(
            Grant grant, boolean refreshable, @Nullable String keyThumbprint, String address) {
        Instant now = clock.instant();
        int generation = refreshable ? 1 : 0;
        Instant expires = grant.offline() ? now.plus(settings.offline()) : grant.refreshExpiresAt();
        return database.transaction(connection -> {
            boolean first =
                    GrantStore.redeem(
                            connection, grant.id(), keyThumbprint, generation, expires, now);
            if (!first) {
                revoke(connection, grant, "code_replayed");
                events.record(connection, about(EventKind.CODE_REPLAYED, grant).address(address));
                return Optional.empty();
            }
            events.record(connection, about(EventKind.TOKENS_ISSUED, grant).address(address));
            return GrantStore.byId(connection, grant.id());
        });
    }

    /** What became of a refresh. */
    public sealed interface Refreshed {
        /** The grant, with the generation of the refresh token to give. */
        record Moved(Grant grant) implements Refreshed {}

        /** The token is not good; nothing else has happened, or all was revoked. */
        record Refused() implements Refreshed {}
    }

    /**
     * Moves on from a refresh token. The present one gets the next; what an older one gets, {@link
     * RefreshReuse} decides.
     */
    public Refreshed refresh(
            Handles.Refresh handle, Client client, @Nullable String keyThumbprint, String address) {
        Instant now = clock.instant();
        Optional<Grant> moved =
                refreshes.commit(
                        new GrantStore.Asked(
                                handle.grant(),
                                client.id(),
                                handle.generation(),
                                keyThumbprint,
                                now,
                                now.plus(settings.offline()),
                                ids.next(),
                                address,
                                !client.isPublic()));
        if (moved.isPresent()) {
            return new Refreshed.Moved(moved.get());
        }
        return database.transaction(
                connection -> old(connection, handle, client, keyThumbprint, address, now));
    }

    private Refreshed old(
            Connection connection,
            Handles.Refresh handle,
            Client client,
            @Nullable String keyThumbprint,
            String address,
            Instant now)
            throws SQLException {
        Optional<Grant> found = GrantStore.byId(connection, handle.grant());
        if (found.isEmpty() || !found.get().client().equals(client.id())) {
            return new Refreshed.Refused();
        }
        Grant grant = found.get();
        return switch (RefreshReuse.judge(
                facts(handle, grant, client, keyThumbprint, now),
                settings.provenRefreshGrace(),
                settings.refreshGrace())) {
            case GIVE_AGAIN -> {
                events.record(
                        connection,
                        about(EventKind.TOKENS_REFRESHED, grant)
                                .address(address)
                                .details(Map.of("again", true)));
                yield new Refreshed.Moved(grant);
            }
            case REFUSE -> new Refreshed.Refused();
            case REVOKE -> {
                revoke(connection, grant, "refresh_replayed");
                events.record(
                        connection,
                        about(EventKind.REFRESH_REPLAYED, grant)
                                .address(address)
                                .details(
                                        Map.of(
                                                "generation", handle.generation(),
                                                "present", grant.refreshGeneration())));
                yield new Refreshed.Refused();
            }
        };
    }

    private static RefreshReuse.Facts facts(
            Handles.Refresh handle,
            Grant grant,
            Client client,
            @Nullable String keyThumbprint,
            Instant now) {
        String bound = grant.keyThumbprint();
        boolean sameKey = Objects.equals(bound, keyThumbprint);
        Instant expires = grant.refreshExpiresAt();
        Instant refreshed = grant.refreshedAt();
        return new RefreshReuse.Facts(
                handle.generation(),
                grant.refreshGeneration(),
                !grant.revoked() && expires != null && expires.isAfter(now),
                !client.isPublic() || sameKey,
                !client.isPublic() || (bound != null && sameKey),
                refreshed == null ? Duration.ZERO : Duration.between(refreshed, now));
    }

    /** Revokes a grant because its client asks for it (RFC 7009). */
    public void revokeByClient(Grant grant, String address) {
        database.transact(connection -> {
            revoke(connection, grant, "revoked_by_client");
            events.record(connection, about(EventKind.TOKEN_REVOKED, grant).address(address));
        });
    }

    /** Revokes what ends with a session, and gives the clients that had tokens in it. */
    public List<String> revokeOfSession(Connection connection, UUID session) throws SQLException {
        List<String> clients = GrantStore.clientsOfSession(connection, session);
        for (UUID grant : GrantStore.revokeOfSession(connection, session, clock.instant())) {
            revocations.revokeGrant(connection, grant);
        }
        return clients;
    }

    /** Revokes all that this person has given, offline access too. */
    public void revokeOfAccount(Connection connection, UUID account) throws SQLException {
        for (UUID grant : GrantStore.revokeOfAccount(connection, account, clock.instant())) {
            revocations.revokeGrant(connection, grant);
        }
    }

    private void revoke(Connection connection, Grant grant, String because) throws SQLException {
        GrantStore.revoke(connection, grant.id(), because, clock.instant());
        revocations.revokeGrant(connection, grant.id());
    }

    private static Event about(EventKind kind, Grant grant) {
        return Event.of(kind)
                .account(grant.account())
                .client(grant.client())
                .session(grant.session())
                .grant(grant.id());
    }
}
