package dev.monban.server.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Outcome;
import dev.monban.server.audit.store.LogPartitions;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.AttemptStore;
import dev.monban.server.watch.store.LogStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told of a watch that meets what it cannot follow, or not as it stands. */
class HealthTest {

    private static final Logger LOG = Logger.getLogger(Health.class.getName());

    private static final Database DATABASE = TestDatabase.fresh("healthofwatch");

    private final LogReader reader = new LogReader(DATABASE, InstantSource.system(), Duration.ZERO);
    private final Health health = new Health(reader);
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord one) {
                    told.add(one.getLevel() + " " + one.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @BeforeEach
    void listen() {
        LogPartitions.ensure(DATABASE, Instant.now());
        LOG.addHandler(handler);
    }

    @AfterEach
    void listenNoMore() {
        LOG.removeHandler(handler);
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String row(String at, String step, String outcome) {
        return "insert into watch.attempt (attempt_id, at, identifier, address, step, outcome)"
                + " values (gen_random_uuid(), "
                + at
                + ", 'sato', '192.0.2.1', '"
                + step
                + "', '"
                + outcome
                + "')";
    }

    /** The last row, read from just before it. */
    private AttemptStore.Logged written(String insert) {
        DATABASE.transact(c -> execute(c, insert));
        long last = DATABASE.query(LogStore::last);
        LogReader.Entry entry = reader.read(last - 1).ready().getFirst();
        return ((LogReader.Entry.Tried) entry).row();
    }

    @Test
    void anAttemptFromAFastClockCountsAsMadeWhenItWasWritten() {
        AttemptStore.Logged row =
                written(row("now() + interval '2 hours'", "password", "rejected"));
        Attempt attempt = row.attempt();
        assertNotNull(attempt);
        assertEquals(row.writtenAt(), attempt.approach().at());
        assertTrue(row.ahead().compareTo(Duration.ofMinutes(119)) > 0, row.ahead().toString());
        health.noted(row);
        assertEquals(1, health.progress(0).timesAhead());
        assertTrue(told.getFirst().contains("the clock of a node is wrong"), told.toString());
        health.noted(written(row("now()", "password", "rejected")));
        assertEquals(1, health.progress(0).timesAhead(), "a right clock is none ahead");
    }

    @Test
    void aCodeOfALaterReleaseIsCountedAndKept() {
        AttemptStore.Logged outcome = written(row("now()", "password", "of_later"));
        Attempt attempt = outcome.attempt();
        assertNotNull(attempt);
        assertEquals(Outcome.REJECTED, attempt.check().outcome(), "it may have been a guess");
        AttemptStore.Logged step = written(row("now()", "step_of_later", "accepted"));
        assertNull(step.attempt(), "nobody knows what it was");
        health.noted(outcome);
        health.noted(step);
        health.noted(step);
        assertEquals(3, health.progress(0).unknownCodes());
        assertEquals(2, told.size(), "each code is told of once: " + told);
    }

    @Test
    void whoHoldsUpTheLogIsNamedWithPidAndDatabase() {
        DATABASE.transact(holder -> {
            execute(holder, row("now()", "password", "rejected"));
            int pid;
            try (Statement statement = holder.createStatement();
                    ResultSet one = statement.executeQuery("select pg_backend_pid()")) {
                assertTrue(one.next());
                pid = one.getInt(1);
            }
            DATABASE.transact(c -> execute(c, row("now()", "password", "rejected")));
            long last = DATABASE.query(LogStore::last);
            health.read(reader.read(last - 2));
            health.read(reader.read(last - 2));
            assertEquals(1, health.progress(0).unread());
            assertTrue(health.progress(0).isReady(), "it waits for less than three seconds");
            clock("clock_timestamp() + interval '1 minute'");
            health.read(reader.read(last - 2));
            clock("clock_timestamp()");
            WatchProgress held = health.progress(0);
            assertFalse(held.isReady());
            assertEquals(1, held.heldBy().size(), held.heldBy().toString());
            String session = "pid " + pid + ", database healthofwatch, program monban";
            assertTrue(held.heldBy().getFirst().startsWith(session), held.heldBy().toString());
            String alarm = told.getLast();
            assertTrue(alarm.startsWith("SEVERE the watch is "), alarm);
            assertTrue(alarm.contains(session), alarm);
            assertTrue(alarm.contains("pg_terminate_backend"), alarm);
        });
        long last = DATABASE.query(LogStore::last);
        LogReader.Batch batch;
        do {
            batch = reader.read(last - 2);
            health.read(batch);
        } while (batch.ready().size() < 2);
        assertTrue(health.progress(0).isReady());
        assertEquals(List.of(), health.progress(0).heldBy());
        assertTrue(told.getLast().contains("has caught up"), told.toString());
    }

    private static void clock(String now) {
        DATABASE.transact(c ->
                execute(
                        c,
                        "create or replace function watch.clock() returns timestamptz language sql"
                                + " volatile as $$ select "
                                + now
                                + " $$"));
    }
}
