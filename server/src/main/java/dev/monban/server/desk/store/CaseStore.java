package dev.monban.server.desk.store;

import dev.monban.core.trouble.Cause;
import dev.monban.server.desk.Case;
import dev.monban.server.platform.Sql;
import dev.monban.server.platform.StoredCodes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code desk.support_case}. */
public final class CaseStore {

    /** Each node finds it; the first one writes it. */
    private static final String INSERT =
            """
            insert into desk.support_case (case_id, who, account_id, tenant_id, identifier, device,
                                           cause, failures, since, last_at, attempts, opened_at,
                                           opened_by)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict do nothing
            """;

    private static final String BY_ID =
            """
            select case_id, who, account_id, tenant_id, identifier, device, cause, failures, since,
                   last_at, attempts, opened_at, opened_by, closed_at, closed_because
            from desk.support_case where case_id = ?
            """;

    private static final String OPEN_OF =
            """
            select case_id, who, account_id, tenant_id, identifier, device, cause, failures, since,
                   last_at, attempts, opened_at, opened_by, closed_at, closed_because
            from desk.support_case where who = ? and closed_at is null
            """;

    private static final String LATEST =
            """
            select case_id, who, account_id, tenant_id, identifier, device, cause, failures, since,
                   last_at, attempts, opened_at, opened_by, closed_at, closed_because
            from desk.support_case where opened_at > ?
            order by opened_at desc limit ?
            """;

    private static final String LATEST_OF_TENANT =
            """
            select case_id, who, account_id, tenant_id, identifier, device, cause, failures, since,
                   last_at, attempts, opened_at, opened_by, closed_at, closed_because
            from desk.support_case where tenant_id = ? and opened_at > ?
            order by opened_at desc limit ?
            """;

    private static final String LATELY =
            """
            select count(*) as count from desk.support_case where account_id = ? and opened_at > ?
            """;

    private static final String SINCE =
            """
            select count(*) as count from desk.support_case
            where tenant_id is not distinct from ? and opened_at > ? and opened_by is null
            """;

    /** Who has got in since: as their account, or, without one, with the same browser. */
    private static final String CLOSE_SOLVED =
            """
            update desk.support_case c set closed_at = ?, closed_because = 'signed_in'
            where c.closed_at is null
              and (exists (select 1 from watch.attempt a
                           where a.account_id = c.account_id and a.at > c.last_at
                             and a.session_id is not null)
                   or (c.account_id is null
                       and exists (select 1 from watch.attempt a
                                   where a.device = c.device and a.at > c.last_at
                                     and a.session_id is not null)))
            returning case_id, who, account_id, tenant_id, identifier, device, cause, failures,
                      since, last_at, attempts, opened_at, opened_by, closed_at, closed_because
            """;

    private static final String CLOSE_OLD =
            """
            update desk.support_case set closed_at = ?, closed_because = 'given_up'
            where closed_at is null and opened_at < ?
            returning case_id, who, account_id, tenant_id, identifier, device, cause, failures,
                      since, last_at, attempts, opened_at, opened_by, closed_at, closed_because
            """;

    private static final String CLOSE =
            """
            update desk.support_case set closed_at = ?, closed_because = 'closed'
            where case_id = ? and closed_at is null
            returning case_id, who, account_id, tenant_id, identifier, device, cause, failures,
                      since, last_at, attempts, opened_at, opened_by, closed_at, closed_because
            """;

    private static final String SWEEP_STEPS =
            """
            delete from desk.step where case_id in (
                select case_id from desk.support_case where opened_at < ?)
            """;

    private static final String SWEEP_PROOFS =
            """
            delete from desk.proof where case_id in (
                select case_id from desk.support_case where opened_at < ?)
            """;

    private static final String SWEEP = "delete from desk.support_case where opened_at < ?";

    private CaseStore() {}

    public static boolean insert(Connection connection, Case one) throws SQLException {
        Cause cause = one.cause();
        return Sql.update(
                        connection,
                        INSERT,
                        one.id(),
                        one.who(),
                        one.account(),
                        one.tenant(),
                        one.identifier(),
                        one.device(),
                        cause == null ? null : cause.code(),
                        one.failures(),
                        one.since(),
                        one.lastAt(),
                        one.attempts().toArray(UUID[]::new),
                        one.openedAt(),
                        one.openedBy())
                == 1;
    }

    public static Optional<Case> byId(Connection connection, UUID id) throws SQLException {
        return Sql.one(connection, BY_ID, CaseStore::read, id);
    }

    public static Optional<Case> openOf(Connection connection, String who) throws SQLException {
        return Sql.one(connection, OPEN_OF, CaseStore::read, who);
    }

    /**
     * The latest ones, open or not.
     *
     * @param tenant of whom; {@code null} for all
     */
    public static List<Case> latest(
            Connection connection, @Nullable UUID tenant, Instant since, int most)
            throws SQLException {
        return tenant == null
                ? Sql.many(connection, LATEST, CaseStore::read, since, most)
                : Sql.many(connection, LATEST_OF_TENANT, CaseStore::read, tenant, since, most);
    }

    /** How many cases an account has had since then. */
    public static long lately(Connection connection, UUID account, Instant since)
            throws SQLException {
        return Sql.one(connection, LATELY, row -> row.bigNumber("count"), account, since)
                .orElse(0L);
    }

    /**
     * How many have opened themselves since then.
     *
     * @param tenant of whom; {@code null} for those of nobody knows whom
     */
    public static long since(Connection connection, @Nullable UUID tenant, Instant since)
            throws SQLException {
        return Sql.one(connection, SINCE, row -> row.bigNumber("count"), tenant, since).orElse(0L);
    }

    /** Closes those whose person has got in; gives them. */
    public static List<Case> closeSolved(Connection connection, Instant now) throws SQLException {
        return Sql.many(connection, CLOSE_SOLVED, CaseStore::read, now);
    }

    /** Closes those that nobody has cared for; gives them. */
    public static List<Case> closeOld(Connection connection, Instant now, Instant openedBefore)
            throws SQLException {
        return Sql.many(connection, CLOSE_OLD, CaseStore::read, now, openedBefore);
    }

    /** Closes this one, where it is open; gives it. */
    public static Optional<Case> close(Connection connection, UUID id, Instant now)
            throws SQLException {
        return Sql.one(connection, CLOSE, CaseStore::read, now, id);
    }

    /** Deletes what is older, with all that was done about it. */
    public static int sweep(Connection connection, Instant before) throws SQLException {
        Sql.update(connection, SWEEP_STEPS, before);
        Sql.update(connection, SWEEP_PROOFS, before);
        return Sql.update(connection, SWEEP, before);
    }

    private static Case read(Sql.Row row) throws SQLException {
        String stored = row.textOrNull("cause");
        Optional<Cause> cause = StoredCodes.find(Cause.class, stored);
        return new Case(
                row.id("case_id"),
                row.text("who"),
                row.idOrNull("account_id"),
                row.idOrNull("tenant_id"),
                row.text("identifier"),
                row.textOrNull("device"),
                cause.orElse(null),
                row.number("failures"),
                row.time("since"),
                row.time("last_at"),
                row.ids("attempts"),
                row.time("opened_at"),
                row.idOrNull("opened_by"),
                row.timeOrNull("closed_at"),
                row.textOrNull("closed_because"),
                cause.isPresent() ? null : stored);
    }
}
