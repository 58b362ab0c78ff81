package dev.monban.server.oidc.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** The table {@code oidc.used_assertion}. */
public final class UsedAssertionStore {

    private static final String USE =
            """
            insert into oidc.used_assertion (assertion_hash, expires_at) values (?, ?)
            on conflict do nothing
            """;

    private static final String SWEEP = "delete from oidc.used_assertion where expires_at < ?";

    private UsedAssertionStore() {}

    /** Marks it as used; false where it was used before. */
    public static boolean use(Connection connection, byte[] hash, Instant expiresAt)
            throws SQLException {
        return Sql.update(connection, USE, hash, expiresAt) == 1;
    }

    public static int sweep(Connection connection, Instant now) throws SQLException {
        return Sql.update(connection, SWEEP, now);
    }
}
