package dev.monban.server.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.Attempt;
import dev.monban.server.audit.store.LogPartitions;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.AttemptStore;
import dev.monban.server.watch.store.LogStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log is read in one order on all nodes, and nobody holds it up who does not write to it. */
class LogReaderTest {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name = "log_reader_" + NUMBER.incrementAndGet();
    private final Database database = TestDatabase.fresh(name.replace("_", "") + "x");
    private final LogReader reader = new LogReader(database, InstantSource.system(), Duration.ZERO);
    private final List<Open> open = new ArrayList<>();

    /** A transaction that stays open until it is told how to end. */
    private final class Open {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);
        private volatile boolean commits;
        private final Thread thread;

        Open(Database where, String... statements) throws InterruptedException {
            thread =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    where.transact(c -> {
                                        for (String one : statements) {
                                            execute(c, one);
                                        }
                                        begun.countDown();
                                        wait(end);
                                        if (!commits) {
                                            throw new IllegalStateException("rolled back");
                                        }
                                    });
                                } catch (IllegalStateException e) {
                                    assertEquals("rolled back", e.getMessage());
                                }
                            });
            assertTrue(begun.await(20, TimeUnit.SECONDS), "it has begun");
            open.add(this);
        }

        private static void wait(CountDownLatch latch) {
            try {
                assertTrue(latch.await(60, TimeUnit.SECONDS), "it is told to end");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void end(boolean commit) throws InterruptedException {
            commits = commit;
            end.countDown();
            thread.join();
        }
    }

    @BeforeEach
    void months() {
        LogPartitions.ensure(database, Instant.now());
    }

    @AfterEach
    void close() throws InterruptedException {
        for (Open one : open) {
            one.end(false);
        }
        database.close();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String row(String identifier) {
        return "insert into watch.attempt (attempt_id, at, identifier, address, step, outcome)"
                + " values (gen_random_uuid(), now(), '"
                + identifier
                + "', '192.0.2.1', 'password', 'rejected')";
    }

    private static String act() {
        return "insert into watch.act (act_id, at, kind, account_id, addresses, accounts) values"
                + " (gen_random_uuid(), now(), 'block', gen_random_uuid(), '{}', '{}')";
    }

    private void write(String identifier) {
        database.transact(c -> execute(c, row(identifier)));
    }

    /** Reads until there is nothing more to be had at once, as the follower does. */
    private List<String> read(long[] position) {
        List<String> all = new ArrayList<>();
        LogReader.Batch batch;
        do {
            batch = reader.read(position[0]);
            for (LogReader.Entry entry : batch.ready()) {
                assertTrue(entry.position() > position[0], "never back");
                position[0] = entry.position();
                all.add(
                        switch (entry) {
                            case LogReader.Entry.Tried tried -> identifier(tried.row());
                            case LogReader.Entry.Decided decided -> decided.row().act().kind();
                        });
            }
            reader.learnt(position[0]);
        } while (batch.more());
        return all;
    }

    private static String identifier(AttemptStore.Logged row) {
        Attempt attempt = row.attempt();
        return attempt == null ? "?" : attempt.approach().identifier();
    }

    @Test
    void nobodyHoldsUpTheLogWhoDoesNotWriteToIt() throws Exception {
        try (Database other = TestDatabase.fresh(name.replace("_", "") + "y")) {
            LogPartitions.ensure(other, Instant.now());
            Open elsewhere = new Open(other, "create table foreign_one (a int)", row("elsewhere"));
            Open here = new Open(database, "create table foreign_two (a int)");
            Open reads = new Open(database, "select count(*) from watch.attempt");
            write("first");
            Open rolledBack = new Open(database, row("never"));
            write("second");
            rolledBack.end(false);
            long[] position = {0};
            assertEquals(List.of("first", "second"), read(position));
            for (Open one : List.of(elsewhere, here, reads)) {
                one.end(false);
            }
        }
    }

    @Test
    void whatWasDrawnEarlierIsWaitedForAndComesFirst() throws Exception {
        long[] position = {0};
        write("first");
        assertEquals(List.of("first"), read(position));
        Open early = new Open(database, row("early"));
        Open decided = new Open(database, act());
        write("late");
        assertEquals(List.of(), read(position));
        LogReader.Batch held = reader.read(position[0]);
        assertEquals(1, held.unread());
        assertEquals(1, held.ahead().size());
        assertTrue(reader.awaits());
        // What is missing is named by those who can end it.
        assertEquals(2, reader.heldBy().size());
        assertTrue(reader.heldBy().stream().allMatch(s -> s.application().equals("monban")));
        decided.end(true);
        assertEquals(List.of(), read(position));
        early.end(true);
        assertEquals(List.of("early", "block", "late"), read(position));
        assertFalse(reader.awaits());
    }

    /** One that begins after the gap was seen cannot fill it. */
    @Test
    void whoBeginsLaterIsNotWaitedFor() throws Exception {
        long[] position = {0};
        Open early = new Open(database, row("early"));
        write("late");
        assertEquals(List.of(), read(position));
        Open later = new Open(database, row("later"));
        early.end(false);
        assertEquals(List.of("late"), read(position));
        later.end(true);
        assertEquals(List.of("later"), read(position));
    }

    /** What was taken back within a transaction is no gap for ever, and the rest of it comes. */
    @Test
    void aSavepointThatIsTakenBackLosesNothing() {
        database.transact(c -> {
            execute(c, row("kept"));
            Savepoint savepoint = c.setSavepoint();
            execute(c, row("taken back"));
            c.rollback(savepoint);
            execute(c, row("kept too"));
        });
        assertEquals(List.of("kept", "kept too"), read(new long[] {0}));
    }

    /** Whoever is behind 0 s has learnt what was written until then; with a writer open, not. */
    @Test
    void completeIsWhatCanBeWrittenNoMore() throws Exception {
        long[] position = {0};
        Open early = new Open(database, row("early"));
        Instant begun = Instant.now();
        for (int i = 0; i < 5; i++) {
            assertEquals(List.of(), read(position));
        }
        assertTrue(reader.completeTo().isBefore(begun), "early may still come");
        early.end(true);
        assertEquals(List.of("early"), read(position));
        for (int i = 0; i < 5; i++) {
            assertEquals(List.of(), read(position));
        }
        assertFalse(reader.completeTo().isBefore(begun), "and now it is there");
    }

    @Test
    void aLogThatWasSetBackGoesOnWhereItEnds() throws Exception {
        long[] position = {0};
        for (int i = 0; i < 3; i++) {
            write("row " + i);
        }
        assertEquals(3, read(position).size());
        // Restored to before: the rows and the sequence end together.
        assertEquals(3, reader.goesOn(1_000));
        // Copied without its sequence, as logical replication does.
        database.transact(c -> execute(c, "select setval('watch.attempt_position', 1)"));
        assertEquals(0, reader.goesOn(0));
        write("next");
        assertEquals(List.of("next"), read(position));
    }

    /** The gate of an embedded database works as a role that owns nothing. */
    @Test
    void theSequenceIsSetToGoOnByAGateWhoseRoleOwnsNothing() {
        String its = name.replace("_", "") + "z";
        TestDatabase.create(its);
        try (Database gate = TestDatabase.asGate(its)) {
            LogPartitions.ensure(gate, Instant.now());
            for (int i = 0; i < 3; i++) {
                gate.transact(c -> execute(c, row("before")));
            }
            gate.ownerTransaction(c -> {
                execute(c, "select setval('watch.attempt_position', 1)");
                return true;
            });
            LogReader first = new LogReader(gate, InstantSource.system(), Duration.ZERO);
            LogReader second = new LogReader(gate, InstantSource.system(), Duration.ZERO);
            assertEquals(0, first.goesOn(0));
            gate.transact(c -> execute(c, row("after")));
            // Another node that sees the same later sets nothing back.
            assertEquals(0, second.goesOn(0));
            List<Long> positions =
                    first.read(0).ready().stream().map(LogReader.Entry::position).toList();
            assertEquals(List.of(1L, 2L, 3L, 4L), positions);
            long again = gate.ownerTransaction(LogStore::drawOn);
            assertEquals(4, again, "what was drawn meanwhile stays drawn");
        }
    }

    /** Many write at once, some roll back, some hold several positions; all see the same. */
    @Test
    void everyRowIsReadOnceAndInOrderWhateverTheWritersDo() throws Exception {
        int writers = 3;
        AtomicInteger left = new AtomicInteger(writers);
        TreeSet<Long> written = new TreeSet<>();
        try (Database theirs = TestDatabase.again(name.replace("_", "") + "x")) {
            for (int w = 0; w < writers; w++) {
                Random random = new Random(w);
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                for (int i = 0; i < 150; i++) {
                                    List<Long> some = someRows(theirs, random);
                                    synchronized (written) {
                                        written.addAll(some);
                                    }
                                }
                            } finally {
                                int now = left.decrementAndGet();
                                assertTrue(now >= 0);
                            }
                        });
            }
            List<Long> seen = new ArrayList<>();
            long position = 0;
            boolean last = false;
            while (!last) {
                last = left.get() == 0;
                LogReader.Batch batch;
                do {
                    batch = reader.read(position);
                    for (LogReader.Entry entry : batch.ready()) {
                        seen.add(entry.position());
                        position = entry.position();
                    }
                    reader.learnt(position);
                } while (batch.more());
            }
            assertEquals(new ArrayList<>(written), seen);
            assertTrue(seen.size() > 200, "only " + seen.size() + " rows were written");
        }
    }

    private List<Long> someRows(Database where, Random random) {
        List<Long> positions = Collections.synchronizedList(new ArrayList<>());
        boolean commits = random.nextInt(4) != 0;
        int rows = 1 + random.nextInt(3);
        long pause = random.nextInt(3_000_000);
        try {
            where.transact(c -> {
                for (int i = 0; i < rows; i++) {
                    try (Statement statement = c.createStatement();
                            ResultSet row =
                                    statement.executeQuery(
                                            (random.nextInt(5) == 0 ? act() : row("x"))
                                                    + " returning position")) {
                        assertTrue(row.next());
                        positions.add(row.getLong(1));
                    }
                    java.util.concurrent.locks.LockSupport.parkNanos(pause);
                }
                if (!commits) {
                    throw new IllegalStateException("rolled back");
                }
            });
            return positions;
        } catch (IllegalStateException e) {
            return List.of();
        }
    }

    @Test
    void theClocksAreCompared() {
        LogReader fast =
                new LogReader(
                        database, () -> Instant.now().plus(Duration.ofHours(2)), Duration.ZERO);
        for (int i = 0; i < 4; i++) {
            assertEquals(List.of(), fast.read(0).ready());
        }
        Duration off = fast.offset().minus(Duration.ofHours(2)).abs();
        assertTrue(off.compareTo(Duration.ofSeconds(5)) < 0, fast.offset().toString());
    }
}
