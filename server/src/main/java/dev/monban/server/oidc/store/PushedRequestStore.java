package dev.monban.server.oidc.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table {@code oidc.pushed_request}. */
public final class PushedRequestStore {

    private static final String INSERT =
            """
            insert into oidc.pushed_request (request_hash, client_id, parameters, created_at,
                                             expires_at)
            values (?, ?, ?, ?, ?)
            """;

    private static final String BY_HASH =
            """
            select client_id, parameters, expires_at, used_at
              from oidc.pushed_request where request_hash = ?
            """;

    private static final String USE =
            """
            update oidc.pushed_request set used_at = ? where request_hash = ? and used_at is null
            """;

    private static final String SWEEP = "delete from oidc.pushed_request where expires_at < ?";

    /** A pushed request. */
    public record Pushed(
            String client, String parameters, Instant expiresAt, @Nullable Instant usedAt) {}

    private PushedRequestStore() {}

    public static void insert(
            Connection connection,
            byte[] hash,
            String client,
            String parameters,
            Instant now,
            Instant expiresAt)
            throws SQLException {
        Sql.update(connection, INSERT, hash, client, parameters, now, expiresAt);
    }

    public static Optional<Pushed> byHash(Connection connection, byte[] hash) throws SQLException {
        return Sql.one(
                connection,
                BY_HASH,
                row ->
                        new Pushed(
                                row.text("client_id"),
                                row.text("parameters"),
                                row.time("expires_at"),
                                row.timeOrNull("used_at")),
                hash);
    }

    /** Marks it as answered; false where it was answered before. */
    public static boolean use(Connection connection, byte[] hash, Instant now) throws SQLException {
        return Sql.update(connection, USE, now, hash) == 1;
    }

    public static int sweep(Connection connection, Instant before) throws SQLException {
        return Sql.update(connection, SWEEP, before);
    }
}
