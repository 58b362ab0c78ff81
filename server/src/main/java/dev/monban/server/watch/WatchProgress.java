package dev.monban.server.watch;

import java.time.Duration;
import java.util.List;

/**
 * How far the watch has followed its log, and what it met.
 *
 * @param behind how long the first row waits that stands in the log and is not learnt; zero where
 *     there is none
 * @param unread about how many rows wait
 * @param heldBy the sessions that the log waits for, each with process id, database and program
 * @param learningRows how many rows a new fold has still to learn while the old one judges; 0 where
 *     none learns
 * @param clockOffset how far the clock of this node is ahead of that of the database; negative
 *     where it is behind
 * @param unknownCodes how many codes were read that this release does not know
 * @param timesAhead how many attempts were dated later than they were written
 * @param passedOver how many rows could not be learnt
 * @param refused how many attempts were refused because guesses before them were not known
 * @param failures how often the log could not be read or learnt
 */
public record WatchProgress(
        Duration behind,
        long unread,
        List<String> heldBy,
        long learningRows,
        Duration clockOffset,
        long unknownCodes,
        long timesAhead,
        long passedOver,
        long refused,
        long failures) {

    /** A watch that is further behind is not ready. */
    public static final Duration MAX_BEHIND = Duration.ofSeconds(3);

    public WatchProgress {
        heldBy = List.copyOf(heldBy);
    }

    /** Whether it knows enough of what happened lately. */
    public boolean isReady() {
        return behind.compareTo(MAX_BEHIND) <= 0;
    }
}
