package dev.monban.server.desk.store;

import dev.monban.server.desk.Cases;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The tables {@code desk.step} and {@code desk.proof}. */
public final class StepStore {

    private static final String INSERT =
            """
            insert into desk.step (step_id, case_id, account_id, kind, taken_at)
            values (?, ?, ?, ?, ?)
            """;

    private static final String OF_CASE =
            """
            select s.kind, s.taken_at, a.name
            from desk.step s join account.account a on a.account_id = s.account_id
            where s.case_id = ? order by s.taken_at, s.step_id limit 200
            """;

    private static final String COUNT =
            """
            select count(*) as count
            from desk.support_case c join desk.step s on s.case_id = c.case_id
            where c.account_id = ? and s.kind = ? and s.taken_at > ?
            """;

    /** Until the transaction ends, nobody else takes a step for this account. */
    private static final String LOCK =
            "select account_id from account.account where account_id = ? for update";

    private static final String PUT_PROOF =
            """
            insert into desk.proof (case_id, account_id, code, sent_at) values (?, ?, ?, ?)
            on conflict (case_id, account_id)
            do update set code = excluded.code, tries = 0, sent_at = excluded.sent_at,
                          proved_at = null
            """;

    /** A try counts when it is taken, so that parallel ones cannot share it. */
    private static final String TRY =
            """
            update desk.proof set tries = tries + 1
            where case_id = ? and account_id = ? and tries < ? and sent_at > ?
              and proved_at is null
            returning code
            """;

    private static final String PROVE =
            """
            update desk.proof set proved_at = ?
            where case_id = ? and account_id = ? and proved_at is null
            """;

    private static final String PROVED =
            """
            select proved_at from desk.proof
            where case_id = ? and account_id = ? and proved_at > ?
            """;

    /** Where the account's own people have tried since then. */
    private static final String OWN_ADDRESSES =
            """
            select distinct address from (
                select address, reasons from watch.attempt
                where account_id = ? and at >= ? order by at desc limit 1000) a
            where not ('new_place' = any (a.reasons)) limit 20
            """;

    private StepStore() {}

    public static boolean insert(
            Connection connection, UUID id, UUID ofCase, UUID by, String kind, Instant at)
            throws SQLException {
        return Sql.update(connection, INSERT, id, ofCase, by, kind, at) == 1;
    }

    /** What was done about a case, the oldest first. */
    public static List<Cases.Taken> ofCase(Connection connection, UUID id) throws SQLException {
        return Sql.many(
                connection,
                OF_CASE,
                row -> new Cases.Taken(row.text("kind"), row.time("taken_at"), row.text("name")),
                id);
    }

    /** How often that was done for an account since then, whatever the case. */
    public static long count(Connection connection, UUID account, String kind, Instant since)
            throws SQLException {
        return Sql.one(connection, COUNT, row -> row.bigNumber("count"), account, kind, since)
                .orElse(0L);
    }

    public static void lock(Connection connection, UUID account) throws SQLException {
        Sql.one(connection, LOCK, row -> row.id("account_id"), account);
    }

    public static List<String> ownAddresses(Connection connection, UUID account, Instant since)
            throws SQLException {
        return Sql.many(connection, OWN_ADDRESSES, row -> row.text("address"), account, since);
    }

    public static void putProof(
            Connection connection, UUID ofCase, UUID by, byte[] code, Instant now)
            throws SQLException {
        Sql.update(connection, PUT_PROOF, ofCase, by, code, now);
    }

    /** Takes a try at the code that was sent since then; empty where there is none left. */
    public static Optional<byte[]> take(
            Connection connection, UUID ofCase, UUID by, int most, Instant sentAfter)
            throws SQLException {
        return Sql.one(connection, TRY, row -> row.bytes("code"), ofCase, by, most, sentAfter);
    }

    public static boolean prove(Connection connection, UUID ofCase, UUID by, Instant now)
            throws SQLException {
        return Sql.update(connection, PROVE, now, ofCase, by) == 1;
    }

    /** When it was proved, where that is not longer ago than then. */
    public static Optional<Instant> proved(
            Connection connection, UUID ofCase, UUID by, Instant since) throws SQLException {
        return Sql.one(connection, PROVED, row -> row.time("proved_at"), ofCase, by, since);
    }
}
