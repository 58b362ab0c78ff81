package dev.monban.server.oidc.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code oidc.device_authorization}. */
public final class DeviceAuthorizationStore {

    private static final String INSERT =
            """
            insert into oidc.device_authorization (device_code_hash, user_code, client_id, scopes,
                                                   created_at, expires_at, interval_seconds)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict (user_code) do nothing
            """;

    /** Of the devices of a client that nobody has decided about: beyond the newest. */
    private static final String SWEEP_WAITING =
            """
            delete from oidc.device_authorization
             where device_code_hash in (select device_code_hash from oidc.device_authorization
                                         where client_id = ? and decision is null
                                         order by expires_at desc offset ? limit ?
                                         for update skip locked)
            """;

    private static final String BY_USER_CODE =
            """
            select user_code, client_id, scopes, expires_at, polled_at, interval_seconds, decision,
                   grant_id, used_at
              from oidc.device_authorization
             where user_code = ? and expires_at > ? and decision is null
            """;

    private static final String POLL =
            """
            with before as (
                select device_code_hash, polled_at from oidc.device_authorization
                 where device_code_hash = ? for update
            )
            update oidc.device_authorization d
               set polled_at = ?
              from before b
             where d.device_code_hash = b.device_code_hash
            returning d.user_code, d.client_id, d.scopes, d.expires_at, b.polled_at,
                      d.interval_seconds, d.decision, d.grant_id, d.used_at
            """;

    private static final String SLOW_DOWN =
            """
            update oidc.device_authorization set interval_seconds = interval_seconds + 5
             where device_code_hash = ?
            """;

    private static final String DECIDE =
            """
            update oidc.device_authorization set decision = ?, grant_id = ?
             where user_code = ? and expires_at > ? and decision is null
            """;

    private static final String USE =
            """
            update oidc.device_authorization set used_at = ?
             where device_code_hash = ? and used_at is null
            """;

    private static final String SWEEP =
            "delete from oidc.device_authorization where expires_at < ?";

    /** A device that waits. */
    public record Waiting(
            String userCode,
            String client,
            List<String> scopes,
            Instant expiresAt,
            @Nullable Instant polledAt,
            int intervalSeconds,
            @Nullable String decision,
            @Nullable UUID grant,
            @Nullable Instant usedAt) {}

    private DeviceAuthorizationStore() {}

    /** False where another device waits with the same user code. */
    public static boolean insert(
            Connection connection, byte[] deviceCodeHash, Waiting waiting, Instant now)
            throws SQLException {
        return Sql.update(
                        connection,
                        INSERT,
                        deviceCodeHash,
                        waiting.userCode(),
                        waiting.client(),
                        waiting.scopes(),
                        now,
                        waiting.expiresAt(),
                        waiting.intervalSeconds())
                == 1;
    }

    /** The device that waits for a decision on this user code. */
    public static Optional<Waiting> byUserCode(Connection connection, String userCode, Instant now)
            throws SQLException {
        return Sql.one(connection, BY_USER_CODE, DeviceAuthorizationStore::read, userCode, now);
    }

    /** Notes that the device asked; gives the row, with the time at which it asked before. */
    public static Optional<Waiting> poll(Connection connection, byte[] deviceCodeHash, Instant now)
            throws SQLException {
        return Sql.one(connection, POLL, DeviceAuthorizationStore::read, deviceCodeHash, now);
    }

    /** Makes it wait five seconds longer between polls (RFC 8628, section 3.5). */
    public static void slowDown(Connection connection, byte[] deviceCodeHash) throws SQLException {
        Sql.update(connection, SLOW_DOWN, deviceCodeHash);
    }

    /** Writes the decision; false where there is one already, or it is too late. */
    public static boolean decide(
            Connection connection,
            String userCode,
            String decision,
            @Nullable UUID grant,
            Instant now)
            throws SQLException {
        return Sql.update(connection, DECIDE, decision, grant, userCode, now) == 1;
    }

    /** Marks the device code as redeemed; false where it was before. */
    public static boolean use(Connection connection, byte[] deviceCodeHash, Instant now)
            throws SQLException {
        return Sql.update(connection, USE, now, deviceCodeHash) == 1;
    }

    /**
     * Deletes devices of the client that nobody has decided about: those beyond the newest, at most
     * so many at once.
     */
    public static int sweepWaiting(Connection connection, String client, int newest, int atOnce)
            throws SQLException {
        return Sql.update(connection, SWEEP_WAITING, client, newest, atOnce);
    }

    public static int sweep(Connection connection, Instant before) throws SQLException {
        return Sql.update(connection, SWEEP, before);
    }

    private static Waiting read(Sql.Row row) throws SQLException {
        return new Waiting(
                row.text("user_code"),
                row.text("client_id"),
                row.texts("scopes"),
                row.time("expires_at"),
                row.timeOrNull("polled_at"),
                row.number("interval_seconds"),
                row.textOrNull("decision"),
                row.idOrNull("grant_id"),
                row.timeOrNull("used_at"));
    }
}
