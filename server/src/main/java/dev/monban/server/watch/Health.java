package dev.monban.server.watch;

import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.AttemptStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What is known of how the watch follows its log, and the lines that tell of it. */
final class Health {

    private static final Logger LOG = Logger.getLogger(Health.class.getName());

    /** What was not read for so long stands. */
    private static final Duration STANDS = Duration.ofSeconds(1);

    /** How often the same is told again. */
    private static final Duration TOLD_EVERY = Duration.ofMinutes(1);

    /** A clock may be so far ahead without a word. */
    private static final Duration RIGHT_CLOCK = Duration.ofSeconds(5);

    /**
     * Codes that were told of; a stranger cannot write one, a database that was meddled with can.
     */
    private static final int MAX_TOLD = 100;

    private final LogReader reader;
    private final AtomicLong unknownCodes = new AtomicLong();
    private final AtomicLong timesAhead = new AtomicLong();
    private final AtomicLong passedOver = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Set<String> told = new HashSet<>();
    private volatile long readAt = System.nanoTime();
    private volatile Duration behind = Duration.ZERO;
    private volatile long unread;
    private volatile List<String> heldBy = List.of();
    private volatile Duration offset = Duration.ZERO;
    private boolean alarmed;
    private long toldAt = System.nanoTime() - TOLD_EVERY.toNanos();
    private long toldOfClockAt = toldAt;
    private long toldOfFailureAt = toldAt;

    Health(LogReader reader) {
        this.reader = reader;
    }

    /** The log was read. */
    void read(LogReader.Batch batch) {
        behind = batch.behind();
        unread = batch.unread();
        offset = reader.offset();
        readAt = System.nanoTime();
        if (behind.compareTo(WatchProgress.MAX_BEHIND) <= 0) {
            if (!heldBy.isEmpty()) {
                heldBy = List.of();
            }
            if (alarmed && unread == 0) {
                LOG.info("the watch has caught up with its log");
                alarmed = false;
            }
            return;
        }
        heldBy =
                reader.heldBy().stream()
                        .map(s ->
                                "pid "
                                        + s.pid()
                                        + ", database "
                                        + s.database()
                                        + ", program "
                                        + s.application()
                                        + ", "
                                        + s.state())
                        .toList();
        alarm();
    }

    private void alarm() {
        if (System.nanoTime() - toldAt < TOLD_EVERY.toNanos()) {
            return;
        }
        toldAt = System.nanoTime();
        alarmed = true;
        LOG.severe(
                "the watch is "
                        + behind.toSeconds()
                        + " s behind its log, "
                        + unread
                        + " rows wait; "
                        + (heldBy.isEmpty()
                                ? "nobody holds it up"
                                : "they wait for a transaction that wrote to the log before them"
                                        + " and has not ended ("
                                        + String.join("; ", heldBy)
                                        + "): end it, with pg_terminate_backend where it hangs"));
    }

    /** The log could not be read, or what was read not be written down. */
    void failed(RuntimeException e) {
        long count = failures.incrementAndGet();
        if (System.nanoTime() - toldOfFailureAt >= TOLD_EVERY.toNanos()) {
            toldOfFailureAt = System.nanoTime();
            LOG.log(
                    e instanceof Database.DatabaseFailed ? Level.WARNING : Level.SEVERE,
                    "the watch could not follow the log, "
                            + count
                            + " times so far; it tries again",
                    e);
        }
    }

    /** What a row says besides what is learnt of it. */
    void noted(AttemptStore.Logged row) {
        for (String code : row.unknown()) {
            long count = unknownCodes.incrementAndGet();
            if (told.size() < MAX_TOLD && told.add(code)) {
                LOG.warning(
                        "a row of the log says "
                                + code
                                + ", which this release does not know; it is kept, and counts as"
                                + " what is known of it ("
                                + count
                                + " so far)");
            }
        }
        if (row.ahead().compareTo(RIGHT_CLOCK) > 0) {
            long count = timesAhead.incrementAndGet();
            if (System.nanoTime() - toldOfClockAt >= TOLD_EVERY.toNanos()) {
                toldOfClockAt = System.nanoTime();
                LOG.warning(
                        "an attempt is dated "
                                + row.ahead().toSeconds()
                                + " s later than it was written: the clock of a node is wrong ("
                                + count
                                + " attempts so far); it counts as made when it was written");
            }
        }
    }

    /** A row could not be learnt. */
    void passedOver(long position, RuntimeException e) {
        long count = passedOver.incrementAndGet();
        LOG.log(
                Level.SEVERE,
                "the row with position "
                        + position
                        + " could not be learnt and is passed over ("
                        + count
                        + " so far)",
                e);
    }

    /** An attempt was refused because nobody can know how many guesses came before it. */
    void refused() {
        long count = refused.incrementAndGet();
        assert count > 0;
    }

    /** How long ago the log was read. */
    Duration sinceRead() {
        return Duration.ofNanos(System.nanoTime() - readAt);
    }

    WatchProgress progress(long learningRows) {
        Duration since = sinceRead();
        return new WatchProgress(
                since.compareTo(STANDS) > 0 ? behind.plus(since) : behind,
                unread,
                heldBy,
                learningRows,
                offset,
                unknownCodes.get(),
                timesAhead.get(),
                passedOver.get(),
                refused.get(),
                failures.get());
    }
}
