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

    /**
     * Requests that no browser has come with, and that one may still come with; at most so many.
     */
    private static final String COUNT_OUTSTANDING =
            """
            select count(*) as outstanding
              from (select 1 from oidc.pushed_request
                     where client_id = ? and used_at is null and opened_at is null
                       and expires_at > ?
                     limit ?) waiting
            """;

    /**
     * Of the requests that no browser has come with: beyond the newest, those that expire early.
     */
    private static final String SWEEP_WAITING =
            """
            delete from oidc.pushed_request
             where request_hash in (select request_hash from oidc.pushed_request
                                     where client_id = ? and used_at is null and opened_at is null
                                     order by expires_at desc offset ? limit ?
                                     for update skip locked)
               and expires_at <= ?
            """;

    /** Of the requests on whose way a person is: beyond the newest. */
    private static final String SWEEP_OPENED =
            """
            delete from oidc.pushed_request
             where request_hash in (select request_hash from oidc.pushed_request
                                     where client_id = ? and used_at is null
                                       and opened_at is not null
                                     order by opened_at desc offset ? limit ?
                                     for update skip locked)
            """;

    private static final String OPEN =
            """
            update oidc.pushed_request set opened_at = ?
             where request_hash = ? and opened_at is null
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

    /**
     * How many requests of the client no browser has come with, although one still may.
     *
     * @param most counts no further than this
     */
    public static int outstanding(Connection connection, String client, Instant now, int most)
            throws SQLException {
        return Sql.one(
                        connection,
                        COUNT_OUTSTANDING,
                        row -> row.number("outstanding"),
                        client,
                        now,
                        most)
                .orElse(0);
    }

    /**
     * Deletes requests of the client that no browser has come with: those beyond the newest that
     * expire until an instant, at most so many at once.
     */
    public static int sweepWaiting(
            Connection connection, String client, int newest, int atOnce, Instant until)
            throws SQLException {
        return Sql.update(connection, SWEEP_WAITING, client, newest, atOnce, until);
    }

    /**
     * Marks that a browser has come with the request, and deletes what the client has of such
     * requests beyond the newest, at most so many at once.
     */
    public static void open(
            Connection connection, byte[] hash, String client, int newest, int atOnce, Instant now)
            throws SQLException {
        if (Sql.update(connection, OPEN, now, hash) == 1) {
            Sql.update(connection, SWEEP_OPENED, client, newest, atOnce);
        }
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
