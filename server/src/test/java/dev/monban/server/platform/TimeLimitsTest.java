package dev.monban.server.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.house.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What hangs in the database is ended, and leaves nothing behind. */
class TimeLimitsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(30);

    private static Database database;

    @BeforeAll
    static void open() {
        database =
                TestDatabase.fresh(
                        "timelimitstest",
                        new Database.Limits(
                                new TimeLimits(Duration.ofSeconds(2), SECOND, SECOND),
                                new TimeLimits(LONG, SECOND, LONG),
                                TimeLimits.MIGRATION));
        database.transact(c -> execute(c, "create table public.thing (id int primary key)"));
        database.transact(c -> execute(c, "insert into public.thing values (1)"));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void aStatementThatTakesTooLongIsEndedWithAndWithoutATransaction() {
        assertEquals("57014", state(() -> database.query(TimeLimitsTest::sleepLong)));
        assertEquals("57014", state(() -> database.transaction(TimeLimitsTest::sleepLong)));
        assertClean();
    }

    @Test
    void whoWaitsForALockIsEndedSoonerThanWhoWorks() {
        boolean held =
                database.upkeep(holder -> {
                    execute(holder, "update public.thing set id = 1");
                    Database.Work<Integer> waits =
                            c -> Sql.update(c, "update public.thing set id = ? where id = 1", 1);
                    assertEquals("55P03", state(() -> database.transaction(waits)));
                    assertEquals("55P03", state(() -> database.upkeep(waits)));
                    assertEquals("57014", state(() -> database.query(waits)));
                    return true;
                });
        assertTrue(held);
        assertClean();
    }

    @Test
    void upkeepMayTakeLongerThanARequest() {
        assertEquals(true, database.<Boolean>upkeep(c -> sleep(c, 3)));
    }

    @Test
    void whoHoldsLocksAndDoesNothingLosesThem() {
        Database.Work<Integer> update =
                c -> Sql.update(c, "update public.thing set id = ? where id = 1", 1);
        String state =
                state(() ->
                        database.transaction(c -> {
                            assertEquals(1, update.with(c));
                            awaitGone(pid(c));
                            return update.with(c);
                        }));
        assertTrue(List.of("25P03", "57P05", "08006", "08003").contains(state), state);
        assertEquals(1, database.transaction(update));
        assertClean();
    }

    @Test
    void theLimitsEndWithTheTransaction() {
        String inside = database.transaction(TimeLimitsTest::limits);
        assertEquals("2s 1s 1s", inside);
        assertEquals("30s 1s 30s", database.upkeep(TimeLimitsTest::limits));
        // No session keeps one: behind a pooler it would be another's.
        for (int i = 0; i < 8; i++) {
            assertEquals("0 0 0", database.query(TimeLimitsTest::limits));
        }
    }

    @Test
    void aMigrationThatWaitsForALockIsEnded() {
        TimeLimits tight = new TimeLimits(LONG, SECOND, LONG);
        String url = TestDatabase.url();
        boolean held =
                database.upkeep(holder -> {
                    execute(holder, "lock table public.thing in access exclusive mode");
                    FlywayException ended =
                            assertThrows(
                                    FlywayException.class,
                                    () ->
                                            Flyway.configure()
                                                    .dataSource(
                                                            url.replaceFirst(
                                                                    "/[a-z]+\\?",
                                                                    "/timelimitstest?"),
                                                            null,
                                                            null)
                                                    .schemas("probe")
                                                    .locations("classpath:migration-that-waits")
                                                    .callbacks(new MigrationLimits(tight))
                                                    .load()
                                                    .migrate());
                    assertTrue(String.valueOf(ended.getMessage()).contains("55P03"));
                    return true;
                });
        assertTrue(held);
    }

    @Test
    void aLimitIsAtLeastASecond() {
        for (Duration bad : List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofDays(30))) {
            assertThrows(IllegalArgumentException.class, () -> new TimeLimits(bad, SECOND, SECOND));
        }
    }

    private static void assertClean() {
        assertEquals(0, database.connectionsInUse());
        for (int i = 0; i < 8; i++) {
            assertTrue(database.<Boolean>query(Connection::getAutoCommit));
            assertEquals("0 0 0", database.query(TimeLimitsTest::limits));
        }
    }

    private static String limits(Connection connection) throws SQLException {
        return Sql.one(
                        connection,
                        """
                        select current_setting('statement_timeout') || ' '
                               || current_setting('lock_timeout') || ' '
                               || current_setting('idle_in_transaction_session_timeout') as limits
                        """,
                        row -> row.text("limits"))
                .orElseThrow();
    }

    private static int pid(Connection connection) throws SQLException {
        return Sql.one(connection, "select pg_backend_pid() as pid", row -> row.number("pid"))
                .orElseThrow();
    }

    private static void awaitGone(int pid) {
        long until = System.nanoTime() + LONG.toNanos();
        Database.Work<Boolean> there =
                c ->
                        Sql.one(
                                        c,
                                        "select 1 as one from pg_stat_activity where pid = ?",
                                        row -> true,
                                        pid)
                                .isPresent();
        while (database.query(there)) {
            assertTrue(System.nanoTime() < until, "an idle transaction is not ended");
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
        }
    }

    private static Boolean sleepLong(Connection connection) throws SQLException {
        return sleep(connection, 60);
    }

    private static Boolean sleep(Connection connection, int seconds) throws SQLException {
        return Sql.one(
                        connection,
                        "select pg_sleep(?)::text as slept",
                        row -> Boolean.TRUE,
                        seconds)
                .orElseThrow();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            assertFalse(statement.execute(sql));
        }
    }

    /** The SQLSTATE of what is thrown. */
    private static String state(org.junit.jupiter.api.function.Executable work) {
        Database.DatabaseFailed failed = assertThrows(Database.DatabaseFailed.class, work);
        return failed.getCause() instanceof SQLException cause ? cause.getSQLState() : "";
    }
}
