package dev.monban.server.declare.store;

import dev.monban.server.declare.Precedence.Applied;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** The table {@code declare.applied_state}. */
public final class AppliedStateStore {

    private static final String IN_FORCE =
            """
            select version, fingerprint, applied_at, applied_by, file from declare.applied_state
             order by sequence desc limit 1
            """;

    private static final String LAST_OF =
            """
            select version, fingerprint, applied_at, applied_by, file from declare.applied_state
             where fingerprint = ? order by sequence desc limit 1
            """;

    private static final String INSERT =
            """
            insert into declare.applied_state (version, fingerprint, applied_at, applied_by, file)
            values (?, ?, ?, ?, ?)
            """;

    private AppliedStateStore() {}

    /** The one that was applied last; empty where none ever was. */
    public static Optional<Applied> inForce(Connection connection) throws SQLException {
        return Sql.one(connection, IN_FORCE, AppliedStateStore::read);
    }

    /** When this state was last applied; empty where it never was. */
    public static Optional<Applied> lastOf(Connection connection, byte[] fingerprint)
            throws SQLException {
        return Sql.one(connection, LAST_OF, AppliedStateStore::read, fingerprint);
    }

    public static boolean insert(Connection connection, Applied applied) throws SQLException {
        return Sql.update(
                        connection,
                        INSERT,
                        applied.version() == 0 ? null : applied.version(),
                        applied.fingerprint(),
                        applied.at(),
                        applied.by(),
                        applied.file())
                == 1;
    }

    private static Applied read(Sql.Row row) throws SQLException {
        return new Applied(
                row.number("version"),
                row.bytes("fingerprint"),
                row.time("applied_at"),
                row.text("applied_by"),
                row.text("file"));
    }
}
