package dev.monban.server.watch;

import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Pending;
import dev.monban.server.platform.Addresses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attempts between their judgement and their place in the log: two hundred guesses at once win
 * nothing over two hundred in a row. Not safe for use by several threads at once.
 */
final class Flights {

    /** More count as forgotten. */
    private static final int MOST = 20_000;

    private final LinkedHashMap<String, Flight> flights = new LinkedHashMap<>();
    private final Map<String, Integer> pending = new HashMap<>();

    /**
     * An attempt that was let on.
     *
     * @param counted under what it counts until it lands
     */
    private record Flight(Approach approach, List<String> counted) {}

    /** What is under way that an attempt is to be counted with. */
    Pending pending(Approach approach) {
        String tag = approach.secretTag();
        return new Pending(
                pending.getOrDefault(account(approach), 0),
                pending.getOrDefault(within(approach), 0),
                tag == null ? 0 : pending.getOrDefault("tag " + tag, 0));
    }

    /**
     * An attempt sets out.
     *
     * @param counts whether it is checked, so that it may turn out to be a guess
     * @param novel whether its account knows neither the device nor the source
     */
    void began(Approach approach, boolean counts, boolean novel) {
        List<String> counted = new ArrayList<>(3);
        if (counts) {
            counted.add(within(approach));
            if (novel) {
                counted.add(account(approach));
            }
            if (novel && approach.secretTag() != null) {
                counted.add("tag " + approach.secretTag());
            }
        }
        if (flights.size() < MOST) {
            flights.put(approach.id(), new Flight(approach, counted));
            counted.forEach(key -> pending.merge(key, 1, Integer::sum));
        }
    }

    /** How many there are. */
    int count() {
        return flights.size();
    }

    /** What has not landed for so long never will. */
    void forget(Instant before) {
        while (!flights.isEmpty()) {
            Map.Entry<String, Flight> oldest = flights.firstEntry();
            if (oldest.getValue().approach().at().isAfter(before)) {
                return;
            }
            landed(oldest.getKey());
        }
    }

    /** It was no guess: whoever signs in many times at once is not held for a guesser. */
    void succeeded(String id) {
        Flight flight = flights.get(id);
        if (flight != null) {
            land(flight);
            flights.put(id, new Flight(flight.approach(), List.of()));
        }
    }

    private void land(Flight flight) {
        flight.counted()
                .forEach(key -> pending.computeIfPresent(key, (k, n) -> n > 1 ? n - 1 : null));
    }

    /** It is in the log, or will never be; gives it back where it was under way on this node. */
    @Nullable Approach landed(String id) {
        Flight landed = flights.remove(id);
        if (landed == null) {
            return null;
        }
        land(landed);
        return landed.approach();
    }

    private static String account(Approach approach) {
        return approach.account() == null ? approach.identifier() : approach.account();
    }

    private static String within(Approach approach) {
        return account(approach) + " from " + Addresses.network(approach.address());
    }
}
