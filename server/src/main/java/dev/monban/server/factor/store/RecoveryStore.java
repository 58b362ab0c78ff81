package dev.monban.server.factor.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code factor.recovery}. */
public final class RecoveryStore {

    private static final String INSERT =
            """
            insert into factor.recovery (recovery_id, account_id, begun_by, begun_at)
            values (?, ?, ?, ?)
            on conflict (account_id) where ended_at is null do nothing
            """;

    private static final String OPEN =
            """
            select recovery_id, begun_by, begun_at, confirmed_by, confirmed_at
              from factor.recovery where account_id = ? and ended_at is null
            """;

    private static final String CONFIRM =
            """
            update factor.recovery set confirmed_by = ?, confirmed_at = ?
             where recovery_id = ? and ended_at is null and confirmed_by is null and begun_by <> ?
            """;

    private static final String END =
            """
            update factor.recovery set ended_at = ?, ended_because = ?
             where account_id = ? and ended_at is null
            """;

    private RecoveryStore() {}

    /** One that has not ended. */
    public record Row(
            UUID id,
            UUID begunBy,
            Instant begunAt,
            @Nullable UUID confirmedBy,
            @Nullable Instant confirmedAt) {}

    /** False where there is one already. */
    public static boolean insert(
            Connection connection, UUID id, UUID account, UUID begunBy, Instant now)
            throws SQLException {
        return Sql.update(connection, INSERT, id, account, begunBy, now) == 1;
    }

    public static Optional<Row> open(Connection connection, UUID account) throws SQLException {
        return Sql.one(
                connection,
                OPEN,
                row ->
                        new Row(
                                row.id("recovery_id"),
                                row.id("begun_by"),
                                row.time("begun_at"),
                                row.idOrNull("confirmed_by"),
                                row.timeOrNull("confirmed_at")),
                account);
    }

    /** False where somebody has, where it has ended, or where the same one began it. */
    public static boolean confirm(Connection connection, UUID id, UUID by, Instant now)
            throws SQLException {
        return Sql.update(connection, CONFIRM, by, now, id, by) == 1;
    }

    /** False where none is open. */
    public static boolean end(Connection connection, UUID account, String because, Instant now)
            throws SQLException {
        return Sql.update(connection, END, now, because, account) == 1;
    }
}
