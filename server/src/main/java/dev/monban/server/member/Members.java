package dev.monban.server.member;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.LevelNeed;
import dev.monban.core.factor.Requirement;
import dev.monban.core.factor.Standing;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.FederatedIdentities;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.TrustedDevices;
import dev.monban.server.member.store.MemberStore;
import dev.monban.server.notify.Bounces;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The people of an organisation, for those who look after it. */
public final class Members {

    /** So many are shown; the search finds the others. */
    public static final int MOST = 200;

    private static final List<String> USUAL_ROLES = List.of(Tenants.ADMINISTRATOR, "agent");

    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final Sessions sessions;
    private final TrustedDevices trustedDevices;
    private final Bounces bounces;
    private final FederatedIdentities identities;
    private final Notices notices;
    private final EventLog events;
    private final InstantSource clock;

    public Members(
            Database database,
            Accounts accounts,
            Tenants tenants,
            Sessions sessions,
            TrustedDevices trustedDevices,
            Bounces bounces,
            FederatedIdentities identities,
            Notices notices,
            EventLog events,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.sessions = sessions;
        this.trustedDevices = trustedDevices;
        this.bounces = bounces;
        this.identities = identities;
        this.notices = notices;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Somebody, as administrators see them.
     *
     * @param factors how many apps and passkeys they have
     * @param lacking whether they lack a factor that the organisation wants, or will
     * @param bouncing whether mail to them came back
     * @param signedInAt when they last proved who they are; {@code null} where it was never, or
     *     long ago
     */
    public record Line(
            UUID id,
            String identifier,
            String name,
            List<String> roles,
            boolean disabled,
            boolean hasPassword,
            long factors,
            boolean lacking,
            boolean bouncing,
            @Nullable Instant signedInAt) {
        public Line {
            roles = List.copyOf(roles);
        }
    }

    /**
     * People of this organisation, by login name.
     *
     * @param part of the login name or the name; empty for everybody
     */
    public List<Line> of(UUID tenant, String part) {
        Instant now = clock.instant();
        List<Requirement> wanted = database.query(c -> tenants.requirements(c, tenant));
        List<MemberStore.Row> rows =
                database.query(c ->
                        MemberStore.ofTenant(
                                c, tenant, part.strip().toLowerCase(Locale.ROOT), MOST));
        Set<String> bouncing =
                bounces.among(rows.stream().map(MemberStore.Row::email).toList()).stream()
                        .map(Bounces.Bounce::address)
                        .collect(Collectors.toSet());
        return rows.stream()
                .map(row -> line(row, wanted, bouncing.contains(row.email()), now))
                .toList();
    }

    private static Line line(
            MemberStore.Row row, List<Requirement> wanted, boolean bouncing, Instant now) {
        AssuranceLevel reachable =
                row.passkeys() > 0
                        ? AssuranceLevel.PHISHING_RESISTANT
                        : row.apps() > 0 ? AssuranceLevel.AAL2 : AssuranceLevel.AAL1;
        Standing standing = new Standing(reachable, false, reachable, Set.copyOf(row.roles()));
        return new Line(
                row.id(),
                row.identifier(),
                row.name(),
                row.roles(),
                row.disabled(),
                row.hasPassword(),
                row.apps() + row.passkeys(),
                !(LevelNeed.of(wanted, standing, now) instanceof LevelNeed.Met),
                bouncing,
                row.signedInAt());
    }

    /**
     * The roles to choose from: the usual ones, and those that people have. Who runs the gate is
     * declared, and not invited.
     */
    public List<String> roles(Tenant tenant) {
        Set<String> roles = new TreeSet<>(USUAL_ROLES);
        roles.addAll(database.query(c -> MemberStore.roles(c, tenant.id())));
        if (tenant.operator()) {
            roles.remove(Tenants.ADMINISTRATOR);
            roles.remove(Tenants.SUPPORT);
        }
        return List.copyOf(roles);
    }

    /** Somebody of this organisation; empty for everybody else. */
    public Optional<Account> find(UUID tenant, UUID account) {
        return database.query(c -> accounts.byId(c, account))
                .filter(a -> a.tenant().equals(tenant));
    }

    /** Who looks after this organisation, besides these. */
    public List<Account> administratorsBut(UUID tenant, UUID... others) {
        Set<UUID> but = new HashSet<>(List.of(others));
        return database.query(connection -> administrators(connection, tenant, but));
    }

    private List<Account> administrators(Connection connection, UUID tenant, Set<UUID> but)
            throws SQLException {
        List<Account> found = new ArrayList<>();
        for (UUID id : MemberStore.administrators(connection, tenant, Tenants.ADMINISTRATOR)) {
            if (!but.contains(id)) {
                accounts.byId(connection, id).ifPresent(found::add);
            }
        }
        return found;
    }

    /** At which identity providers this is known as somebody: issuers. */
    public List<String> issuers(Account account) {
        return database.query(c -> identities.issuers(c, account.id()));
    }

    /**
     * Ends what links somebody to their organisation's identity provider, because they are somebody
     * else there now.
     */
    public void unlink(Account account, Account by, String address) {
        database.transact(connection -> {
            if (identities.unlink(connection, account.id(), by.id(), address)) {
                notices.put(connection, account, "identity_unlinked", by.name());
            }
        });
    }

    /** Signs somebody out of everything, because an administrator says so. */
    public void endSessions(Account account, Account by, String address) {
        database.transact(connection -> {
            trustedDevices.endAll(connection, account.id());
            sessions.endAll(connection, account.id(), SessionEnd.ENDED_BY_ADMINISTRATOR, address);
            events.record(
                    connection,
                    Event.of(EventKind.SESSIONS_ENDED)
                            .account(account.id())
                            .address(address)
                            .details(Map.of("by", by.id().toString())));
            notices.put(connection, account, "sessions_ended", by.name());
        });
    }
}
