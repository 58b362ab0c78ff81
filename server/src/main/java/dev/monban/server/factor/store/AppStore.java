package dev.monban.server.factor.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code factor.app}. */
public final class AppStore {

    private static final String INSERT =
            """
            insert into factor.app (app_id, account_id, name, secret, drift, used_step, created_at)
            values (?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String OF_ACCOUNT =
            """
            select app_id, name, secret, drift, used_step, created_at, last_used_at
            from factor.app where account_id = ? order by created_at
            """;

    /** Of two that bring the same code at once, one uses it. */
    private static final String USE =
            """
            update factor.app set used_step = ?, drift = ?, last_used_at = ?
            where app_id = ? and used_step < ?
            """;

    private static final String DELETE =
            "delete from factor.app where account_id = ? and app_id = ?";

    private AppStore() {}

    /**
     * An app.
     *
     * @param secret sealed
     */
    public record Row(
            UUID id,
            String name,
            byte[] secret,
            int drift,
            long usedStep,
            Instant createdAt,
            @Nullable Instant lastUsedAt) {}

    public static boolean insert(Connection connection, UUID account, Row row) throws SQLException {
        return Sql.update(
                        connection,
                        INSERT,
                        row.id(),
                        account,
                        row.name(),
                        row.secret(),
                        row.drift(),
                        row.usedStep(),
                        row.createdAt())
                == 1;
    }

    public static List<Row> ofAccount(Connection connection, UUID account) throws SQLException {
        return Sql.many(
                connection,
                OF_ACCOUNT,
                row ->
                        new Row(
                                row.id("app_id"),
                                row.text("name"),
                                row.bytes("secret"),
                                row.number("drift"),
                                row.bigNumber("used_step"),
                                row.time("created_at"),
                                row.timeOrNull("last_used_at")),
                account);
    }

    /** Uses a code; false where it, or a later one, was used before. */
    public static boolean use(Connection connection, UUID id, long step, int drift, Instant now)
            throws SQLException {
        return Sql.update(connection, USE, step, drift, now, id, step) == 1;
    }

    public static boolean delete(Connection connection, UUID account, UUID id) throws SQLException {
        return Sql.update(connection, DELETE, account, id) == 1;
    }
}
