package dev.monban.server.watch;

import dev.monban.core.watch.Finding;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.watch.store.CampaignStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The campaigns in the database: one row each, however often and on however many nodes it is found,
 * with counts that follow it until it is over.
 */
public final class Campaigns {

    private static final Logger LOG = Logger.getLogger(Campaigns.class.getName());

    /** What is found of the same kind within this time is the same campaign. */
    private static final Duration SAME_WITHIN = Duration.ofHours(2);

    /** Nothing seen for so long, and it is over. */
    private static final Duration OVER_AFTER = Duration.ofMinutes(30);

    private static final Duration WRITTEN_EVERY = Duration.ofSeconds(2);

    /** Operators are told again when a campaign has so many attempts, and ten times as many. */
    private static final long FIRST_MARK = 100;

    private static final int MOST_UNWRITTEN = 1_000;

    private final Database database;
    private final Ids ids;
    private final InstantSource clock;
    private final List<Listener> listeners = new ArrayList<>();
    private final Map<UUID, Growth> growth = new HashMap<>();
    private final ArrayDeque<Unwritten> unwritten = new ArrayDeque<>();
    private Instant writtenAt;

    public Campaigns(Database database, Ids ids, InstantSource clock) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
        this.writtenAt = clock.instant();
    }

    /** Told in the transaction that writes it; by one node only. */
    public interface Listener {
        void opened(Connection connection, UUID campaign, Finding finding) throws SQLException;

        void grew(Connection connection, UUID campaign) throws SQLException;

        void ended(Connection connection, UUID campaign) throws SQLException;
    }

    private static final class Growth {
        private long attempts;
        private long stopped;
        private Instant lastAt = Instant.EPOCH;
    }

    /** Called while wiring. */
    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /**
     * A finding on its way to the database.
     *
     * @param numbers of the fold that found it
     */
    private record Unwritten(Finding finding, Numbers numbers) {}

    /** Takes what the watch found, to be written by {@link #flush}. */
    void found(Finding finding, Numbers numbers) {
        if (unwritten.size() >= MOST_UNWRITTEN) {
            LOG.severe(
                    "a finding is lost, the database takes none: "
                            + unwritten.removeFirst().finding());
        }
        unwritten.add(new Unwritten(finding, numbers));
    }

    /** Writes what was found and is not written yet, unless it is running already. */
    void flush() {
        while (!unwritten.isEmpty()) {
            Unwritten first = unwritten.getFirst();
            try {
                write(first.finding(), first.numbers());
            } catch (Database.DatabaseFailed e) {
                if (!e.isConstraint()) {
                    throw e;
                }
                LOG.log(Level.SEVERE, "the database takes no such finding: " + first, e);
            } catch (RuntimeException e) {
                // The next try would end the same, and all others would wait behind it.
                LOG.log(Level.SEVERE, "a finding cannot be written: " + first, e);
            }
            unwritten.removeFirst();
        }
    }

    /** The campaign that this finding was, when it was found the first time; empty where none. */
    Optional<UUID> past(Finding finding) {
        return database.query(c ->
                CampaignStore.past(
                        c,
                        finding.kind().code(),
                        uuid(finding.account()),
                        finding.at().minus(SAME_WITHIN),
                        finding.at()));
    }

    private void write(Finding finding, Numbers numbers) {
        CampaignStore.Found row =
                new CampaignStore.Found(
                        ids.next(),
                        finding.kind().code(),
                        uuid(finding.account()),
                        uuid(finding.tenant()),
                        finding.explanation(),
                        finding.at(),
                        finding.attempts().stream().map(UUID::fromString).toList());
        UUID id =
                database.transaction(connection -> {
                    Optional<UUID> running =
                            CampaignStore.open(connection, row, finding.at().minus(SAME_WITHIN));
                    if (running.isEmpty()) {
                        for (Listener listener : listeners) {
                            listener.opened(connection, row.id(), finding);
                        }
                    }
                    return running.orElse(row.id());
                });
        numbers.put(finding.campaign(), id);
        if (id.equals(row.id())) {
            LOG.warning(
                    "campaign " + id + ": " + finding.kind().code() + ", " + finding.explanation());
        }
    }

    /** An attempt belongs to it. */
    synchronized void grew(UUID id, boolean stopped, Instant at) {
        Growth more = growth.computeIfAbsent(id, i -> new Growth());
        more.attempts++;
        more.stopped += stopped ? 1 : 0;
        if (at.isAfter(more.lastAt)) {
            more.lastAt = at;
        }
    }

    /** Writes how they grew, and which are over. Asked often, does it now and then. */
    void turn(Predicate<UUID> isAlive) {
        Instant now = clock.instant();
        if (now.isBefore(writtenAt.plus(WRITTEN_EVERY))) {
            return;
        }
        writtenAt = now;
        Map<UUID, Growth> some = taken();
        if (!some.isEmpty()) {
            writeGrowth(some);
        }
        Instant quietSince = now.minus(OVER_AFTER);
        endQuiet(isAlive, now, quietSince);
    }

    private void writeGrowth(Map<UUID, Growth> some) {
        try {
            database.transact(connection -> {
                for (Map.Entry<UUID, Growth> one : some.entrySet()) {
                    Growth more = one.getValue();
                    long attempts =
                            CampaignStore.grow(
                                    connection,
                                    one.getKey(),
                                    more.attempts,
                                    more.stopped,
                                    more.lastAt);
                    if (tenfold(attempts - more.attempts, attempts)) {
                        for (Listener listener : listeners) {
                            listener.grew(connection, one.getKey());
                        }
                    }
                }
            });
        } catch (RuntimeException e) {
            // Not written, so not forgotten either.
            some.forEach((id, more) -> giveBack(id, more));
            throw e;
        }
    }

    private synchronized void giveBack(UUID id, Growth more) {
        Growth again = growth.computeIfAbsent(id, i -> new Growth());
        again.attempts += more.attempts;
        again.stopped += more.stopped;
        if (more.lastAt.isAfter(again.lastAt)) {
            again.lastAt = more.lastAt;
        }
    }

    private void endQuiet(Predicate<UUID> isAlive, Instant now, Instant quietSince) {
        for (UUID id : database.query(c -> CampaignStore.quiet(c, quietSince))) {
            if (!isAlive.test(id)) {
                database.transact(connection -> {
                    if (CampaignStore.end(connection, id, now, quietSince)) {
                        for (Listener listener : listeners) {
                            listener.ended(connection, id);
                        }
                    }
                });
            }
        }
    }

    /** An administrator holds it for over. */
    void end(Connection connection, UUID id, Instant now) throws SQLException {
        if (CampaignStore.endNow(connection, id, now)) {
            for (Listener listener : listeners) {
                listener.ended(connection, id);
            }
        }
    }

    /** Whether it has passed a hundred, a thousand, and so on. */
    static boolean tenfold(long before, long now) {
        for (long mark = FIRST_MARK; mark <= now; mark *= 10) {
            if (before < mark) {
                return true;
            }
        }
        return false;
    }

    private synchronized Map<UUID, Growth> taken() {
        Map<UUID, Growth> some = new HashMap<>(growth);
        growth.clear();
        return some;
    }

    private static @Nullable UUID uuid(@Nullable String text) {
        return text == null ? null : UUID.fromString(text);
    }
}
