package dev.monban.server.watch;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Finding;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Policy;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Sizes;
import dev.monban.core.watch.Verdict;
import dev.monban.core.watch.Watch;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.GroupCommit;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import dev.monban.server.watch.store.ActStore;
import dev.monban.server.watch.store.AttemptStore;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The watch in the line of every sign-in. Each attempt is judged from what the log tells, and from
 * what is in flight; then it is written to the log, and learnt from as this node follows the log.
 * All nodes follow the same log, so what one sees the others know a moment later.
 */
public final class LiveWatch implements AutoCloseable {

    private static final Purpose MEMORY = Purpose.of("watch");
    private static final Purpose SECRET = Purpose.of("secret tags");

    private static final Logger LOG = Logger.getLogger(LiveWatch.class.getName());

    /** How long what another node wrote may go unseen. */
    private static final Duration LOOK_EVERY = Duration.ofMillis(250);

    private static final Duration SNAPSHOT_EVERY = Duration.ofMinutes(5);

    /** Without a snapshot, so much of the log is read at a start. */
    private static final Duration READ_AT_START = Duration.ofDays(30);

    /** The log is partitioned by time; no attempt is written later than this after it was made. */
    private static final Duration LATE = Duration.ofHours(1);

    private static final int ROWS_AT_ONCE = 5_000;

    private static final Duration LONGEST_IN_FLIGHT = Duration.ofSeconds(60);

    /** Whoever was stuck before a stop is not forgotten for it. */
    private static final Duration RETOLD = Duration.ofHours(1);

    private static final int MOST_RETOLD = 20_000;

    private static final int ACTS_AT_ONCE = 100;

    private final Database database;
    private final InstantSource clock;
    private final Campaigns campaigns;
    private final Listener listener;
    private final Watch fold;
    private final Snapshots snapshots;
    private final Vault vault;
    private final byte[] tagKey;
    private final GroupCommit<Written, Boolean> alone;

    private final ReentrantLock lock = new ReentrantLock();
    private final Semaphore fresh = new Semaphore(0);
    private final Flights flights = new Flights();
    private final Thread follower;
    private String writtenBy = "0";
    private long position;
    private Instant lastSeen;
    private Instant snapshotAt;
    private volatile boolean closed;

    private record Written(Attempt attempt, Verdict verdict, @Nullable UUID campaign) {}

    /** Is told of each attempt as it is learnt, on one thread and in the order of the log. */
    @FunctionalInterface
    public interface Listener {

        /**
         * An attempt was learnt.
         *
         * @param familiar whether its account, or its house, knew the device or the place
         */
        void learnt(Attempt attempt, Verdict verdict, boolean familiar);
    }

    /**
     * Reads what is remembered, and the log from there on.
     *
     * @param accounts about how many accounts are to be remembered well
     * @param listener is told first of what was learnt lately, before the last stop
     */
    public LiveWatch(
            Database database,
            Vault vault,
            Campaigns campaigns,
            Policy policy,
            int accounts,
            Listener listener,
            InstantSource clock) {
        this.database = database;
        this.vault = vault;
        this.campaigns = campaigns;
        this.clock = clock;
        this.listener = listener;
        Sizes sizes = Sizes.forAccounts(accounts);
        this.fold =
                new Watch(policy, sizes, ByteBuffer.wrap(vault.tag(MEMORY, "memory")).getLong());
        this.snapshots =
                new Snapshots(
                        database,
                        policy.version() + " " + sizes + " " + Watch.FORMAT,
                        fold,
                        campaigns);
        // Tags live as long as the process, and nobody can make one without its key.
        this.tagKey = vault.tag(SECRET, Tokens.fresh());
        this.alone = new GroupCommit<>("attempts", database, this::write);
        this.lastSeen = clock.instant().minus(READ_AT_START);
        this.snapshotAt = clock.instant();
        snapshots
                .restore()
                .ifPresent(place -> {
                    writtenBy = place.writtenBy();
                    position = place.position();
                    lastSeen = place.lastSeen();
                });
        retell();
        while (follow() == ROWS_AT_ONCE) {
            // Goes on until it is where the log is.
        }
        this.follower = Thread.ofPlatform().daemon().name("watch").start(this::run);
    }

    /** The listener remembers nothing over a stop. */
    private void retell() {
        Instant since = clock.instant().minus(RETOLD);
        for (AttemptStore.Logged row :
                database.query(
                        c -> AttemptStore.upTo(c, writtenBy, position, since, MOST_RETOLD))) {
            Attempt attempt = row.attempt();
            listener.learnt(
                    attempt,
                    new Verdict(row.action(), reasons(row.reasons()), 0),
                    fold.isFamiliar(attempt.approach()));
        }
    }

    /**
     * What was decided, to be written with the attempt.
     *
     * @param masked whether right and wrong must look the same
     * @param novel whether the account knows neither the device nor the source
     * @param familiar whether the account, or its house, knows the device or the place
     */
    public record Judgement(
            Approach approach, Verdict verdict, boolean masked, boolean novel, boolean familiar) {

        /** Whether the credential is not to be checked. */
        public boolean stops() {
            return verdict.stops();
        }

        /** The same, where another proof was asked for whatever the verdict was. */
        public Judgement withProof() {
            return with(new Verdict(Action.STEP_UP, verdict.reasons(), verdict.campaign()));
        }

        /** The same, where a proof came that no guesser has. */
        public Judgement proved() {
            return with(new Verdict(Action.ALLOW, List.of(Reason.NEW_PLACE), 0));
        }

        private Judgement with(Verdict other) {
            return new Judgement(approach, other, masked, novel, familiar);
        }

        /** Whether a right credential is to be followed by another proof. */
        public boolean asksForProof() {
            return verdict.action() == Action.STEP_UP;
        }
    }

    /** The tag of a password: equal passwords have equal tags while this process runs. */
    public String tag(String password) {
        byte[] tag = vault.tag(SECRET, HexFormat.of().formatHex(tagKey) + password);
        return HexFormat.of().formatHex(tag, 0, 8);
    }

    /** Judges; from now on the attempt is in flight, until it is recorded or given up. */
    public Judgement judge(Approach approach) {
        lock.lock();
        try {
            flights.forget(approach.at().minus(LONGEST_IN_FLIGHT));
            Verdict verdict = fold.judge(approach, flights.pending(approach));
            boolean novel = fold.isNovel(approach);
            boolean masked = novel && fold.isAttacked(approach.at());
            flights.began(approach, !verdict.stops(), novel);
            return new Judgement(approach, verdict, masked, novel, fold.isFamiliar(approach));
        } finally {
            lock.unlock();
        }
    }

    /** Whether the account, or its house, knows the device or the place. */
    public boolean isFamiliar(Approach approach) {
        lock.lock();
        try {
            return fold.isFamiliar(approach);
        } finally {
            lock.unlock();
        }
    }

    /** What it holds for true now. */
    public Belief belief() {
        lock.lock();
        try {
            Instant now = clock.instant();
            return new Belief(
                    fold.policy().version(),
                    fold.isAttacked(now),
                    flights.count(),
                    fold.blockedSources(now),
                    lastSeen);
        } finally {
            lock.unlock();
        }
    }

    /** Writes what became of it, in the transaction of what it changed. */
    public void record(Connection connection, Judgement judgement, Attempt attempt)
            throws SQLException {
        insert(connection, new Written(attempt, judgement.verdict(), campaign(judgement)));
        if (attempt.check().outcome() == Outcome.ACCEPTED && attempt.check().stepUp() == null) {
            lock.lock();
            try {
                flights.succeeded(attempt.approach().id());
            } finally {
                lock.unlock();
            }
        }
    }

    /** Writes it by itself; returns once it is committed. */
    public void record(Judgement judgement, Attempt attempt) {
        boolean done = alone.commit(new Written(attempt, judgement.verdict(), campaign(judgement)));
        assert done;
        committed();
    }

    /** Writes that it was not even checked. */
    public void recordStopped(Judgement judgement) {
        record(judgement, unchecked(judgement));
    }

    /** An attempt whose credential nobody looked at. */
    public static Attempt unchecked(Judgement judgement) {
        return new Attempt(
                judgement.approach(), new Check(Outcome.ABANDONED, null, null, null, null));
    }

    /** What was recorded in a transaction is committed. */
    public void committed() {
        fresh.release();
    }

    /** It will not be recorded: the check could not be made. */
    public void giveUp(Judgement judgement) {
        lock.lock();
        try {
            Approach landed = flights.landed(judgement.approach().id());
            assert landed == null || landed.equals(judgement.approach());
        } finally {
            lock.unlock();
        }
    }

    private @Nullable UUID campaign(Judgement judgement) {
        return campaigns.id(judgement.verdict().campaign()).orElse(null);
    }

    private List<Boolean> write(Connection connection, List<Written> some) throws SQLException {
        return Database.allOrNothing(
                connection,
                c -> {
                    for (Written one : some) {
                        insert(c, one);
                    }
                    return Collections.nCopies(some.size(), true);
                });
    }

    private void insert(Connection connection, Written one) throws SQLException {
        AttemptStore.insert(
                connection,
                one.attempt(),
                one.verdict().action(),
                one.verdict().reasons(),
                fold.policy().version(),
                one.campaign());
    }

    private void run() {
        while (!closed) {
            try {
                if (follow() < ROWS_AT_ONCE) {
                    await();
                }
                campaigns.turn(number -> isAlive(number));
                if (clock.instant().isAfter(snapshotAt.plus(SNAPSHOT_EVERY))) {
                    snapshot();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "the watch could not follow the log; it tries again", e);
                try {
                    await();
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    private boolean isAlive(long number) {
        lock.lock();
        try {
            return fold.isAlive(number, clock.instant());
        } finally {
            lock.unlock();
        }
    }

    private void await() throws InterruptedException {
        if (fresh.tryAcquire(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            int drained = fresh.drainPermits();
            assert drained >= 0;
        }
    }

    /** What is new in the log, as far as it may be read, in its order. */
    private record News(List<AttemptStore.Logged> attempts, List<ActStore.Logged> acts) {}

    /** Learns from what is new in the log; says how many attempts there were. */
    private int follow() {
        News news = database.transaction(this::news);
        Iterator<ActStore.Logged> acts = news.acts().iterator();
        ActStore.@Nullable Logged act = acts.hasNext() ? acts.next() : null;
        for (AttemptStore.Logged attempt : news.attempts()) {
            while (act != null && isBefore(act, attempt)) {
                learn(act);
                act = acts.hasNext() ? acts.next() : null;
            }
            if (act == null && news.acts().size() == ACTS_AT_ONCE) {
                // More acts may lie before this attempt.
                return ROWS_AT_ONCE;
            }
            learn(attempt);
        }
        // Where there are more attempts to read, they may lie before the acts that are left.
        while (act != null && news.attempts().size() < ROWS_AT_ONCE) {
            learn(act);
            act = acts.hasNext() ? acts.next() : null;
        }
        return news.attempts().size();
    }

    private News news(Connection connection) throws SQLException {
        AttemptStore.readInOrder(connection);
        String horizon = AttemptStore.horizon(connection);
        return new News(
                AttemptStore.after(
                        connection,
                        writtenBy,
                        position,
                        horizon,
                        lastSeen.minus(LATE),
                        ROWS_AT_ONCE),
                ActStore.after(connection, writtenBy, position, horizon, ACTS_AT_ONCE));
    }

    private static boolean isBefore(ActStore.Logged act, AttemptStore.Logged attempt) {
        int byWriter =
                new BigInteger(act.writtenBy()).compareTo(new BigInteger(attempt.writtenBy()));
        return byWriter < 0 || (byWriter == 0 && act.position() < attempt.position());
    }

    private void learn(ActStore.Logged row) {
        lock.lock();
        try {
            UUID about = row.act().campaign();
            long campaign = about == null ? 0 : campaigns.number(about);
            Acts.inFold(row.act(), campaign).ifPresent(fold::learn);
            writtenBy = row.writtenBy();
            position = row.position();
        } finally {
            lock.unlock();
        }
    }

    private void learn(AttemptStore.Logged row) {
        List<Finding> found;
        boolean isOwn;
        boolean familiar;
        Verdict verdict;
        Attempt attempt = row.attempt();
        lock.lock();
        try {
            Approach own = flights.landed(attempt.approach().id());
            isOwn = own != null;
            if (own != null && own.secretTag() != null) {
                attempt =
                        new Attempt(
                                attempt.approach().withSecret(own.secretTag(), own.commonSecret()),
                                attempt.check());
            }
            long number = row.campaign() == null ? 0 : campaigns.number(row.campaign());
            verdict = new Verdict(row.action(), reasons(row.reasons()), number);
            familiar = fold.isFamiliar(attempt.approach());
            found = fold.learn(attempt, verdict);
            writtenBy = row.writtenBy();
            position = row.position();
            if (attempt.approach().at().isAfter(lastSeen)) {
                lastSeen = attempt.approach().at();
            }
        } finally {
            lock.unlock();
        }
        found.forEach(campaigns::found);
        listener.learnt(attempt, verdict, familiar);
        if (row.campaign() != null && isOwn) {
            campaigns.grew(
                    row.campaign(),
                    row.action() == Action.THROTTLE || row.action() == Action.DENY,
                    attempt.approach().at());
        }
    }

    /** A row of an older release may have none. */
    private static List<Reason> reasons(List<Reason> reasons) {
        return reasons.isEmpty() ? List.of(Reason.NEW_PLACE) : reasons;
    }

    /** Keeps what is remembered, so that the next start is quick. */
    private void snapshot() {
        byte[] state;
        lock.lock();
        try {
            state = snapshots.taken();
        } finally {
            lock.unlock();
        }
        snapshotAt = clock.instant();
        snapshots.save(new Snapshots.Place(writtenBy, position, lastSeen), state);
    }

    @Override
    public void close() {
        closed = true;
        alone.close();
        follower.interrupt();
        try {
            follower.join(Duration.ofSeconds(5));
            while (follow() == ROWS_AT_ONCE) {
                // Goes on until nothing of this node is left out.
            }
            snapshot();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "the watch could not keep a snapshot", e);
        }
    }
}
