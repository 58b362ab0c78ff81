package dev.monban.server.factor.store;

import dev.monban.server.factor.TrustedDevices.Line;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code factor.trusted_device}. Another password ends all trust. */
public final class TrustedDeviceStore {

    private static final String OF_ACCOUNT =
            """
            select d.trusted_device_id, d.user_agent, d.address, d.trusted_at, d.expires_at,
                   d.last_used_at
              from factor.trusted_device d join account.account a on a.account_id = d.account_id
             where d.account_id = ? and d.expires_at > ? and a.password_expired_at is null
               and d.trusted_at >= coalesce(a.password_changed_at, '-infinity')
             order by d.trusted_at desc
            """;

    private static final String USE =
            """
            update factor.trusted_device d set last_used_at = ?
              from account.account a
             where d.account_id = ? and d.device = ? and d.expires_at > ?
               and a.account_id = d.account_id and a.password_expired_at is null
               and d.trusted_at >= coalesce(a.password_changed_at, '-infinity')
            """;

    private static final String PUT =
            """
            insert into factor.trusted_device (trusted_device_id, account_id, device, user_agent,
                                               address, trusted_at, expires_at)
            values (?, ?, ?, ?, ?, ?, ?)
            on conflict (account_id, device) do update
               set trusted_device_id = excluded.trusted_device_id,
                   user_agent = excluded.user_agent, address = excluded.address,
                   trusted_at = excluded.trusted_at, expires_at = excluded.expires_at,
                   last_used_at = null
            """;

    private static final String DROP_EXPIRED =
            "delete from factor.trusted_device where account_id = ? and expires_at <= ?";

    private static final String DELETE =
            "delete from factor.trusted_device where account_id = ? and trusted_device_id = ?";

    private static final String DELETE_ALL =
            "delete from factor.trusted_device where account_id = ?";

    private TrustedDeviceStore() {}

    /** The devices that this person trusts, the latest first. */
    public static List<Line> ofAccount(Connection connection, UUID account, Instant now)
            throws SQLException {
        return Sql.many(
                connection,
                OF_ACCOUNT,
                row ->
                        new Line(
                                row.id("trusted_device_id"),
                                row.textOrNull("user_agent"),
                                row.text("address"),
                                row.time("trusted_at"),
                                row.time("expires_at"),
                                row.timeOrNull("last_used_at")),
                account,
                now);
    }

    /** Notes a use; false where the device is not trusted. */
    public static boolean use(Connection connection, UUID account, String device, Instant now)
            throws SQLException {
        return Sql.update(connection, USE, now, account, device, now) == 1;
    }

    /** Trusts the device, and forgets what is over. */
    public static void put(
            Connection connection,
            UUID id,
            UUID account,
            String device,
            @Nullable String userAgent,
            String address,
            Instant now,
            Instant until)
            throws SQLException {
        Sql.update(connection, DROP_EXPIRED, account, now);
        Sql.update(connection, PUT, id, account, device, userAgent, address, now, until);
    }

    /** False where there is none of that id. */
    public static boolean delete(Connection connection, UUID account, UUID id) throws SQLException {
        return Sql.update(connection, DELETE, account, id) == 1;
    }

    public static int deleteAll(Connection connection, UUID account) throws SQLException {
        return Sql.update(connection, DELETE_ALL, account);
    }
}
