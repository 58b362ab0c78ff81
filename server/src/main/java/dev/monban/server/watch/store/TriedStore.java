package dev.monban.server.watch.store;

import dev.monban.server.platform.Sql;
import dev.monban.server.watch.Tried;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** What people tried, from {@code watch.attempt} and {@code watch.remark}. */
public final class TriedStore {

    private static final String OF_ACCOUNT =
            """
            select a.attempt_id, a.at, a.step, a.outcome, a.reason, r.near, a.verdict,
                   a.session_id is not null as started, a.network, a.country, a.user_agent
            from watch.attempt a
            left join watch.remark r on r.account_id = a.account_id
                 and r.remarked_at >= ? and r.attempt_id = a.attempt_id
            where a.account_id = ? and a.at >= ?
            order by a.at desc limit ?
            """;

    private static final String THESE =
            """
            select a.attempt_id, a.at, a.step, a.outcome, a.reason, null as near, a.verdict,
                   a.session_id is not null as started, a.network, a.country, a.user_agent
            from watch.attempt a
            where a.attempt_id = any (?)
            order by a.at desc limit ?
            """;

    private TriedStore() {}

    public static List<Tried.Line> ofAccount(
            Connection connection, UUID account, Instant since, int most) throws SQLException {
        return Sql.many(connection, OF_ACCOUNT, TriedStore::line, since, account, since, most);
    }

    public static List<Tried.Line> these(Connection connection, List<UUID> attempts, int most)
            throws SQLException {
        return Sql.many(connection, THESE, TriedStore::line, attempts.toArray(UUID[]::new), most);
    }

    private static Tried.Line line(Sql.Row row) throws SQLException {
        return new Tried.Line(
                row.id("attempt_id"),
                row.time("at"),
                row.text("step"),
                row.text("outcome"),
                row.textOrNull("reason"),
                row.textOrNull("near"),
                row.text("verdict"),
                row.flag("started"),
                row.bigNumber("network"),
                row.textOrNull("country"),
                row.textOrNull("user_agent"));
    }
}
