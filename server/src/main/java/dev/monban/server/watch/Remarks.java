package dev.monban.server.watch;

import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.watch.store.AttemptStore;
import dev.monban.server.watch.store.RemarkStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What becomes known of attempts after they were written: the log itself is never changed. */
public final class Remarks {

    private static final int AT_ONCE = 10_000;

    /** Devices that have not been used for so long tell nothing of who sits there. */
    private static final Duration LAST_USED = Duration.ofDays(60);

    private static final Duration FOLLOWS_WITHIN = Duration.ofDays(1);

    private final Database database;
    private final Ids ids;
    private final InstantSource clock;

    public Remarks(Database database, Ids ids, InstantSource clock) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * One of them.
     *
     * @param near how the attempt's password missed the right one
     */
    public record Remark(UUID attempt, UUID account, NearMiss near) {}

    /** Writes it. */
    public void put(Remark remark) {
        boolean done =
                database.query(c -> RemarkStore.insert(c, ids.next(), remark, clock.instant()));
        assert done;
    }

    /** Deletes what was written before. Asked every few hours. */
    public void sweep(Instant before) {
        database.ownerTransaction(c -> RemarkStore.sweep(c, before));
    }

    /** The ones since then, in the order of their coming. */
    public List<Remark> since(Instant since) {
        return database.query(c -> RemarkStore.since(c, since, AT_ONCE));
    }

    /**
     * Something follows from an attempt: the code that it asked for did not arrive, or nobody typed
     * it. It is an attempt of its own, made where that one was made.
     */
    public void follow(Connection connection, UUID attempt, Step step, Rejection why)
            throws SQLException {
        Instant now = clock.instant();
        boolean written =
                AttemptStore.follow(
                        connection, ids.next(), now, step, why, attempt, now.minus(FOLLOWS_WITHIN));
        assert written || why != Rejection.FACTOR_LOST;
    }

    /** The other account that has signed in last with this device. */
    public Optional<UUID> lastAt(Connection connection, String device, UUID but)
            throws SQLException {
        return AttemptStore.lastAt(connection, device, but, clock.instant().minus(LAST_USED));
    }
}
