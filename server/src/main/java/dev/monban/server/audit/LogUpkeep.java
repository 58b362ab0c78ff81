package dev.monban.server.audit;

import dev.monban.server.audit.store.LogPartitions;
import dev.monban.server.platform.Database;
import java.time.InstantSource;

/** Keeps the logs writable: a month without its partition would refuse every row. */
public final class LogUpkeep {

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
}
