package dev.monban.server.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.Pairs;
import dev.monban.core.watch.Remembered;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class KnownPairsTest {

    private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
    private static final Duration KEPT = Duration.ofDays(KnownPairs.DAYS_KEPT);

    private final Database database = TestDatabase.get();

    @Test
    void eachPairIsKnownByItselfUntilItIsTooOld() {
        KnownPairs pairs = new KnownPairs(database, () -> NOW);
        database.transact(c -> pairs.seen(c, new Pairs(70, -71, 72), NOW));
        database.transact(c -> pairs.seen(c, new Pairs(70, 0, 73), NOW));
        assertEquals(new Remembered(true, true, true), pairs.ask(new Pairs(70, -71, 72), NOW));
        assertEquals(new Remembered(true, true, false), pairs.ask(new Pairs(70, -71, 79), NOW));
        assertEquals(new Remembered(true, false, true), pairs.ask(new Pairs(70, 0, 73), NOW));
        assertEquals(Remembered.NOTHING, pairs.ask(new Pairs(77, 78, 79), NOW));
        assertEquals(Remembered.NOTHING, pairs.ask(new Pairs(70, -71, 72), NOW.plus(KEPT)));
        // Seen again weeks later, it is known for as long again.
        Instant later = NOW.plus(Duration.ofDays(30));
        database.transact(c -> pairs.seen(c, new Pairs(70, -71, 72), later));
        assertEquals(
                new Remembered(true, true, true),
                pairs.ask(new Pairs(70, -71, 72), NOW.plus(KEPT)));
    }

    @Test
    void whatIsTooOldIsSwept() {
        Instant old = NOW.minus(KEPT).minus(Duration.ofDays(2));
        KnownPairs pairs = new KnownPairs(database, () -> NOW);
        database.transact(c -> pairs.seen(c, new Pairs(80, 81, 82), old));
        database.transact(c -> pairs.seen(c, new Pairs(85, 83, 84), NOW));
        assertEquals(new Remembered(true, true, true), pairs.ask(new Pairs(80, 81, 82), old));
        pairs.sweep();
        assertEquals(Remembered.NOTHING, pairs.ask(new Pairs(80, 81, 82), old));
        assertEquals(new Remembered(true, true, true), pairs.ask(new Pairs(85, 83, 84), NOW));
    }

    /** A flood of strangers asks the database so often a second and no more. */
    @Test
    void aFloodOfStrangersIsNoFloodOfQueries() {
        KnownPairs pairs = new KnownPairs(database, () -> NOW);
        int flood = 5_100;
        for (int i = 0; i < flood; i++) {
            assertEquals(
                    Remembered.NOTHING,
                    pairs.ask(new Pairs(2_000_000L + i, 1_000_000L + i, 90), NOW));
        }
        assertEquals(flood, pairs.asked() + pairs.leftOut());
        assertTrue(pairs.leftOut() >= flood - 5_001, pairs.asked() + " asked");
        assertTrue(pairs.leftOut() > 0);
    }
}
