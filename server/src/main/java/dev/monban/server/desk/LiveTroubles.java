package dev.monban.server.desk;

import dev.monban.core.trouble.Trouble;
import dev.monban.core.trouble.Troubles;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Verdict;
import dev.monban.server.watch.LiveWatch;
import dev.monban.server.watch.Remarks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Follows the log beside the watch, and finds people who are stuck. Each node does; what they find
 * is the same, and the first one to find it opens the case.
 */
public final class LiveTroubles implements LiveWatch.Listener {

    /** So many people's troubles are followed at the same time. */
    private static final int MOST_PEOPLE = 20_000;

    /** What was found and not yet told; more is given up, as it would be told too late. */
    private static final int MOST_FOUND = 10_000;

    /** What became known of an attempt comes seconds after it. */
    private static final Duration REMARKED_WITHIN = Duration.ofMinutes(3);

    private final InstantSource clock;
    private final Troubles troubles = new Troubles(MOST_PEOPLE, true);
    private final List<Trouble> found = new ArrayList<>();

    public LiveTroubles(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void learnt(Attempt attempt, Verdict verdict, boolean familiar) {
        synchronized (troubles) {
            add(troubles.learn(attempt, verdict, familiar));
        }
    }

    /**
     * What was found since it was asked last.
     *
     * @param remarks what became known of attempts after they were written
     */
    List<Trouble> found(Remarks remarks) {
        Instant now = clock.instant();
        List<Remarks.Remark> known = remarks.since(now.minus(REMARKED_WITHIN));
        synchronized (troubles) {
            for (Remarks.Remark remark : known) {
                troubles.remark(
                        remark.account().toString(), remark.attempt().toString(), remark.near());
            }
            add(troubles.due(now));
            List<Trouble> all = List.copyOf(found);
            found.clear();
            return all;
        }
    }

    /** It could not be told now. */
    void putBack(Trouble trouble) {
        synchronized (troubles) {
            add(List.of(trouble));
        }
    }

    private void add(List<Trouble> more) {
        if (found.size() < MOST_FOUND) {
            found.addAll(more);
        }
    }
}
