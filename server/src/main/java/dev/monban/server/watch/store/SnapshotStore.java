package dev.monban.server.watch.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The table {@code watch.snapshot}. */
public final class SnapshotStore {

    private static final String FIND =
            """
            select name, written_by::text as written_by, position, taken_at, state
            from watch.snapshot where name = ?
            """;

    private static final String NAMES =
            "select name, taken_at from watch.snapshot where name > '' order by name limit ?";

    /** One that lies ahead of what was ever drawn is of a log that is no more. */
    private static final String SAVE =
            """
            insert into watch.snapshot as s (name, taken_at, written_by, position, state)
            values (?, ?, '0'::xid8, ?, ?)
            on conflict (name) do update
            set taken_at = excluded.taken_at, position = excluded.position, state = excluded.state
            where excluded.position > s.position
               or s.position > coalesce(pg_sequence_last_value('watch.attempt_position'), 0)
            """;

    private SnapshotStore() {}

    /**
     * How far the log was followed, and what was remembered then.
     *
     * @param writtenBy the transaction, in the order of release 0.1.0; 0 where the order is the
     *     position alone
     */
    public record Snapshot(
            String name, String writtenBy, long position, Instant takenAt, byte[] state) {}

    public static Optional<Snapshot> find(Connection connection, String name) throws SQLException {
        return Sql.one(
                connection,
                FIND,
                row ->
                        new Snapshot(
                                row.text("name"),
                                row.text("written_by"),
                                row.bigNumber("position"),
                                row.time("taken_at"),
                                row.bytes("state")),
                name);
    }

    /** A snapshot that there is. */
    public record Name(String name, Instant takenAt) {}

    /** What snapshots there are. */
    public static List<Name> names(Connection connection, int most) throws SQLException {
        return Sql.many(
                connection, NAMES, row -> new Name(row.text("name"), row.time("taken_at")), most);
    }

    /** Keeps it, unless another node's is further on. */
    public static boolean save(
            Connection connection, String name, long position, Instant takenAt, byte[] state)
            throws SQLException {
        return Sql.update(connection, SAVE, name, takenAt, position, state) == 1;
    }
}
