package dev.monban.server.watch;

import dev.monban.core.watch.Pairs;
import dev.monban.core.watch.Remembered;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.watch.store.KnownPairStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * The devices and places that each account has signed in with, where the watch's memory holds them
 * no more. They are asked for before somebody is judged who would be a stranger otherwise.
 *
 * <p>A login name that leads to no account is asked for in the same way, by one look into the same
 * index: how long the answer takes tells nobody who is here.
 */
public final class KnownPairs {

    /** As long as memory holds them. */
    static final int DAYS_KEPT = 180;

    /**
     * So often a second a node asks for strangers, and so often at once. Beyond, memory alone
     * judges: a flood of strangers costs the database no more than this, some tenth of one core.
     */
    static final int ASKED_PER_SECOND = 500;

    private static final int ASKED_AT_ONCE = 5_000;
    private static final int SWEPT_AT_ONCE = 10_000;

    private final Database database;
    private final InstantSource clock;
    private final RateLimit limit;
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();

    KnownPairs(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        this.limit = new RateLimit(clock, ASKED_PER_SECOND, ASKED_AT_ONCE);
    }

    /** What the database knows of them. */
    Remembered ask(Pairs pairs, Instant at) {
        if (!limit.admits("all")) {
            leftOut.incrementAndGet();
            return Remembered.NOTHING;
        }
        asked.incrementAndGet();
        List<Long> known =
                database.query(
                        c -> KnownPairStore.known(c, list(pairs), day(at).minusDays(DAYS_KEPT)));
        long place = pairs.address();
        return new Remembered(
                known.contains(pairs.account()),
                known.contains(pairs.device()),
                known.contains(place));
    }

    /** Somebody signed in with these. */
    void seen(Connection connection, Pairs pairs, Instant at) throws SQLException {
        int written = KnownPairStore.seen(connection, list(pairs), day(at));
        assert written <= 3;
    }

    /** Those that were not seen for so long are forgotten. */
    public void sweep() {
        LocalDate before = day(clock.instant()).minusDays(DAYS_KEPT);
        int swept = SWEPT_AT_ONCE;
        while (swept == SWEPT_AT_ONCE) {
            swept = database.upkeep(c -> KnownPairStore.sweep(c, before, SWEPT_AT_ONCE));
        }
    }

    /** How often the database was asked. */
    public long asked() {
        return asked.get();
    }

    /** How often it was not, because too much was asked of it. */
    public long leftOut() {
        return leftOut.get();
    }

    private static List<Long> list(Pairs pairs) {
        return LongStream.of(pairs.account(), pairs.device(), pairs.address())
                .filter(pair -> pair != 0)
                .boxed()
                .toList();
    }

    private static LocalDate day(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC);
    }
}
