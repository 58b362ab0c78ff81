package dev.monban.server.replay;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Verdict;
import java.util.EnumMap;
import java.util.Map;

/** How often each verdict was given, and to attempts whose credential was right. */
public final class Tally {

    private final Map<Action, long[]> counts = new EnumMap<>(Action.class);

    void add(Attempt attempt, Verdict verdict) {
        long[] pair = counts.computeIfAbsent(verdict.action(), a -> new long[2]);
        pair[0]++;
        if (attempt.check().outcome() == Outcome.ACCEPTED) {
            pair[1]++;
        }
    }

    /** All that got a verdict. */
    public long of(Action action) {
        return counts.getOrDefault(action, new long[2])[0];
    }

    /** Those of them whose credential was right. */
    public long right(Action action) {
        return counts.getOrDefault(action, new long[2])[1];
    }

    /** All attempts. */
    public long all() {
        return counts.values().stream().mapToLong(pair -> pair[0]).sum();
    }
}
