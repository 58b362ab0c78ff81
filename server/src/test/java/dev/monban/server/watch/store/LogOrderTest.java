package dev.monban.server.watch.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.monban.server.audit.store.LogPartitions;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import java.sql.PreparedStatement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The log is followed in one order on all nodes: by transaction, then by position. */
class LogOrderTest {

    private static final Instant AT = Instant.parse("2026-11-23T00:00:00Z");

    private final Database database = TestDatabase.get();

    @Test
    void aThousandComesAfterNineHundredAndNinetyNine() {
        LogPartitions.ensure(database, AT);
        List<String> order =
                database.transaction(connection -> {
                    try (PreparedStatement insert =
                            connection.prepareStatement(
                                    "insert into watch.attempt (attempt_id, at, identifier, address,"
                                            + " step, outcome, written_by, position)"
                                            + " values (?, ?, 'x', '192.0.2.1', 'password',"
                                            + " 'rejected', ?::xid8, ?)")) {
                        String[] writers = {"100", "99", "1000", "999", "98"};
                        for (int i = 0; i < writers.length; i++) {
                            insert.setObject(1, new UUID(7, i));
                            insert.setTimestamp(2, Timestamp.from(AT));
                            insert.setString(3, writers[i]);
                            insert.setLong(4, 10 - i);
                            insert.addBatch();
                        }
                        int[] done = insert.executeBatch();
                        assertEquals(writers.length, done.length);
                    }
                    AttemptStore.readInOrder(connection);
                    List<String> read =
                            AttemptStore.after(
                                            connection, "98", 100, "1001", AT.minusSeconds(1), 10)
                                    .stream()
                                    .map(AttemptStore.Logged::writtenBy)
                                    .toList();
                    connection.createStatement().execute("rollback");
                    return read;
                });
        assertEquals(List.of("99", "100", "999", "1000"), order);
    }
}
