package dev.monban.server.watch.store;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.core.watch.StepUp;
import dev.monban.server.platform.Sql;
import dev.monban.server.watch.SignIns;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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
                                       network, country, totp_offset)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /**
     * Where much of the log is new, the planner takes it for little and sorts it all for each
     * thousand rows. The index has it in order.
     */
    private static final String IN_ORDER =
            "select set_config('enable_sort', 'off', true) as in_order";

    /** All transactions before this one have ended: what they wrote, everybody can see. */
    private static final String HORIZON =
            "select pg_snapshot_xmin(pg_current_snapshot())::text as horizon";

    private static final String OF_ACCOUNT =
            """
            select at, outcome, step, step_up, verdict, address, network, country, user_agent
            from watch.attempt
            where account_id = ? and at > now() - interval '400 days'
              and step in ('password', 'totp', 'recovery_code', 'passkey', 'federated')
            order by at desc limit ?
            """;

    /** In an order that never changes, as long as it is not read beyond the horizon. */
    private static final String AFTER =
            """
            select attempt_id, at, tenant_id, identifier, account_id, address, user_agent, device,
                   client_id, step, outcome, reason, session_id, step_up, verdict, reasons,
                   campaign_id, network, country, totp_offset, written_by::text as writer,
                   position
            from watch.attempt
            where (written_by, position) > (?::xid8, ?)
              and written_by < ?::xid8
              and at >= ?
            order by written_by, position
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
                   position
            from watch.attempt
            where at >= ? and (written_by, position) <= (?::xid8, ?)
            order by at desc, attempt_id desc
            limit ?
            """;

    /** Something follows from an attempt later, and is an attempt of its own. */
    private static final String FOLLOW =
            """
            insert into watch.attempt (attempt_id, at, tenant_id, identifier, account_id, address,
                                       user_agent, device, client_id, step, outcome, reason,
                                       verdict, reasons, policy, network, country)
            select ?, ?, tenant_id, identifier, account_id, address, user_agent, device, client_id,
                   ?, 'rejected', ?, 'allow', reasons, policy, network, country
            from watch.attempt where attempt_id = ? and at > ?
            """;

    private AttemptStore() {}

    /**
     * An attempt as it stands in the log.
     *
     * @param writtenBy and {@code position}: its place in the order of the log
     * @param campaign the campaign's id in the database
     */
    public record Logged(
            Attempt attempt,
            Action action,
            List<Reason> reasons,
            @Nullable UUID campaign,
            String writtenBy,
            long position) {}

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
                check.totpOffset());
    }

    /** The last of the log up to a place in it, since a time; the oldest first. */
    public static List<Logged> upTo(
            Connection connection, String writtenBy, long position, Instant since, int most)
            throws SQLException {
        return Sql.many(connection, UP_TO, AttemptStore::logged, since, writtenBy, position, most)
                .reversed();
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

    /** How far the log may be read. */
    public static String horizon(Connection connection) throws SQLException {
        return Sql.one(connection, HORIZON, row -> row.text("horizon")).orElseThrow();
    }

    /** From here on, and within this transaction, the log is read as its index has it. */
    public static void readInOrder(Connection connection) throws SQLException {
        String done = Sql.one(connection, IN_ORDER, row -> row.text("in_order")).orElseThrow();
        assert done.equals("off");
    }

    /**
     * The next of the log.
     *
     * @param horizon how far it is read
     * @param since a time before that of any of them
     */
    public static List<Logged> after(
            Connection connection,
            String writtenBy,
            long position,
            String horizon,
            Instant since,
            int most)
            throws SQLException {
        return Sql.many(
                connection, AFTER, AttemptStore::logged, writtenBy, position, horizon, since, most);
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
        String reason = row.textOrNull("reason");
        String stepUp = row.textOrNull("step_up");
        Approach approach =
                new Approach(
                        row.id("attempt_id").toString(),
                        row.time("at"),
                        text(row.idOrNull("tenant_id")),
                        row.text("identifier"),
                        text(row.idOrNull("account_id")),
                        row.text("address"),
                        row.bigNumber("network"),
                        row.textOrNull("country"),
                        row.textOrNull("user_agent"),
                        row.textOrNull("device"),
                        row.textOrNull("client_id"),
                        of(Step.class, row.text("step")),
                        null,
                        false,
                        text(row.idOrNull("session_id")));
        Check check =
                new Check(
                        of(Outcome.class, row.text("outcome")),
                        reason == null ? null : of(Rejection.class, reason),
                        null,
                        row.textOrNull("totp_offset") == null ? null : row.number("totp_offset"),
                        stepUp == null ? null : of(StepUp.class, stepUp));
        return new Logged(
                new Attempt(approach, check),
                of(Action.class, row.text("verdict")),
                row.texts("reasons").stream().map(code -> of(Reason.class, code)).toList(),
                row.idOrNull("campaign_id"),
                row.text("writer"),
                row.bigNumber("position"));
    }

    private static <E extends Enum<E>> E of(Class<E> type, String code) {
        return Enum.valueOf(type, code.toUpperCase(Locale.ROOT));
    }

    private static @Nullable String text(@Nullable UUID id) {
        return id == null ? null : id.toString();
    }

    private static @Nullable UUID id(@Nullable String text) {
        return text == null ? null : UUID.fromString(text);
    }
}
