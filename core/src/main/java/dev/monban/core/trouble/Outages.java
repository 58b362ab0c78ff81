package dev.monban.core.trouble;

import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Organisations whose people are turned away, one after the other, for the organisation's reason.
 */
final class Outages {

    /** So many times, from places that the house knows: one may be a slip. */
    private static final int LEAST_ATTEMPTS = 2;

    /** They come within this time of each other. */
    private static final Duration WITHIN = Duration.ofMinutes(30);

    /** What was told is the same trouble until nobody is turned away for so long. */
    private static final Duration OVER_AFTER = Duration.ofHours(6);

    private static final int MOST_ATTEMPTS = 100;

    private final Map<String, Row> rows;

    Outages(int most) {
        this.rows = Troubles.bounded(most);
    }

    private static final class Row {
        private final List<String> attempts = new ArrayList<>(4);
        private final Set<String> people = new HashSet<>(4);
        private Instant last;
        private boolean told;
        private boolean letsIn;

        private Row(Instant at) {
            last = at;
        }
    }

    /**
     * Where somebody comes through the same provider, one person alone is turned away for a reason
     * of their own.
     */
    void gotIn(Approach a) {
        Row row = a.tenant() == null || a.step() != Step.FEDERATED ? null : rows.get(a.tenant());
        if (row != null) {
            row.letsIn = true;
        }
    }

    /** An attempt from a place or a device that the house knows. */
    Optional<Trouble> learn(Attempt attempt) {
        Approach a = attempt.approach();
        if (a.tenant() == null || !Troubles.isOrganisations(attempt)) {
            return Optional.empty();
        }
        Row row = rows.get(a.tenant());
        if (row == null || row.last.plus(row.told ? OVER_AFTER : WITHIN).isBefore(a.at())) {
            row = new Row(a.at());
            rows.put(a.tenant(), row);
        }
        row.last = a.at();
        row.people.add(a.identifier());
        if (row.attempts.size() < MOST_ATTEMPTS) {
            row.attempts.add(a.id());
        }
        int counted = row.letsIn ? row.people.size() : row.attempts.size();
        if (row.told || counted < LEAST_ATTEMPTS) {
            return Optional.empty();
        }
        row.told = true;
        return Optional.of(new Trouble.Outage(a.at(), row.attempts, a.tenant(), row.people.size()));
    }
}
