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
            select count(*) as count from desk.step
            where case_id = ? and kind = ? and taken_at > ?
            """;

    /** Until the transaction ends, nobody else takes a step about this case. */
    private static final String LOCK =
            "select case_id from desk.support_case where case_id = ? for update";

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

    /** How often that was done about a case since then. */
    public static long count(Connection connection, UUID ofCase, String kind, Instant since)
            throws SQLException {
        return Sql.one(connection, COUNT, row -> row.bigNumber("count"), ofCase, kind, since)
                .orElse(0L);
    }

    public static void lock(Connection connection, UUID ofCase) throws SQLException {
        Sql.one(connection, LOCK, row -> row.id("case_id"), ofCase);
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
