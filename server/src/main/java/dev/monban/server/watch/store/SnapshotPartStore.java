package dev.monban.server.watch.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The table {@code watch.snapshot_part}. */
public final class SnapshotPartStore {

    private static final String INSERT =
            "insert into watch.snapshot_part (copy_id, name, part, state) values (?, ?, ?, ?)";

    private static final String FIND =
            "select state from watch.snapshot_part where copy_id = ? and part = ?";

    private static final String COUNT =
            "select count(*) as count from watch.snapshot_part where copy_id = ?";

    private static final String SWEEP =
            "delete from watch.snapshot_part where name = ? and copy_id <> ?";

    private static final String DROP = "delete from watch.snapshot_part where copy_id = ?";

    private SnapshotPartStore() {}

    public static int insert(Connection connection, UUID copy, String name, int part, byte[] state)
            throws SQLException {
        return Sql.update(connection, INSERT, copy, name, part, state);
    }

    public static Optional<byte[]> find(Connection connection, UUID copy, int part)
            throws SQLException {
        return Sql.one(connection, FIND, row -> row.bytes("state"), copy, part);
    }

    /** How many parts of a copy there are. */
    public static long count(Connection connection, UUID copy) throws SQLException {
        return Sql.one(connection, COUNT, row -> row.bigNumber("count"), copy).orElse(0L);
    }

    /** Deletes the parts of all other copies of this name. */
    public static int sweep(Connection connection, String name, UUID copy) throws SQLException {
        return Sql.update(connection, SWEEP, name, copy);
    }

    /** Deletes the parts of a copy that was given up. */
    public static int drop(Connection connection, UUID copy) throws SQLException {
        return Sql.update(connection, DROP, copy);
    }
}
