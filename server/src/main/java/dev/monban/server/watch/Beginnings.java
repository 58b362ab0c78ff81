package dev.monban.server.watch;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Step;
import dev.monban.core.watch.Verdict;
import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.LogStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.logging.Logger;

/** From what the watch judges when the program starts. */
final class Beginnings {

    private static final Logger LOG = Logger.getLogger(Beginnings.class.getName());

    /** Without a snapshot, so much of the log is learnt. */
    private static final Duration LEARNT = Duration.ofDays(30);

    /** So many rows are learnt before the doors open: a few seconds. */
    static final long MAX_BEFORE_THE_DOORS_OPEN = 50_000;

    private final Database database;
    private final Snapshots snapshots;
    private final InstantSource clock;

    Beginnings(Database database, Snapshots snapshots, InstantSource clock) {
        this.database = database;
        this.snapshots = snapshots;
        this.clock = clock;
    }

    /**
     * With what it begins.
     *
     * @param mind judges
     * @param next learns the log anew while {@code mind} judges, and then takes its place
     */
    record Begun(Mind mind, Optional<Next> next) {}

    /**
     * What learns the log anew.
     *
     * @param fromNothing whether what judges meanwhile has no memory but of the last attempts
     */
    record Next(Mind mind, boolean fromNothing) {}

    Begun begin() {
        Optional<Mind> restored = snapshots.restore();
        if (restored.isPresent()) {
            return new Begun(restored.get(), Optional.empty());
        }
        Instant since = clock.instant().minus(LEARNT);
        long drawn = database.query(LogStore::drawn);
        long from =
                database.query(c -> LogStore.firstSince(c, since)).map(p -> p - 1).orElse(drawn);
        Mind anew = snapshots.empty(from, since);
        if (drawn - from <= MAX_BEFORE_THE_DOORS_OPEN) {
            return new Begun(anew, Optional.empty());
        }
        Optional<Mind> other = snapshots.restoreOther();
        LOG.info(
                "the watch learns its log anew, "
                        + (drawn - from)
                        + " rows; meanwhile it judges from "
                        + (other.isPresent()
                                ? "what it remembered of " + other.get().name()
                                : "the last attempts, and asks for another proof where it knows"
                                        + " nothing"));
        return other.map(old -> new Begun(old, Optional.of(new Next(anew, false))))
                .orElseGet(() ->
                        new Begun(
                                snapshots.meanwhile(drawn - MAX_BEFORE_THE_DOORS_OPEN, since),
                                Optional.of(new Next(anew, true))));
    }

    /**
     * What holds while the watch has no memory: that nothing is known of an account does not mean
     * that it is new.
     */
    static Verdict withoutMemory(Step step, Verdict verdict) {
        boolean first = step == Step.PASSWORD || step == Step.FEDERATED;
        return first && verdict.reasons().getFirst() == Reason.FIRST_SIGN_IN
                ? new Verdict(Action.STEP_UP, List.of(Reason.NEW_PLACE), verdict.campaign())
                : verdict;
    }
}
