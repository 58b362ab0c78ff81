package dev.monban.server.oidc.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** The table {@code oidc.revocation}. */
public final class RevocationStore {

    private static final String INSERT =
            """
            insert into oidc.revocation (revoked_id, revoked_at, expires_at) values (?, ?, ?)
            on conflict (revoked_id) do nothing
            """;

    private static final String STANDING =
            "select revoked_id, expires_at from oidc.revocation where expires_at > ?";

    private static final String SWEEP = "delete from oidc.revocation where expires_at < ?";

    /** What is revoked, and until when that matters. */
    public record Revoked(String id, Instant expiresAt) {}

    private RevocationStore() {}

    public static void insert(Connection connection, String id, Instant now, Instant expiresAt)
            throws SQLException {
        Sql.update(connection, INSERT, id, now, expiresAt);
    }

    /** Those that still matter. Tokens live for minutes, so they are few. */
    public static List<Revoked> standing(Connection connection, Instant now) throws SQLException {
        return Sql.many(
                connection,
                STANDING,
                row -> new Revoked(row.text("revoked_id"), row.time("expires_at")),
                now);
    }

    public static int sweep(Connection connection, Instant now) throws SQLException {
        return Sql.update(connection, SWEEP, now);
    }
}
