package dev.monban.server.watch;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Remembered;
import dev.monban.core.watch.Verdict;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Supervised;
import dev.monban.server.watch.store.ActStore;
import dev.monban.server.watch.store.AttemptStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Follows the log, on one thread that is kept running. It changes what the watch judges from, and
 * holds {@link #lock} while it does.
 */
final class Follower implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Follower.class.getName());

    /** Where nothing was read of the log for so long, no guess of a stranger is let on. */
    private static final Duration MAX_BLIND = Duration.ofSeconds(10);

    /** A clock that is no further from that of the database is right. */
    private static final Duration RIGHT_CLOCK = Duration.ofSeconds(5);

    /** How long what another node wrote may go unseen. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    /** The same where a row is missing that somebody is about to write. */
    private static final Duration LOOK_AT_GAP_EVERY = Duration.ofMillis(20);

    /** Between its judgement and its place in the log an attempt takes no longer. */
    private static final Duration LONGEST_IN_FLIGHT = Duration.ofSeconds(60);

    /** Whoever was stuck before a stop is not forgotten for it. */
    private static final Duration RETOLD = Duration.ofHours(1);

    private static final int MOST_RETOLD = 20_000;

    final ReentrantLock lock = new ReentrantLock();
    final Flights flights = new Flights();
    final Health health;

    private final Database database;
    private final InstantSource clock;
    private final Campaigns campaigns;
    private final LiveWatch.Listener listener;
    private final Snapshots snapshots;
    private final LogReader reader;
    private final Semaphore fresh = new Semaphore(0);
    private final Supervised thread;
    private volatile Mind mind;
    private volatile @Nullable Relearning relearning;
    private volatile boolean crowded;
    private Instant snapshotAt;
    private @Nullable LargeSnapshot copy;
    private volatile boolean closed;

    /**
     * Reads what is remembered and the log from there on, then goes on by itself.
     *
     * @param listener is told first of what was learnt lately, before the last stop
     */
    Follower(
            Database database,
            Campaigns campaigns,
            Snapshots snapshots,
            LiveWatch.Listener listener,
            InstantSource clock) {
        this.database = database;
        this.campaigns = campaigns;
        this.clock = clock;
        this.listener = listener;
        this.snapshots = snapshots;
        this.reader = new LogReader(database, clock);
        this.health = new Health(reader);
        this.snapshotAt = clock.instant();
        Beginnings.Begun begun = new Beginnings(database, snapshots, clock).begin();
        this.mind = begun.mind();
        this.relearning =
                begun.next().map(next -> new Relearning(next, reader, campaigns)).orElse(null);
        mind.move(reader.goesOn(mind.position()));
        retell();
        LogReader.Batch read = follow();
        while (read.more()) {
            read = follow();
        }
        this.thread = new Supervised("watch", this::run);
    }

    /** What judges now; to be asked while {@link #lock} is held. */
    Mind mind() {
        return mind;
    }

    /** Whether what judges has no memory but of the last attempts. */
    boolean isWithoutMemory() {
        Relearning next = relearning;
        return next != null && next.isFromNothing();
    }

    /** Whether guesses may have been made that are counted nowhere. */
    boolean isBlind() {
        return crowded || flights.isFull() || health.sinceRead().compareTo(MAX_BLIND) > 0;
    }

    /** How far the clock of this node is ahead of that of the database; zero where it is right. */
    Duration wrongBy() {
        Duration offset = reader.offset();
        return offset.abs().compareTo(RIGHT_CLOCK) > 0 ? offset : Duration.ZERO;
    }

    /** The time, by the clock of the database. */
    Instant now() {
        return clock.instant().minus(wrongBy());
    }

    /** Something was committed that may be new. */
    void wake() {
        fresh.release();
    }

    /** How far it has come. */
    WatchProgress progress() {
        Relearning next = relearning;
        return health.progress(next == null ? 0 : Math.max(1, mind.position() - next.position()));
    }

    /** The listener remembers nothing over a stop. */
    private void retell() {
        Instant since = clock.instant().minus(RETOLD);
        for (AttemptStore.Logged row :
                database.query(c -> AttemptStore.upTo(c, mind.position(), since, MOST_RETOLD))) {
            Attempt attempt = row.attempt();
            if (attempt != null) {
                listener.learnt(
                        attempt,
                        new Verdict(row.action(), row.reasons(), 0),
                        mind.fold().isFamiliar(attempt.approach()));
            }
        }
    }

    private void run() throws InterruptedException {
        while (!closed) {
            try {
                step();
            } catch (RuntimeException e) {
                health.failed(e);
                await(LOOK_EVERY);
            }
        }
    }

    private void step() throws InterruptedException {
        LogReader.Batch read = follow();
        Relearning next = relearning;
        if (next != null && next.learn(mind.position(), now())) {
            take(next);
        }
        campaigns.turn(this::isAlive);
        if (clock.instant().isAfter(snapshotAt.plus(Snapshots.period(mind)))) {
            snapshot();
        }
        if (!copies() && !read.more() && relearning == null) {
            await(reader.awaits() ? LOOK_AT_GAP_EVERY : LOOK_EVERY);
        }
    }

    /** Writes some more of a large snapshot; whether there is more of it. */
    private boolean copies() {
        LargeSnapshot current = copy;
        copy = null;
        if (current != null && current.step()) {
            copy = current;
        }
        return copy != null;
    }

    private void giveUpCopy() {
        LargeSnapshot current = copy;
        copy = null;
        if (current != null) {
            current.giveUp();
        }
    }

    /** From now on the fold judges that has learnt the log anew. */
    private void take(Relearning next) {
        giveUpCopy();
        lock.lock();
        try {
            mind = next.mind();
            relearning = null;
        } finally {
            lock.unlock();
        }
        LOG.info("the watch has learnt its log anew, and judges from that");
        snapshot();
    }

    private boolean isAlive(UUID campaign) {
        lock.lock();
        try {
            return mind.fold().isAlive(mind.numbers().number(campaign), now());
        } finally {
            lock.unlock();
        }
    }

    private void await(Duration longest) throws InterruptedException {
        if (fresh.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
            int drained = fresh.drainPermits();
            assert drained >= 0;
        }
    }

    /** Learns from what is new in the log. */
    private LogReader.Batch follow() {
        // What was found before is written before more is learnt.
        campaigns.flush();
        LogReader.Batch read = reader.read(mind.position());
        for (LogReader.Entry entry : read.ready()) {
            learn(entry);
            campaigns.flush();
        }
        reader.learnt(mind.position());
        if (reader.isSetBack()) {
            mind.move(reader.goesOn(mind.position()));
        }
        lock.lock();
        try {
            crowded = read.crowded();
            read.ahead().forEach(this::countAhead);
            flights.forget(reader.completeTo().minus(LONGEST_IN_FLIGHT));
        } finally {
            lock.unlock();
        }
        health.read(read);
        return read;
    }

    /** Whoever guesses at another node while the log stands is counted here all the same. */
    private void countAhead(LogReader.Entry entry) {
        if (entry instanceof LogReader.Entry.Tried(AttemptStore.Logged row)
                && row.attempt() != null
                && !mind.knows(entry)) {
            Attempt attempt = row.attempt();
            boolean stopped = row.action() == Action.THROTTLE || row.action() == Action.DENY;
            flights.waits(
                    attempt.approach(),
                    !stopped && attempt.check().outcome() != Outcome.ACCEPTED,
                    mind.fold()
                            .isNovel(
                                    attempt.approach(),
                                    Remembered.of(attempt.approach(), row.reasons())));
        }
    }

    private void learn(LogReader.Entry entry) {
        if (!mind.knows(entry)) {
            switch (entry) {
                case LogReader.Entry.Tried(AttemptStore.Logged row) -> learn(row);
                case LogReader.Entry.Decided(ActStore.Logged row) -> learn(row);
            }
        }
        // The place moves last: whoever needs the row has it.
        mind.passed(entry);
    }

    private void learn(ActStore.Logged row) {
        lock.lock();
        try {
            mind.learn(row);
        } catch (RuntimeException e) {
            health.passedOver(row.position(), e);
        } finally {
            lock.unlock();
        }
    }

    private void learn(AttemptStore.Logged row) {
        health.noted(row);
        Mind.Learnt learnt;
        Approach own;
        lock.lock();
        try {
            own = flights.landed(row.id().toString());
            if (row.attempt() == null) {
                return;
            }
            learnt = mind.learn(row, row.attempt(), own);
        } catch (RuntimeException e) {
            // The next try would end the same, and the log would stand for ever.
            health.passedOver(row.position(), e);
            return;
        } finally {
            lock.unlock();
        }
        learnt.found().forEach(finding -> campaigns.found(finding, mind.numbers()));
        try {
            listener.learnt(learnt.attempt(), learnt.verdict(), learnt.familiar());
        } catch (RuntimeException e) {
            health.passedOver(row.position(), e);
        }
        if (row.campaign() != null && own != null) {
            campaigns.grew(
                    row.campaign(),
                    row.action() == Action.THROTTLE || row.action() == Action.DENY,
                    learnt.attempt().approach().at());
        }
    }

    /** Keeps what is remembered, so that the next start is quick. */
    private void snapshot() {
        snapshotAt = clock.instant();
        Relearning next = relearning;
        if (next != null && next.isFromNothing()) {
            return;
        }
        // This thread alone changes what is remembered: who judges meanwhile does not wait.
        if (!Snapshots.isLarge(mind)) {
            snapshots.save(mind, Snapshots.taken(mind));
        } else if (copy == null && !closed) {
            copy = snapshots.begin(mind, snapshotAt).orElse(null);
        }
    }

    @Override
    public void close() {
        closed = true;
        if (!thread.end()) {
            LOG.warning("the watch does not end, and keeps no snapshot");
            return;
        }
        try {
            LogReader.Batch read = follow();
            while (read.more()) {
                read = follow();
            }
            giveUpCopy();
            snapshot();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the watch could not keep a snapshot", e);
        }
    }
}
