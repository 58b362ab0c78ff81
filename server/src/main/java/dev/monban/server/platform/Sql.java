package dev.monban.server.platform;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Runs statements with bound parameters. Parameters may be {@code null}, text, numbers, booleans,
 * bytes, {@link UUID}, {@link Instant} and collections of text.
 */
public final class Sql {

    private Sql() {}

    /** Reads one row. */
    @FunctionalInterface
    public interface RowReader<T> {
        T read(Row row) throws SQLException;
    }

    /** Changes rows; gives how many. */
    public static int update(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /** The first row that the statement gives; empty where it gives none. */
    public static <T> Optional<T> one(
            Connection connection, String sql, RowReader<T> reader, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(reader.read(new Row(rows))) : Optional.empty();
        }
    }

    /** All rows that the statement gives. */
    public static <T> List<T> many(
            Connection connection, String sql, RowReader<T> reader, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepare(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> all = new ArrayList<>();
            Row row = new Row(rows);
            while (rows.next()) {
                all.add(reader.read(row));
            }
            return all;
        }
    }

    // The text is a constant of a store; SqlTest holds every store to that.
    @SuppressWarnings("resource") // closed by the callers
    private static PreparedStatement prepare(
            Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        if (Database.LIMITS.isBound()) {
            statement.setQueryTimeout(Database.LIMITS.get().driverSeconds());
        }
        for (int i = 0; i < parameters.length; i++) {
            bind(connection, statement, i + 1, parameters[i]);
        }
        return statement;
    }

    private static void bind(
            Connection connection, PreparedStatement statement, int index, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setNull(index, Types.NULL);
            case Instant instant ->
                    statement.setObject(index, OffsetDateTime.ofInstant(instant, ZoneOffset.UTC));
            case Collection<?> texts ->
                    statement.setArray(
                            index,
                            connection.createArrayOf(
                                    "text", texts.stream().map(String::valueOf).toArray()));
            case UUID[] ids -> statement.setArray(index, connection.createArrayOf("uuid", ids));
            case byte[] bytes -> statement.setBytes(index, bytes);
            default -> statement.setObject(index, value);
        }
    }

    /** The row that is being read. */
    public static final class Row {

        private final ResultSet row;

        Row(ResultSet row) {
            this.row = row;
        }

        public String text(String column) throws SQLException {
            return present(row.getString(column), column);
        }

        public @Nullable String textOrNull(String column) throws SQLException {
            return row.getString(column);
        }

        public UUID id(String column) throws SQLException {
            return present(row.getObject(column, UUID.class), column);
        }

        public @Nullable UUID idOrNull(String column) throws SQLException {
            return row.getObject(column, UUID.class);
        }

        public Instant time(String column) throws SQLException {
            return present(row.getObject(column, OffsetDateTime.class), column).toInstant();
        }

        public @Nullable Instant timeOrNull(String column) throws SQLException {
            OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
            return time == null ? null : time.toInstant();
        }

        public int number(String column) throws SQLException {
            return row.getInt(column);
        }

        public long bigNumber(String column) throws SQLException {
            return row.getLong(column);
        }

        public boolean flag(String column) throws SQLException {
            return row.getBoolean(column);
        }

        public byte @Nullable [] bytesOrNull(String column) throws SQLException {
            return row.getBytes(column);
        }

        public byte[] bytes(String column) throws SQLException {
            byte[] bytes = row.getBytes(column);
            if (bytes == null) {
                throw new SQLException("column " + column + " is null");
            }
            return bytes;
        }

        public List<String> texts(String column) throws SQLException {
            Array array = present(row.getArray(column), column);
            return List.copyOf(Arrays.asList((String[]) array.getArray()));
        }

        public List<UUID> ids(String column) throws SQLException {
            Array array = present(row.getArray(column), column);
            return List.copyOf(Arrays.asList((UUID[]) array.getArray()));
        }

        private static <T> T present(@Nullable T value, String column) throws SQLException {
            if (value == null) {
                throw new SQLException("column " + column + " is null");
            }
            return value;
        }
    }
}
