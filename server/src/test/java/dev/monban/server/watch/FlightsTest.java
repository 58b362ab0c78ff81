package dev.monban.server.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Pending;
import dev.monban.core.watch.Step;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FlightsTest {

    private static final Instant AT = Instant.parse("2026-11-23T00:00:00Z");

    private static Approach approach(int i) {
        return new Approach(
                "a" + i,
                AT.plusSeconds(i),
                null,
                "sato",
                "account",
                "192.0.2.1",
                0,
                null,
                null,
                null,
                null,
                Step.PASSWORD,
                "tag",
                false,
                null);
    }

    @Test
    void whatIsUnderWayCountsUntilItLands() {
        Flights flights = new Flights();
        for (int i = 0; i < 3; i++) {
            flights.began(approach(i), true, true);
        }
        assertEquals(new Pending(3, 3, 3), flights.pending(approach(9)));
        assertEquals(approach(1), flights.landed("a1"));
        assertNull(flights.landed("a1"));
        assertEquals(new Pending(2, 2, 2), flights.pending(approach(9)));
        flights.forget(AT.plusSeconds(1));
        assertEquals(new Pending(1, 1, 1), flights.pending(approach(9)));
    }

    @Test
    void whatSucceededIsNoGuessAndLandsOnce() {
        Flights flights = new Flights();
        flights.began(approach(0), true, true);
        flights.began(approach(1), true, true);
        flights.succeeded("a0");
        assertEquals(new Pending(1, 1, 1), flights.pending(approach(9)));
        flights.succeeded("a0");
        assertEquals(approach(0), flights.landed("a0"));
        assertEquals(new Pending(1, 1, 1), flights.pending(approach(9)));
        assertEquals(1, flights.count());
    }

    /** At the bound it says so, and forgets nothing that counts. */
    @Test
    void whatCountsIsKeptUpToTheBoundAndNotBeyond() {
        Flights flights = new Flights();
        for (int i = 0; i < Flights.MAX; i++) {
            // Those that were stopped never take the room of those that count.
            flights.began(approach(2 * i), false, true);
            if (i < Flights.MAX - Flights.MAX_UNCOUNTED) {
                flights.began(approach(2 * i + 1), true, true);
            }
            if (flights.isFull()) {
                break;
            }
        }
        assertTrue(flights.isFull());
        int counted = Flights.MAX - Flights.MAX_UNCOUNTED;
        assertEquals(new Pending(counted, counted, counted), flights.pending(approach(9)));
        flights.began(approach(-1), true, true);
        assertEquals(Flights.MAX, flights.count());
        assertEquals(new Pending(counted, counted, counted), flights.pending(approach(9)));
    }

    /** What another node has written and nobody can learn yet counts, and gives back no tag. */
    @Test
    void whatWaitsInTheLogCountsOnce() {
        Flights flights = new Flights();
        flights.waits(approach(0), true, true);
        flights.waits(approach(0), true, true);
        assertEquals(new Pending(1, 1, 1), flights.pending(approach(9)));
        assertEquals(0, flights.count());
        assertNull(flights.landed("a0"));
        assertEquals(new Pending(0, 0, 0), flights.pending(approach(9)));
    }
}
