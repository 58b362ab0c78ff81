package dev.monban.server.notify.store;

import dev.monban.server.notify.Bounces.Bounce;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The table {@code notify.bounce}. */
public final class BounceStore {

    private static final String PUT =
            """
            insert into notify.bounce (address, status, diagnostic, bounced_at) values (?, ?, ?, ?)
            on conflict (address) do update
               set status = excluded.status, diagnostic = excluded.diagnostic,
                   bounced_at = excluded.bounced_at, bounces = notify.bounce.bounces + 1
            """;

    private static final String OF =
            """
            select address, status, diagnostic, bounced_at, bounces
              from notify.bounce where address = ?
            """;

    private static final String AMONG =
            """
            select address, status, diagnostic, bounced_at, bounces
              from notify.bounce where address = any (?)
            """;

    private static final String DELETE = "delete from notify.bounce where address = ?";

    private BounceStore() {}

    public static void put(
            Connection connection, String address, String status, String diagnostic, Instant now)
            throws SQLException {
        Sql.update(connection, PUT, address, status, diagnostic, now);
    }

    public static Optional<Bounce> of(Connection connection, String address) throws SQLException {
        return Sql.one(connection, OF, BounceStore::read, address);
    }

    public static List<Bounce> among(Connection connection, List<String> addresses)
            throws SQLException {
        return Sql.many(connection, AMONG, BounceStore::read, addresses);
    }

    public static void delete(Connection connection, String address) throws SQLException {
        Sql.update(connection, DELETE, address);
    }

    private static Bounce read(Sql.Row row) throws SQLException {
        return new Bounce(
                row.text("address"),
                row.text("status"),
                row.text("diagnostic"),
                row.time("bounced_at"),
                row.number("bounces"));
    }
}
