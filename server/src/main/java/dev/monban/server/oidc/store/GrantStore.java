package dev.monban.server.oidc.store;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.server.oidc.Grant;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table {@code oidc.grant}. */
public final class GrantStore {

    private static final String INSERT =
            """
            insert into oidc.grant (grant_id, client_id, account_id, session_id, scopes,
                                    claims_request, claim_scopes, nonce, level, methods, authenticated_at,
                                    created_at, code_redirect_uri, code_challenge, code_expires_at,
                                    key_thumbprint, refresh_generation, refreshed_at,
                                    refresh_expires_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String BY_ID =
            """
            select grant_id, client_id, account_id, session_id, scopes, claims_request, claim_scopes,
                   nonce, level, methods, authenticated_at, created_at, code_redirect_uri, code_challenge,
                   code_expires_at, code_used_at, key_thumbprint, refresh_generation, refreshed_at,
                   refresh_expires_at, revoked_at
              from oidc.grant where grant_id = ?
            """;

    private static final String REDEEM =
            """
            update oidc.grant
               set code_used_at = ?, key_thumbprint = ?, refresh_generation = ?, refreshed_at = ?,
                   refresh_expires_at = ?
             where grant_id = ? and code_used_at is null and revoked_at is null
            """;

    /**
     * Moves all of these on to their next refresh tokens and writes the events, in one go. A client
     * that proves itself may come with another key (RFC 9449, section 5): its refresh tokens are
     * bound to its authentication.
     */
    private static final String REFRESH =
            """
            with asked as (
                select * from unnest(?::uuid[], ?::text[], ?::int[], ?::text[], ?::timestamptz[],
                                     ?::timestamptz[], ?::uuid[], ?::text[], ?::boolean[])
                  as a (grant_id, client_id, generation, key_thumbprint, now, offline_expires_at,
                        event_id, address, any_key)
            ), moved as (
                update oidc.grant g
                   set refresh_generation = g.refresh_generation + 1, refreshed_at = a.now,
                       key_thumbprint = a.key_thumbprint,
                       refresh_expires_at = case when 'offline_access' = any (g.scopes)
                                                 then a.offline_expires_at
                                                 else g.refresh_expires_at end
                  from asked a
                 where g.grant_id = a.grant_id and g.client_id = a.client_id
                   and g.refresh_generation = a.generation
                   and g.revoked_at is null and g.refresh_expires_at > a.now
                   and (a.any_key or g.key_thumbprint is not distinct from a.key_thumbprint)
                returning g.*, a.now, a.event_id, a.address
            ), logged as (
                insert into audit.event (event_id, at, kind, account_id, client_id, session_id,
                                         grant_id, address, details)
                select event_id, now, 'tokens_refreshed', account_id, client_id, session_id,
                       grant_id, address, '{}'::jsonb
                  from moved
            )
            select grant_id, client_id, account_id, session_id, scopes, claims_request, claim_scopes,
                   nonce, level, methods, authenticated_at, created_at, code_redirect_uri, code_challenge,
                   code_expires_at, code_used_at, key_thumbprint, refresh_generation, refreshed_at,
                   refresh_expires_at, revoked_at
              from moved
            """;

    private static final String REVOKE =
            """
            update oidc.grant set revoked_at = ?, revoked_because = ?
             where grant_id = ? and revoked_at is null
            """;

    private static final String REVOKE_OF_SESSION =
            """
            update oidc.grant set revoked_at = ?, revoked_because = 'signed_out'
             where session_id = ? and revoked_at is null
               and (not 'offline_access' = any (scopes)
                    or (code_challenge is not null and code_used_at is null))
            returning grant_id
            """;

    private static final String REVOKE_OF_ACCOUNT =
            """
            update oidc.grant set revoked_at = ?, revoked_because = 'signed_out'
             where account_id = ? and revoked_at is null
            returning grant_id
            """;

    private static final String REVOKE_OF_CLIENT =
            """
            update oidc.grant set revoked_at = ?, revoked_because = 'client_removed'
             where client_id = ? and revoked_at is null
            returning grant_id
            """;

    /** What still gives tokens, or was given within the life of an access token. */
    private static final String STANDING =
            """
            select g.client_id, array_agg(distinct s order by s) as scopes,
                   min(g.created_at) as since,
                   max(coalesce(g.refreshed_at, g.code_used_at, g.created_at)) as used_at
              from oidc.grant g cross join unnest(g.scopes || g.claim_scopes) as s
             where g.account_id = ? and g.revoked_at is null and g.refresh_expires_at > ?
               and (g.code_used_at is not null or g.code_challenge is null)
             group by g.client_id
            """;

    private static final String REVOKE_OF_ACCOUNT_AND_CLIENT =
            """
            update oidc.grant set revoked_at = ?, revoked_because = 'withdrawn'
             where account_id = ? and client_id = ? and revoked_at is null
            returning grant_id
            """;

    private static final String CLIENTS_OF_SESSION =
            """
            select distinct client_id from oidc.grant
             where session_id = ? and (code_used_at is not null or code_challenge is null)
            """;

    private static final String SWEEP =
            """
            delete from oidc.grant where grant_id in (
                select grant_id from oidc.grant
                 where created_at < ? and (revoked_at < ? or coalesce(refresh_expires_at, created_at) < ?)
                   and not exists (select from oidc.device_authorization d
                                    where d.grant_id = oidc.grant.grant_id)
                 limit 10000)
            """;

    /** Stands for "no challenge" in a row that has a code; see migration V20. */
    private static final CharSequence NO_CHALLENGE = "";

    private GrantStore() {}

    public static void insert(Connection connection, Grant grant) throws SQLException {
        Grant.Code code = grant.code();
        Sql.update(
                connection,
                INSERT,
                grant.id(),
                grant.client(),
                grant.account(),
                grant.session(),
                grant.scopes(),
                grant.claimsRequest(),
                grant.claimScopes(),
                grant.nonce(),
                grant.level().acr(),
                grant.methods(),
                grant.authenticatedAt(),
                grant.createdAt(),
                code == null ? null : code.redirectUri(),
                code == null
                        ? null
                        : Objects.requireNonNullElse(code.challenge(), NO_CHALLENGE.toString()),
                code == null ? null : code.expiresAt(),
                grant.keyThumbprint(),
                grant.refreshGeneration(),
                grant.refreshedAt(),
                grant.refreshExpiresAt());
    }

    public static Optional<Grant> byId(Connection connection, UUID id) throws SQLException {
        return Sql.one(connection, BY_ID, GrantStore::read, id);
    }

    /** Redeems the code; false where somebody else did, or the grant was revoked. */
    public static boolean redeem(
            Connection connection,
            UUID id,
            @Nullable String keyThumbprint,
            int generation,
            @Nullable Instant refreshExpiresAt,
            Instant now)
            throws SQLException {
        return Sql.update(
                        connection,
                        REDEEM,
                        now,
                        keyThumbprint,
                        generation,
                        generation == 0 ? null : now,
                        refreshExpiresAt,
                        id)
                == 1;
    }

    /**
     * A refresh that is asked for.
     *
     * @param generation the number of the token that was sent
     * @param anyKey whether the client may come with another key than the last time
     */
    public record Asked(
            UUID grant,
            String client,
            int generation,
            @Nullable String keyThumbprint,
            Instant now,
            Instant offlineExpiresAt,
            UUID eventId,
            String address,
            boolean anyKey) {}

    /**
     * Moves on from these generations. For each, the grant as it is now; empty where it was not the
     * present one, or not good any more. Of two that ask for the same grant, the first moves it.
     */
    public static List<Optional<Grant>> refresh(Connection connection, List<Asked> all)
            throws SQLException {
        Map<UUID, Asked> first = new LinkedHashMap<>();
        all.forEach(asked -> first.putIfAbsent(asked.grant(), asked));
        List<Asked> each = List.copyOf(first.values());
        Map<UUID, Grant> moved = new HashMap<>();
        Sql.many(
                        connection,
                        REFRESH,
                        GrantStore::read,
                        each.stream().map(Asked::grant).toArray(UUID[]::new),
                        column(each, Asked::client),
                        each.stream().map(Asked::generation).toArray(Integer[]::new),
                        column(each, Asked::keyThumbprint),
                        column(each, asked -> asked.now().toString()),
                        column(each, asked -> asked.offlineExpiresAt().toString()),
                        each.stream().map(Asked::eventId).toArray(UUID[]::new),
                        column(each, Asked::address),
                        column(each, asked -> Boolean.toString(asked.anyKey())))
                .forEach(grant -> moved.put(grant.id(), grant));
        // Whoever comes second for a grant finds nothing left to take.
        List<Optional<Grant>> answers = new ArrayList<>();
        all.forEach(asked -> answers.add(Optional.ofNullable(moved.remove(asked.grant()))));
        return answers;
    }

    private static @Nullable String[] column(
            List<Asked> all, Function<Asked, @Nullable String> field) {
        @Nullable String[] values = new String[all.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = field.apply(all.get(i));
        }
        return values;
    }

    public static boolean revoke(Connection connection, UUID id, String because, Instant now)
            throws SQLException {
        return Sql.update(connection, REVOKE, now, because, id) == 1;
    }

    /** Revokes what ends with the session; gives which. */
    public static List<UUID> revokeOfSession(Connection connection, UUID session, Instant now)
            throws SQLException {
        return Sql.many(connection, REVOKE_OF_SESSION, row -> row.id("grant_id"), now, session);
    }

    /** Revokes all that a person has given to anybody; gives which. */
    public static List<UUID> revokeOfAccount(Connection connection, UUID account, Instant now)
            throws SQLException {
        return Sql.many(connection, REVOKE_OF_ACCOUNT, row -> row.id("grant_id"), now, account);
    }

    /** What a client has of a person at present, all grants together. */
    public record Standing(String client, List<String> scopes, Instant since, Instant usedAt) {}

    /** What clients have of this person at present. */
    public static List<Standing> standing(Connection connection, UUID account, Instant now)
            throws SQLException {
        return Sql.many(
                connection,
                STANDING,
                row ->
                        new Standing(
                                row.text("client_id"),
                                row.texts("scopes"),
                                row.time("since"),
                                row.time("used_at")),
                account,
                now);
    }

    /** Revokes all that a person has given to this client; gives which. */
    public static List<UUID> revokeOfAccountAndClient(
            Connection connection, UUID account, String client, Instant now) throws SQLException {
        return Sql.many(
                connection,
                REVOKE_OF_ACCOUNT_AND_CLIENT,
                row -> row.id("grant_id"),
                now,
                account,
                client);
    }

    /** Revokes all that a client was granted; gives which. */
    public static List<UUID> revokeOfClient(Connection connection, String client, Instant now)
            throws SQLException {
        return Sql.many(connection, REVOKE_OF_CLIENT, row -> row.id("grant_id"), now, client);
    }

    /** The clients that got tokens in this session. */
    public static List<String> clientsOfSession(Connection connection, UUID session)
            throws SQLException {
        return Sql.many(connection, CLIENTS_OF_SESSION, row -> row.text("client_id"), session);
    }

    /** Deletes grants that have not been good for anything since then. */
    public static int sweep(Connection connection, Instant before) throws SQLException {
        return Sql.update(connection, SWEEP, before, before, before);
    }

    private static Grant read(Sql.Row row) throws SQLException {
        String challenge = row.textOrNull("code_challenge");
        return new Grant(
                row.id("grant_id"),
                row.text("client_id"),
                row.id("account_id"),
                row.id("session_id"),
                row.texts("scopes"),
                row.textOrNull("claims_request"),
                row.texts("claim_scopes"),
                row.textOrNull("nonce"),
                AssuranceLevel.ofAcr(row.text("level")).orElse(AssuranceLevel.AAL1),
                row.texts("methods"),
                row.time("authenticated_at"),
                row.time("created_at"),
                challenge == null
                        ? null
                        : new Grant.Code(
                                row.text("code_redirect_uri"),
                                challenge.contentEquals(NO_CHALLENGE) ? null : challenge,
                                row.time("code_expires_at"),
                                row.timeOrNull("code_used_at") != null),
                row.textOrNull("key_thumbprint"),
                row.number("refresh_generation"),
                row.timeOrNull("refreshed_at"),
                row.timeOrNull("refresh_expires_at"),
                row.timeOrNull("revoked_at") != null);
    }
}
