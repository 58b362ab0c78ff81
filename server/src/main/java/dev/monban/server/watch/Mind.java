package dev.monban.server.watch;

import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Finding;
import dev.monban.core.watch.Verdict;
import dev.monban.core.watch.Watch;
import dev.monban.server.watch.store.ActStore;
import dev.monban.server.watch.store.AttemptStore;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A fold, and how far it has learnt the log. Not safe for use by several threads at once. */
final class Mind {

    private final String name;
    private final Watch fold;
    private final Numbers numbers = new Numbers();
    private long position;
    private Instant lastSeen;
    private @Nullable Before before;

    /**
     * @param name of its snapshots
     * @param lastSeen nothing that was made before is read
     */
    Mind(String name, Watch fold, long position, Instant lastSeen) {
        this.name = name;
        this.fold = fold;
        this.position = position;
        this.lastSeen = lastSeen;
    }

    /**
     * How far release 0.1.0 had learnt the log, which it read in the order of transactions, then of
     * positions.
     *
     * @param writtenBy the transaction
     * @param until behind this position nothing was learnt by it
     */
    record Before(BigInteger writtenBy, long position, long until) {

        boolean learnt(String by, long at) {
            int order = new BigInteger(by).compareTo(writtenBy);
            return at <= until && (order < 0 || (order == 0 && at <= position));
        }
    }

    /**
     * An attempt that was learnt.
     *
     * @param attempt as it was learnt
     * @param familiar whether its account, or its house, knew the device or the place
     */
    record Learnt(Attempt attempt, Verdict verdict, boolean familiar, List<Finding> found) {
        Learnt {
            found = List.copyOf(found);
        }
    }

    String name() {
        return name;
    }

    Watch fold() {
        return fold;
    }

    Numbers numbers() {
        return numbers;
    }

    long position() {
        return position;
    }

    /** When the latest attempt was made that it has learnt from. */
    Instant lastSeen() {
        return lastSeen;
    }

    /** It goes on from what release 0.1.0 had learnt. */
    void goesOnFrom(Before place) {
        before = place;
    }

    /** Whether it has learnt this row already. */
    boolean knows(LogReader.Entry entry) {
        Before place = before;
        return switch (entry) {
            case LogReader.Entry.Tried(AttemptStore.Logged row) ->
                    place != null && place.learnt(row.writtenBy(), row.position());
            case LogReader.Entry.Decided(ActStore.Logged row) ->
                    place != null && place.learnt(row.writtenBy(), row.position());
        };
    }

    /**
     * Learns an attempt; it is not passed until {@link #passed} is called.
     *
     * @param own the same as this node judged it, with the tag that the log does not keep
     */
    Learnt learn(AttemptStore.Logged row, Attempt logged, @Nullable Approach own) {
        Attempt attempt =
                own == null || own.secretTag() == null
                        ? logged
                        : new Attempt(
                                logged.approach().withSecret(own.secretTag(), own.commonSecret()),
                                logged.check());
        UUID about = row.campaign();
        long number = about == null ? 0 : numbers.number(about);
        Verdict verdict = new Verdict(row.action(), row.reasons(), number);
        boolean familiar = fold.isFamiliar(attempt.approach());
        return new Learnt(attempt, verdict, familiar, fold.learn(attempt, verdict));
    }

    /** Learns what an administrator decided. */
    void learn(ActStore.Logged row) {
        UUID about = row.act().campaign();
        long campaign = about == null ? 0 : numbers.number(about);
        Acts.inFold(row.act(), campaign).ifPresent(fold::learn);
    }

    /** Whatever was to be learnt of this row is learnt. */
    void passed(LogReader.Entry entry) {
        position = entry.position();
        if (entry instanceof LogReader.Entry.Tried(AttemptStore.Logged row)
                && row.attempt() != null
                && row.attempt().approach().at().isAfter(lastSeen)) {
            lastSeen = row.attempt().approach().at();
        }
    }

    /** The log goes on from here. */
    void move(long other) {
        position = other;
    }

    void write(DataOutput out) throws IOException {
        fold.write(out);
        numbers.write(out);
    }

    void read(DataInput in) throws IOException {
        fold.read(in);
        numbers.read(in);
    }
}
