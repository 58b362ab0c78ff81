package dev.monban.server.watch.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The order of the log: {@code watch.attempt} and {@code watch.act} take their positions from one
 * sequence.
 */
public final class LogStore {

    /**
     * Whoever inserts into a table holds this lock on it from before the position is drawn until
     * the transaction has ended and everybody can see what it wrote. Only who may write to the
     * table can hold it. The view can be read by every role.
     */
    private static final String WRITERS =
            """
            select distinct l.virtualtransaction as transaction, coalesce(l.pid, 0) as pid
            from pg_locks l
            where l.locktype = 'relation' and l.mode = 'RowExclusiveLock' and l.granted
              and l.database = (select d.oid from pg_database d where d.datname = current_database())
              and (l.relation in ('watch.attempt'::regclass, 'watch.act'::regclass)
                   or l.relation in (select i.inhrelid from pg_inherits i
                                     where i.inhparent = 'watch.attempt'::regclass))
            """;

    private static final String SESSIONS =
            """
            select pid, datname as database, application_name as application, state
            from pg_stat_activity where pid = any (?::integer[])
            """;

    private static final String CLOCK = "select watch.clock() as now";

    private static final String DRAWN =
            "select coalesce(pg_sequence_last_value('watch.attempt_position'), 0) as drawn";

    private static final String LAST =
            """
            select greatest((select max(position) from watch.attempt),
                            (select max(position) from watch.act), 0) as last
            """;

    /**
     * Two nodes may do it at the same time, and others write meanwhile: what was drawn is looked at
     * again, and the sequence never goes back.
     */
    private static final String DRAW_ON =
            """
            select setval('watch.attempt_position',
                          greatest((select max(position) from watch.attempt),
                                   (select max(position) from watch.act),
                                   pg_sequence_last_value('watch.attempt_position'), 1)) as drawn
            """;

    private static final String FIRST_SINCE =
            """
            select position from watch.attempt where at >= ? order by at, attempt_id limit 1
            """;

    /** Counted over the index of release 0.1.0: the rows that it had not learnt are few. */
    private static final String FIRST_AFTER =
            """
            select least(
                (select min(a.position) from (
                    select position from watch.attempt
                    where (written_by, position) > (?::xid8, ?) offset 0) a),
                (select min(a.position) from (
                    select position from watch.act
                    where (written_by, position) > (?::xid8, ?) offset 0) a)) as first
            """;

    private static final String NEXT_TRANSACTION =
            "select pg_snapshot_xmax(pg_current_snapshot())::text as next";

    private LogStore() {}

    /**
     * A transaction that may have drawn a position.
     *
     * @param transaction names it among all that run, and is not used again
     * @param pid of its session; 0 where it is prepared and has none
     */
    public record Writer(String transaction, int pid) {}

    /** A session of PostgreSQL, as every role may see it. */
    public record Session(int pid, String database, String application, String state) {}

    /** All transactions that may have written to the log and have not ended. */
    public static List<Writer> writers(Connection connection) throws SQLException {
        return Sql.many(
                connection, WRITERS, row -> new Writer(row.text("transaction"), row.number("pid")));
    }

    /** Which sessions these are, as far as they are still there. */
    public static List<Session> sessions(Connection connection, Collection<Integer> pids)
            throws SQLException {
        return Sql.many(
                connection,
                SESSIONS,
                row ->
                        new Session(
                                row.number("pid"),
                                text(row.textOrNull("database")),
                                text(row.textOrNull("application")),
                                text(row.textOrNull("state"))),
                pids);
    }

    private static String text(@Nullable String text) {
        return text == null || text.isEmpty() ? "?" : text;
    }

    /** The time of the database. */
    public static Instant clock(Connection connection) throws SQLException {
        return Sql.one(connection, CLOCK, row -> row.time("now")).orElseThrow();
    }

    /** The last position that was drawn; 0 where none was. */
    public static long drawn(Connection connection) throws SQLException {
        return Sql.one(connection, DRAWN, row -> row.bigNumber("drawn")).orElseThrow();
    }

    /** The last position that stands in the log; 0 where it is empty. */
    public static long last(Connection connection) throws SQLException {
        return Sql.one(connection, LAST, row -> row.bigNumber("last")).orElseThrow();
    }

    /**
     * From now on positions are drawn after the last one that stands in the log. Only the owner of
     * the sequence may do it; nobody writes to the log until the transaction ends.
     *
     * @return the last position that counts as drawn
     */
    public static long drawOn(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("lock table watch.attempt, watch.act in share row exclusive mode");
        }
        return Sql.one(connection, DRAW_ON, row -> row.bigNumber("drawn")).orElseThrow();
    }

    /** Where the attempts since then begin; empty where there are none. */
    public static Optional<Long> firstSince(Connection connection, Instant since)
            throws SQLException {
        return Sql.one(connection, FIRST_SINCE, row -> row.bigNumber("position"), since);
    }

    /**
     * The first position of what comes after a place in the order of release 0.1.0; empty where
     * nothing does.
     */
    public static Optional<Long> firstAfter(Connection connection, String writtenBy, long position)
            throws SQLException {
        return Sql.one(
                        connection,
                        FIRST_AFTER,
                        row -> row.textOrNull("first") == null ? 0 : row.bigNumber("first"),
                        writtenBy,
                        position,
                        writtenBy,
                        position)
                .filter(first -> first > 0);
    }

    /** A number above those of all transactions that have begun to write. */
    public static String nextTransaction(Connection connection) throws SQLException {
        return Sql.one(connection, NEXT_TRANSACTION, row -> row.text("next")).orElseThrow();
    }
}
