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
 * nothing over two hundred in a row. They stay until the log has been learnt past them, however
 * long that takes; where there are more than fit, nothing more is let on. Not safe for use by
 * several threads at once.
 */
final class Flights {

    /** So many are kept; about 600 bytes each. */
    static final int MAX = 20_000;

    /** Of those that were stopped and count for nothing, so that they never fill it up. */
    static final int MAX_UNCOUNTED = MAX / 4;

    private final LinkedHashMap<String, Flight> flights = new LinkedHashMap<>();
    private final Map<String, Integer> pending = new HashMap<>();
    private int uncounted;

    /**
     * An attempt that was let on.
     *
     * @param counted under what it counts until it lands
     * @param own whether this node judged it
     */
    private record Flight(Approach approach, List<String> counted, boolean own) {}

    /** What is under way that an attempt is to be counted with. */
    Pending pending(Approach approach) {
        String tag = approach.secretTag();
        return new Pending(
                pending.getOrDefault(account(approach), 0),
                pending.getOrDefault(within(approach), 0),
                tag == null ? 0 : pending.getOrDefault("tag " + tag, 0));
    }

    /** Whether no more can be counted, so that none may be let on. */
    boolean isFull() {
        return flights.size() >= MAX;
    }

    /**
     * An attempt sets out.
     *
     * @param counts whether it is checked, so that it may turn out to be a guess
     * @param novel whether its account knows neither the device nor the source
     */
    void began(Approach approach, boolean counts, boolean novel) {
        add(approach, counts, novel, true);
    }

    /**
     * Another node's attempt stands in the log, where it cannot be learnt yet.
     *
     * @param counts whether it may have been a guess
     * @param novel whether its account knows neither the device nor the source
     */
    void waits(Approach approach, boolean counts, boolean novel) {
        if (!flights.containsKey(approach.id())) {
            add(approach, counts, novel, false);
        }
    }

    private void add(Approach approach, boolean counts, boolean novel, boolean own) {
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
        if (isFull() || (counted.isEmpty() && uncounted >= MAX_UNCOUNTED)) {
            return;
        }
        put(new Flight(approach, List.copyOf(counted), own));
    }

    private void put(Flight flight) {
        flights.put(flight.approach().id(), flight);
        flight.counted().forEach(key -> pending.merge(key, 1, Integer::sum));
        uncounted += flight.counted().isEmpty() ? 1 : 0;
    }

    /** How many of this node there are. */
    int count() {
        return (int) flights.values().stream().filter(Flight::own).count();
    }

    /**
     * What was judged before and has not landed never will.
     *
     * @param before the log is learnt to well after this time
     */
    void forget(Instant before) {
        while (!flights.isEmpty()) {
            Map.Entry<String, Flight> oldest = flights.firstEntry();
            if (oldest.getValue().approach().at().isAfter(before)) {
                return;
            }
            land(oldest.getKey());
        }
    }

    /** It was no guess: whoever signs in many times at once is not held for a guesser. */
    void succeeded(String id) {
        Flight flight = flights.get(id);
        if (flight != null) {
            land(id);
            put(new Flight(flight.approach(), List.of(), flight.own()));
        }
    }

    private @Nullable Flight land(String id) {
        Flight landed = flights.remove(id);
        if (landed != null) {
            landed.counted()
                    .forEach(key -> pending.computeIfPresent(key, (k, n) -> n > 1 ? n - 1 : null));
            uncounted -= landed.counted().isEmpty() ? 1 : 0;
        }
        return landed;
    }

    /** It is in the log, or will never be; gives it back where it was under way on this node. */
    @Nullable Approach landed(String id) {
        Flight landed = land(id);
        return landed == null || !landed.own() ? null : landed.approach();
    }

    private static String account(Approach approach) {
        return approach.account() == null ? approach.identifier() : approach.account();
    }

    private static String within(Approach approach) {
        return account(approach) + " from " + Addresses.network(approach.address());
    }
}
