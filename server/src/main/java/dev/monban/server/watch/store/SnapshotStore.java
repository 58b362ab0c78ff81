package dev.monban.server.watch.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The table {@code watch.snapshot}. */
public final class SnapshotStore {

    private static final String FIND =
            """
            select written_by::text as written_by, position, taken_at, state
            from watch.snapshot where name = ?
            """;

    private static final String SAVE =
            """
            insert into watch.snapshot as s (name, taken_at, written_by, position, state)
            values (?, ?, ?::xid8, ?, ?)
            on conflict (name) do update
            set taken_at = excluded.taken_at, written_by = excluded.written_by,
                position = excluded.position, state = excluded.state
            where (excluded.written_by, excluded.position) > (s.written_by, s.position)
               or s.written_by > pg_current_xact_id()
            """;

    private SnapshotStore() {}

    /** How far the log was followed, and what was remembered then. */
    public record Snapshot(String writtenBy, long position, Instant takenAt, byte[] state) {}

    public static Optional<Snapshot> find(Connection connection, String name) throws SQLException {
        return Sql.one(
                connection,
                FIND,
                row ->
                        new Snapshot(
                                row.text("written_by"),
                                row.bigNumber("position"),
                                row.time("taken_at"),
                                row.bytes("state")),
                name);
    }

    /** Keeps it, unless another node's is further on. */
    public static boolean save(Connection connection, String name, Snapshot snapshot)
            throws SQLException {
        return Sql.update(
                        connection,
                        SAVE,
                        name,
                        snapshot.takenAt(),
                        snapshot.writtenBy(),
                        snapshot.position(),
                        snapshot.state())
                == 1;
    }
}
