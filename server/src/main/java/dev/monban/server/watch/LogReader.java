package dev.monban.server.watch;

import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.ActStore;
import dev.monban.server.watch.store.AttemptStore;
import dev.monban.server.watch.store.LogStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log in the order of its positions, which is the same on all nodes.
 *
 * <p>A position is drawn before its row is committed, so a number that is missing may still come.
 * Where one is missing the reader looks which transactions hold the lock that writers of the log
 * hold until they end. Once all of those have ended, whatever they drew can be seen, or never will
 * be: the reader goes on. A transaction that has not written to the log holds no such lock, however
 * long it stays open, here or in another database, so it holds up nothing.
 *
 * <p>Each statement sees its own moment (READ COMMITTED): the rows are always read after the look
 * at the transactions by which a gap is decided. Not safe for use by several threads at once.
 */
final class LogReader {

    /** So many rows are read at once. */
    static final int MAX_ROWS = 5_000;

    static final int MAX_ACTS = 100;

    private static final Logger LOG = Logger.getLogger(LogReader.class.getName());

    /** How often the time of the database and the end of the log are looked at. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** Two looks that agree so far have measured the clocks, and no hiccup between them. */
    private static final Duration SAME_OFFSET = Duration.ofSeconds(1);

    private final Database database;
    private final InstantSource clock;

    private @Nullable Set<String> awaited;
    private long awaitedTo;
    private long settledTo;
    private List<Integer> heldBy = List.of();

    private final long lookEveryNanos;
    private long lookedAt;
    private long drawn;
    private @Nullable Duration lastOffset;
    private volatile Duration offset = Duration.ZERO;
    private @Nullable Epoch epoch;
    private Instant completeTo = Instant.EPOCH;
    private boolean setBack;

    LogReader(Database database, InstantSource clock) {
        this(database, clock, LOOK_EVERY);
    }

    /**
     * @param lookEvery how often the time of the database and the end of the log are looked at
     */
    LogReader(Database database, InstantSource clock, Duration lookEvery) {
        this.database = database;
        this.clock = clock;
        this.lookEveryNanos = lookEvery.toNanos();
        this.lookedAt = System.nanoTime() - lookEveryNanos;
    }

    /** What was under way at a moment; once all of it is learnt, all until then is. */
    private static final class Epoch {
        private final Instant begin;
        private final Set<String> writers;
        private long learnTo = -1;

        Epoch(Instant begin, Set<String> writers) {
            this.begin = begin;
            this.writers = writers;
        }
    }

    /** A row of the log: an attempt, or what an administrator decided. */
    sealed interface Entry {

        long position();

        Instant writtenAt();

        record Tried(AttemptStore.Logged row) implements Entry {
            @Override
            public long position() {
                return row.position();
            }

            @Override
            public Instant writtenAt() {
                return row.writtenAt();
            }
        }

        record Decided(ActStore.Logged row) implements Entry {
            @Override
            public long position() {
                return row.position();
            }

            @Override
            public Instant writtenAt() {
                return row.writtenAt();
            }
        }
    }

    /**
     * What was read.
     *
     * @param ready to be learnt now, in this order
     * @param ahead what others have written behind a gap that is not decided yet
     * @param more whether there is more to be read at once
     * @param crowded whether not all that waits behind the gap could be read
     * @param unread about how many rows wait behind those that are ready
     * @param behind how long the first of those has waited
     */
    record Batch(
            List<Entry> ready,
            List<Entry> ahead,
            boolean more,
            boolean crowded,
            long unread,
            Duration behind) {
        Batch {
            ready = List.copyOf(ready);
            ahead = List.copyOf(ahead);
        }
    }

    private record News(List<Entry> entries, boolean all, Instant now) {}

    /** Reads what comes after a position; may find nothing though there is more. */
    Batch read(long position) {
        boolean looks = System.nanoTime() - lookedAt >= lookEveryNanos;
        if (looks || awaited != null) {
            look(looks);
            setBack = looks && drawn < position;
        }
        News news = database.transaction(c -> news(c, position));
        List<Entry> entries = news.entries();
        int ready = 0;
        long expected = position + 1;
        while (ready < entries.size()
                && (entries.get(ready).position() == expected
                        || entries.get(ready).position() <= settledTo)) {
            expected = entries.get(ready).position() + 1;
            ready++;
        }
        List<Entry> rest = entries.subList(ready, entries.size());
        boolean more = !news.all() && ready > 0;
        if (!rest.isEmpty() && awaited == null) {
            await(entries.getLast().position());
            more = true;
        }
        if (epoch != null && epoch.learnTo < 0 && epoch.writers.isEmpty() && news.all()) {
            epoch.learnTo = entries.isEmpty() ? 0 : entries.getLast().position();
        }
        Duration behind =
                rest.isEmpty()
                        ? Duration.ZERO
                        : Duration.between(rest.getFirst().writtenAt(), news.now());
        return new Batch(
                entries.subList(0, ready),
                rest,
                more,
                !news.all() && !rest.isEmpty(),
                news.all() ? rest.size() : Math.max(rest.size(), drawn - expected + 1),
                behind.isNegative() ? Duration.ZERO : behind);
    }

    /** What lies between two positions, of which all is decided; empty where nothing does. */
    List<Entry> past(long position, long until) {
        return database.transaction(c -> news(c, position)).entries().stream()
                .filter(entry -> entry.position() <= until)
                .toList();
    }

    private News news(Connection connection, long position) throws SQLException {
        AttemptStore.readInOrder(connection);
        List<AttemptStore.Logged> attempts = AttemptStore.after(connection, position, MAX_ROWS);
        List<ActStore.Logged> acts = ActStore.after(connection, position, MAX_ACTS);
        long to = Long.MAX_VALUE;
        if (attempts.size() == MAX_ROWS) {
            to = attempts.getLast().position();
        }
        if (acts.size() == MAX_ACTS) {
            to = Math.min(to, acts.getLast().position());
        }
        long until = to;
        List<Entry> entries = new ArrayList<>(attempts.size() + acts.size());
        attempts.forEach(row -> entries.add(new Entry.Tried(row)));
        acts.forEach(row -> entries.add(new Entry.Decided(row)));
        entries.removeIf(entry -> entry.position() > until);
        entries.sort(Comparator.comparingLong(Entry::position));
        boolean all = to == Long.MAX_VALUE;
        return new News(
                entries, all, entries.isEmpty() ? Instant.EPOCH : LogStore.clock(connection));
    }

    /** A gap was seen before this: whoever may fill it has begun. */
    private void await(long to) {
        List<LogStore.Writer> writers = database.query(LogStore::writers);
        awaited = names(writers);
        awaitedTo = to;
        heldBy = pids(writers);
    }

    private void look(boolean often) {
        Instant before = clock.instant();
        List<LogStore.Writer> writers = database.query(LogStore::writers);
        Set<String> open = names(writers);
        if (awaited != null) {
            awaited.retainAll(open);
            Set<String> left = awaited;
            heldBy = pids(writers.stream().filter(w -> left.contains(w.transaction())).toList());
            if (left.isEmpty()) {
                settledTo = awaitedTo;
                awaited = null;
            }
        }
        if (often) {
            if (epoch == null) {
                epoch = new Epoch(before, open);
            } else {
                epoch.writers.retainAll(open);
            }
            drawn = database.query(LogStore::drawn);
            measure(before, database.query(LogStore::clock), clock.instant());
            lookedAt = System.nanoTime();
        }
    }

    private void measure(Instant before, Instant there, Instant after) {
        Instant middle = before.plus(Duration.between(before, after).dividedBy(2));
        Duration now = Duration.between(there, middle);
        if (lastOffset != null && now.minus(lastOffset).abs().compareTo(SAME_OFFSET) < 0) {
            offset = now;
        }
        lastOffset = now;
    }

    /** All up to this position is learnt. */
    void learnt(long position) {
        if (epoch != null && epoch.learnTo >= 0 && position >= epoch.learnTo) {
            completeTo = epoch.begin;
            epoch = null;
        }
    }

    /** Whether a row is missing that somebody may still write. */
    boolean awaits() {
        return awaited != null;
    }

    /** Whether the log, when it was last looked at, ended before what was read of it. */
    boolean isSetBack() {
        return setBack;
    }

    /** Whatever was written before this time, by the clock of this node, is learnt. */
    Instant completeTo() {
        return completeTo;
    }

    /** How far the clock of this node is ahead of that of the database; negative where behind. */
    Duration offset() {
        return offset;
    }

    /** The sessions that wrote to the log before a gap and have not ended. */
    List<LogStore.Session> heldBy() {
        List<Integer> pids = heldBy;
        return awaited == null || pids.isEmpty()
                ? List.of()
                : database.query(c -> LogStore.sessions(c, pids));
    }

    /**
     * Where the log goes on after this position. A database that was restored, or copied by other
     * means than PostgreSQL's own, may have a log that ends before what was learnt, or a sequence
     * that would draw the same numbers again.
     */
    long goesOn(long position) {
        long begun = database.query(LogStore::drawn);
        long last = begun < position || position == 0 ? database.query(LogStore::last) : begun;
        if (last > begun) {
            LOG.severe(
                    "the sequence watch.attempt_position stands at "
                            + begun
                            + ", and the log at "
                            + last
                            + ": the database was copied without it. It is set to go on from"
                            + " there");
            // The working role may draw from the sequence and not set it (Grants).
            last = database.ownerTransaction(LogStore::drawOn);
        }
        long end = Math.max(begun, last);
        if (end < position) {
            LOG.severe(
                    "the log was learnt up to "
                            + position
                            + " and ends at "
                            + end
                            + ": the database was set back. The watch keeps what it has learnt,"
                            + " and goes on from there");
            settledTo = 0;
            return end;
        }
        return position;
    }

    private static Set<String> names(List<LogStore.Writer> writers) {
        return writers.stream()
                .map(LogStore.Writer::transaction)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static List<Integer> pids(List<LogStore.Writer> writers) {
        return writers.stream().map(LogStore.Writer::pid).filter(pid -> pid > 0).toList();
    }
}
