package dev.monban.server.audit;

import dev.monban.server.audit.store.LogPartitions;
import dev.monban.server.platform.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.logging.Logger;

/**
 * Keeps the logs writable, as a month without its partition would refuse every row, and ends what
 * is older than the retention.
 */
public final class LogUpkeep {

    private static final Logger LOG = Logger.getLogger(LogUpkeep.class.getName());

    private final Database database;
    private final InstantSource clock;

    public LogUpkeep(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Makes the partitions of the coming months. Asked at start and every few hours. */
    public void turn() {
        LogPartitions.ensure(database, clock.instant());
    }

    /**
     * Drops the months of the logs that are wholly older than the retention, as the owner of the
     * tables. Asked every few hours.
     *
     * @return the names of the partitions that were dropped
     */
    public List<String> drop(Retention retention) {
        Instant now = earlier();
        List<String> dropped =
                LogPartitions.drop(
                        database, now.minus(retention.attempts()), now.minus(retention.events()));
        if (!dropped.isEmpty()) {
            LOG.info("dropped, as they are older than the retention: " + dropped);
        }
        return dropped;
    }

    /**
     * What the clocks of this node and of the database agree to be past: a node whose clock is
     * years ahead drops nothing.
     */
    public Instant earlier() {
        Instant here = clock.instant();
        Instant there = LogPartitions.clock(database);
        return here.isBefore(there) ? here : there;
    }
}
