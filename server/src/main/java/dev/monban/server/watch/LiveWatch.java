package dev.monban.server.watch;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Pairs;
import dev.monban.core.watch.Policy;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Remembered;
import dev.monban.core.watch.Sizes;
import dev.monban.core.watch.Step;
import dev.monban.core.watch.Verdict;
import dev.monban.core.watch.Watch;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.GroupCommit;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import dev.monban.server.watch.store.AttemptStore;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The watch in the line of every sign-in. Each attempt is judged from what the log tells, and from
 * what is in flight; then it is written to the log, and learnt from as this node follows the log.
 * All nodes follow the same log, so what one sees the others know a moment later.
 */
public final class LiveWatch implements AutoCloseable {

    private static final Purpose MEMORY = Purpose.of("watch");
    private static final Purpose SECRET = Purpose.of("secret tags");

    private static final int RETRY_AFTER_SECONDS = 5;

    private static final Set<Step> GUESSED =
            EnumSet.of(Step.PASSWORD, Step.TOTP, Step.RECOVERY_CODE);

    private final Policy policy;
    private final KnownPairs pairs;
    private final Vault vault;
    private final byte[] tagKey;
    private final GroupCommit<Written, Boolean> alone;

    private final Follower follower;

    private record Written(Attempt attempt, Verdict verdict, @Nullable UUID campaign) {}

    /** Is told of each attempt as it is learnt, on one thread and in the order of the log. */
    @FunctionalInterface
    public interface Listener {

        /**
         * An attempt was learnt. It is told again where the program ends before the next snapshot.
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
        this.vault = vault;
        this.policy = policy;
        this.pairs = new KnownPairs(database, clock);
        // Tags live as long as the process, and nobody can make one without its key.
        this.tagKey = vault.tag(SECRET, Tokens.fresh());
        this.alone = new GroupCommit<>("attempts", database, this::write);
        this.follower =
                new Follower(
                        database,
                        campaigns,
                        new Snapshots(
                                database,
                                policy,
                                Sizes.forAccounts(accounts),
                                ByteBuffer.wrap(vault.tag(MEMORY, "memory")).getLong()),
                        listener,
                        clock);
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

    /**
     * Judges; from now on the attempt is in flight, until it is recorded or given up.
     *
     * @throws Problem (503) where it may be a guess, and this node cannot know how many came before
     *     it
     */
    public Judgement judge(Approach approach) {
        Approach placed = inTimeOfDatabase(approach);
        Remembered remembered = remembered(placed);
        follower.lock.lock();
        try {
            Watch fold = follower.mind().fold();
            Verdict verdict = fold.judge(placed, follower.flights.pending(approach), remembered);
            if (follower.isWithoutMemory()) {
                verdict = Beginnings.withoutMemory(placed.step(), verdict);
            }
            if (mayBeGuess(placed.step(), verdict) && follower.isBlind()) {
                follower.health.refused();
                throw Problem.busy(RETRY_AFTER_SECONDS);
            }
            boolean novel = fold.isNovel(placed, remembered);
            boolean masked = novel && fold.isAttacked(placed.at());
            follower.flights.began(approach, !verdict.stops(), novel);
            return new Judgement(
                    approach, verdict, masked, novel, fold.isFamiliar(placed, remembered));
        } finally {
            follower.lock.unlock();
        }
    }

    /** What memory does not hold is asked of the database; never while others wait for memory. */
    private Remembered remembered(Approach approach) {
        Pairs keys;
        follower.lock.lock();
        try {
            Watch fold = follower.mind().fold();
            if (approach.step() == Step.SESSION || !fold.isNovel(approach, Remembered.NOTHING)) {
                return Remembered.NOTHING;
            }
            keys = fold.pairs(approach);
        } finally {
            follower.lock.unlock();
        }
        return pairs.ask(keys, approach.at());
    }

    /** The devices and places that the database knows. */
    public KnownPairs pairs() {
        return pairs;
    }

    /** Who comes with a known device goes on, whatever happens. */
    private static boolean mayBeGuess(Step step, Verdict verdict) {
        return GUESSED.contains(step)
                && !verdict.stops()
                && verdict.reasons().getFirst() != Reason.KNOWN_DEVICE;
    }

    /** A node whose clock is wrong judges by that of the database, as all learn by it. */
    private Approach inTimeOfDatabase(Approach approach) {
        Duration wrong = follower.wrongBy();
        return wrong.isZero() ? approach : approach.madeAt(approach.at().minus(wrong));
    }

    /** Whether the account, or its house, knows the device or the place. */
    public boolean isFamiliar(Approach approach) {
        follower.lock.lock();
        try {
            return follower.mind().fold().isFamiliar(inTimeOfDatabase(approach));
        } finally {
            follower.lock.unlock();
        }
    }

    /** What it holds for true now. */
    public Belief belief() {
        follower.lock.lock();
        try {
            Instant now = follower.now();
            return new Belief(
                    policy.version(),
                    follower.mind().fold().isAttacked(now),
                    follower.flights.count(),
                    follower.mind().fold().blockedSources(now),
                    follower.mind().lastSeen());
        } finally {
            follower.lock.unlock();
        }
    }

    /** How far it has followed the log. */
    public WatchProgress progress() {
        return follower.progress();
    }

    /** Writes what became of it, in the transaction of what it changed. */
    public void record(Connection connection, Judgement judgement, Attempt attempt)
            throws SQLException {
        insert(connection, new Written(attempt, judgement.verdict(), campaign(judgement)));
        if (attempt.check().outcome() == Outcome.ACCEPTED && attempt.check().stepUp() == null) {
            follower.lock.lock();
            try {
                follower.flights.succeeded(attempt.approach().id());
            } finally {
                follower.lock.unlock();
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
        follower.wake();
    }

    /** It will not be recorded: the check could not be made. */
    public void giveUp(Judgement judgement) {
        follower.lock.lock();
        try {
            Approach landed = follower.flights.landed(judgement.approach().id());
            assert landed == null || landed.equals(judgement.approach());
        } finally {
            follower.lock.unlock();
        }
    }

    private @Nullable UUID campaign(Judgement judgement) {
        return follower.mind().numbers().id(judgement.verdict().campaign()).orElse(null);
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
                policy.version(),
                one.campaign());
        Approach approach = one.attempt().approach();
        if (approach.account() != null && one.attempt().isSignIn(one.verdict())) {
            pairs.seen(connection, follower.mind().fold().pairs(approach), approach.at());
        }
    }

    @Override
    public void close() {
        alone.close();
        follower.close();
    }
}
