package dev.monban.server.watch;

import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Finding;
import dev.monban.server.watch.store.ActStore;
import dev.monban.server.watch.store.AttemptStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A fold that learns the log anew, some rows at a time, behind the one that judges. What it finds
 * in the past was told when it was found the first time.
 */
final class Relearning {

    private static final Logger LOG = Logger.getLogger(Relearning.class.getName());

    /** What was found since then is told, where it was not before. */
    private static final Duration TOLD_WITHIN = Duration.ofHours(2);

    private final Mind mind;
    private final boolean fromNothing;
    private final LogReader reader;
    private final Campaigns campaigns;
    private final List<Finding> found = new ArrayList<>();

    Relearning(Beginnings.Next next, LogReader reader, Campaigns campaigns) {
        this.mind = next.mind();
        this.fromNothing = next.fromNothing();
        this.reader = reader;
        this.campaigns = campaigns;
    }

    /** Whether what judges meanwhile has no memory but of the last attempts. */
    boolean isFromNothing() {
        return fromNothing;
    }

    long position() {
        return mind.position();
    }

    Mind mind() {
        return mind;
    }

    /**
     * Learns some more.
     *
     * @param until how far the one that judges has learnt
     * @return whether it has learnt as much
     */
    boolean learn(long until, Instant now) {
        List<LogReader.Entry> some = reader.past(mind.position(), until);
        for (LogReader.Entry entry : some) {
            learn(entry, now);
            mind.passed(entry);
        }
        if (some.isEmpty()) {
            mind.move(until);
        }
        if (mind.position() < until) {
            return false;
        }
        found.forEach(finding -> campaigns.found(finding, mind.numbers()));
        found.clear();
        return true;
    }

    private void learn(LogReader.Entry entry, Instant now) {
        try {
            switch (entry) {
                case LogReader.Entry.Tried(AttemptStore.Logged row) -> {
                    Attempt attempt = row.attempt();
                    if (attempt != null) {
                        mind.learn(row, attempt, null)
                                .found()
                                .forEach(finding -> found(finding, now));
                    }
                }
                case LogReader.Entry.Decided(ActStore.Logged row) -> mind.learn(row);
            }
        } catch (dev.monban.server.platform.Database.DatabaseFailed e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "the row " + entry.position() + " could not be learnt anew", e);
        }
    }

    private void found(Finding finding, Instant now) {
        campaigns
                .past(finding)
                .ifPresentOrElse(
                        id -> mind.numbers().put(finding.campaign(), id),
                        () -> {
                            if (finding.at().isAfter(now.minus(TOLD_WITHIN))) {
                                found.add(finding);
                            }
                        });
    }
}
