package dev.monban.server.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.monban.server.platform.AdvisoryLock;
import dev.monban.server.platform.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Advisory locks come from one list, each with its own number. */
class LockTest {

    private static final Database FRESH = TestDatabase.fresh("locks");

    private final Database database = FRESH;

    @Test
    void noTwoPurposesShareANumber() {
        long different =
                Arrays.stream(AdvisoryLock.values())
                        .mapToLong(AdvisoryLock::number)
                        .distinct()
                        .count();
        assertEquals(AdvisoryLock.values().length, different);
    }

    @Test
    void theListAloneTakesAdvisoryLocks() {
        List<String> elsewhere =
                Repository.files("server/src/main/java", ".java").stream()
                        .filter(file -> !file.endsWith("AdvisoryLock.java"))
                        .filter(file -> Repository.read(file).contains("pg_advisory"))
                        .map(Path::toString)
                        .toList();
        assertEquals(List.of(), elsewhere);
    }

    @Test
    void oneLockWaitsForItselfAndForNoOther() {
        for (AdvisoryLock lock : AdvisoryLock.values()) {
            database.transact(holder -> {
                lock.take(holder);
                for (AdvisoryLock other : AdvisoryLock.values()) {
                    boolean free = database.transaction(asker -> isFree(asker, other));
                    assertEquals(lock != other, free, lock + " and " + other);
                }
            });
        }
    }

    @Test
    void whatIsLockedForOneAccountIsFreeForAnother() {
        database.transact(holder -> {
            AdvisoryLock.CHALLENGES.takeFor(holder, "one");
            assertEquals(false, database.<Boolean>transaction(asker -> isFreeFor(asker, "one")));
            assertEquals(true, database.<Boolean>transaction(asker -> isFreeFor(asker, "two")));
        });
    }

    private static boolean isFree(Connection connection, AdvisoryLock lock) throws SQLException {
        try (var statement =
                connection.prepareStatement("select pg_try_advisory_xact_lock(?) as free")) {
            statement.setLong(1, lock.number());
            return answer(statement);
        }
    }

    private static boolean isFreeFor(Connection connection, String what) throws SQLException {
        try (var statement =
                connection.prepareStatement(
                        "select pg_try_advisory_xact_lock(hashtextextended(?, ?)) as free")) {
            statement.setString(1, what);
            statement.setLong(2, AdvisoryLock.CHALLENGES.number());
            return answer(statement);
        }
    }

    private static boolean answer(java.sql.PreparedStatement statement) throws SQLException {
        try (var rows = statement.executeQuery()) {
            return rows.next() && rows.getBoolean("free");
        }
    }
}
