package dev.monban.server.watch.store;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.LoggedCodes;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.server.platform.Sql;
import dev.monban.server.watch.SignIns;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code watch.attempt}. */
public final class AttemptStore {

    private static final String INSERT =
            """
            insert into watch.attempt (attempt_id, at, tenant_id, identifier, account_id, address,
                                       user_agent, device, client_id, step, outcome, reason,
                                       session_id, step_up, verdict, reasons, policy, campaign_id,
                                       network, country, totp_offset, shared)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /**
     * Where much of the log is new, the planner takes it for little and sorts it all for each
     * thousand rows. The index has it in order.
     */
    private static final String IN_ORDER =
            "select set_config('enable_sort', 'off', true) as in_order";

    private static final String OF_ACCOUNT =
            """
            select at, outcome, step, step_up, verdict, address, network, country, user_agent
            from watch.attempt
            where account_id = ? and at > now() - interval '400 days'
              and step in ('password', 'totp', 'recovery_code', 'passkey', 'federated')
            order by at desc limit ?
            """;

    /** By position alone: a number that is not there may still be written. */
    private static final String AFTER =
            """
            select attempt_id, at, tenant_id, identifier, account_id, address, user_agent, device,
                   client_id, step, outcome, reason, session_id, step_up, verdict, reasons,
                   campaign_id, network, country, totp_offset, written_by::text as writer,
                   position, written_at, coalesce(shared, false) as shared
            from watch.attempt
            where position > ?
            order by position
            limit ?
            """;

    private static final String LAST_AT =
            """
            select account_id from watch.attempt
            where device = ? and at > ? and session_id is not null
              and account_id is not null and account_id <> ?
            order by at desc limit 1
            """;

    /** What was read of the log, lately. */
    private static final String UP_TO =
            """
            select attempt_id, at, tenant_id, identifier, account_id, address, user_agent, device,
                   client_id, step, outcome, reason, session_id, step_up, verdict, reasons,
                   campaign_id, network, country, totp_offset, written_by::text as writer,
                   position, written_at, coalesce(shared, false) as shared
            from watch.attempt
            where at >= ? and position <= ?
            order by at desc, attempt_id desc
            limit ?
            """;

    /** Something follows from an attempt later, and is an attempt of its own. */
    private static final String FOLLOW =
            """
            insert into watch.attempt (attempt_id, at, tenant_id, identifier, account_id, address,
                                       user_agent, device, client_id, step, outcome, reason,
                                       verdict, reasons, policy, network, country, shared)
            select ?, ?, tenant_id, identifier, account_id, address, user_agent, device, client_id,
                   ?, 'rejected', ?, 'allow', reasons, policy, network, country,
                   shared
            from watch.attempt where attempt_id = ? and at > ?
            """;

    private AttemptStore() {}

    /**
     * An attempt as it stands in the log.
     *
     * @param attempt what is learnt of it, its time not after that of its writing; {@code null}
     *     where this release knows too little of its codes, so that it is passed over
     * @param ahead how far the clock of the node that made it was ahead of the database
     * @param campaign the campaign's id in the database
     * @param unknown codes that this release does not know, each with its column
     * @param writtenBy the transaction, which was the order of release 0.1.0
     * @param position its place in the order of the log
     */
    public record Logged(
            UUID id,
            @Nullable Attempt attempt,
            Action action,
            List<Reason> reasons,
            Duration ahead,
            @Nullable UUID campaign,
            List<String> unknown,
            Instant writtenAt,
            String writtenBy,
            long position) {
        public Logged {
            reasons = List.copyOf(reasons);
            unknown = List.copyOf(unknown);
        }
    }

    public static void insert(
            Connection connection,
            Attempt attempt,
            Action action,
            List<Reason> reasons,
            String policy,
            @Nullable UUID campaign)
            throws SQLException {
        Approach a = attempt.approach();
        Check check = attempt.check();
        Sql.update(
                connection,
                INSERT,
                UUID.fromString(a.id()),
                a.at(),
                id(a.tenant()),
                a.identifier(),
                id(a.account()),
                a.address(),
                a.userAgent(),
                a.device(),
                a.client(),
                a.step().code(),
                check.outcome().code(),
                check.rejection() == null ? null : check.rejection().code(),
                id(a.session()),
                check.stepUp() == null ? null : check.stepUp().code(),
                action.code(),
                reasons.stream().map(Reason::code).toList(),
                policy,
                campaign,
                a.network() == 0 ? null : a.network(),
                a.country(),
                check.totpOffset(),
                // As before where it says nothing: absent is false.
                a.shared() ? Boolean.TRUE : null);
    }

    /** The last of the log up to a place in it, since a time; the oldest first. */
    public static List<Logged> upTo(Connection connection, long position, Instant since, int most)
            throws SQLException {
        return Sql.many(connection, UP_TO, AttemptStore::logged, since, position, most).reversed();
    }

    /** Writes what followed from an attempt. */
    public static boolean follow(
            Connection connection,
            UUID id,
            Instant now,
            Step step,
            Rejection why,
            UUID from,
            Instant since)
            throws SQLException {
        return Sql.update(connection, FOLLOW, id, now, step.code(), why.code(), from, since) == 1;
    }

    /** The last account but this one that signed in with a device. */
    public static Optional<UUID> lastAt(
            Connection connection, String device, UUID but, Instant since) throws SQLException {
        return Sql.one(connection, LAST_AT, row -> row.id("account_id"), device, since, but);
    }

    /** From here on, and within this transaction, the log is read as its index has it. */
    public static void readInOrder(Connection connection) throws SQLException {
        String done = Sql.one(connection, IN_ORDER, row -> row.text("in_order")).orElseThrow();
        assert done.equals("off");
    }

    /** The next of the log, by position; some may be missing that are not committed yet. */
    public static List<Logged> after(Connection connection, long position, int most)
            throws SQLException {
        return Sql.many(connection, AFTER, AttemptStore::logged, position, most);
    }

    /** The last attempts at an account. */
    public static List<SignIns.Line> ofAccount(Connection connection, UUID account, int most)
            throws SQLException {
        return Sql.many(
                connection,
                OF_ACCOUNT,
                row ->
                        new SignIns.Line(
                                row.time("at"),
                                result(row),
                                row.text("step"),
                                row.text("address"),
                                row.bigNumber("network"),
                                row.textOrNull("country"),
                                row.textOrNull("user_agent")),
                account,
                most);
    }

    private static SignIns.Result result(Sql.Row row) throws SQLException {
        if (!row.text("outcome").equals("accepted")) {
            return SignIns.Result.TURNED_AWAY;
        }
        return row.textOrNull("step_up") == null ? SignIns.Result.SIGNED_IN : SignIns.Result.ASKED;
    }

    private static Logged logged(Sql.Row row) throws SQLException {
        LoggedCodes codes =
                new LoggedCodes(
                        row.text("step"),
                        row.text("outcome"),
                        row.textOrNull("reason"),
                        row.textOrNull("step_up"),
                        row.text("verdict"),
                        row.texts("reasons"));
        Optional<LoggedCodes.Known> known = codes.known();
        Instant at = row.time("at");
        Instant written = row.timeOrNull("written_at");
        // A row of a release before says nothing of when it was written.
        Instant writtenAt = written == null ? at : written;
        return new Logged(
                row.id("attempt_id"),
                known.isEmpty()
                        ? null
                        : attempt(row, known.get(), at.isAfter(writtenAt) ? writtenAt : at),
                known.map(LoggedCodes.Known::action).orElse(Action.ALLOW),
                known.map(LoggedCodes.Known::reasons).orElse(List.of(Reason.NEW_PLACE)),
                at.isAfter(writtenAt) ? Duration.between(writtenAt, at) : Duration.ZERO,
                row.idOrNull("campaign_id"),
                codes.unknown(),
                writtenAt,
                row.text("writer"),
                row.bigNumber("position"));
    }

    private static Attempt attempt(Sql.Row row, LoggedCodes.Known known, Instant at)
            throws SQLException {
        Approach approach =
                new Approach(
                        row.id("attempt_id").toString(),
                        at,
                        text(row.idOrNull("tenant_id")),
                        row.text("identifier"),
                        text(row.idOrNull("account_id")),
                        row.text("address"),
                        row.bigNumber("network"),
                        row.textOrNull("country"),
                        row.textOrNull("user_agent"),
                        row.textOrNull("device"),
                        row.textOrNull("client_id"),
                        known.step(),
                        null,
                        false,
                        text(row.idOrNull("session_id")));
        return new Attempt(
                row.flag("shared") ? approach.fromShared() : approach,
                new Check(
                        known.outcome(),
                        known.rejection(),
                        null,
                        row.textOrNull("totp_offset") == null ? null : row.number("totp_offset"),
                        known.stepUp()));
    }

    private static @Nullable String text(@Nullable UUID id) {
        return id == null ? null : id.toString();
    }

    private static @Nullable UUID id(@Nullable String text) {
        return text == null ? null : UUID.fromString(text);
    }
}
