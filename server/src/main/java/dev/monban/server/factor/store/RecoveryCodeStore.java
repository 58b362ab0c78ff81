package dev.monban.server.factor.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.UUID;

/** The table {@code factor.recovery_code}. */
public final class RecoveryCodeStore {

    private static final String DELETE = "delete from factor.recovery_code where account_id = ?";

    private static final String INSERT =
            "insert into factor.recovery_code (account_id, code, made_at) values (?, ?, ?)";

    private static final String USE =
            """
            update factor.recovery_code set used_at = ?
            where account_id = ? and code = ? and used_at is null
            """;

    private static final String LEFT =
            """
            select count(*) as count from factor.recovery_code
            where account_id = ? and used_at is null
            """;

    private RecoveryCodeStore() {}

    public static int deleteAll(Connection connection, UUID account) throws SQLException {
        return Sql.update(connection, DELETE, account);
    }

    public static boolean insert(Connection connection, UUID account, byte[] code, Instant now)
            throws SQLException {
        return Sql.update(connection, INSERT, account, code, now) == 1;
    }

    /** Uses it; false where there is none that is good. */
    public static boolean use(Connection connection, UUID account, byte[] code, Instant now)
            throws SQLException {
        return Sql.update(connection, USE, now, account, code) == 1;
    }

    /** How many are good. */
    public static long left(Connection connection, UUID account) throws SQLException {
        return Sql.one(connection, LEFT, row -> row.bigNumber("count"), account).orElse(0L);
    }
}
