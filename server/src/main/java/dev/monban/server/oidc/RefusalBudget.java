package dev.monban.server.oidc;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many refusals are written down. Each client and cause has its own room, so that no noise
 * hides another client's fault; what is left out is counted. Clients that nobody declared share one
 * room, whatever they call themselves.
 */
public final class RefusalBudget {

    /** Refusals of one client and cause within {@link #WINDOW} that are written down one by one. */
    public static final int MAX_IN_WINDOW = 5;

    /** From the first refusal; what is left out within it is told at its end. */
    public static final Duration WINDOW = Duration.ofMinutes(1);

    /** Rooms at once; about 2 MB. Beyond, all clients share the room of those not declared. */
    static final int MAX_ROOMS = 20_000;

    private final Map<Key, Window> windows = new HashMap<>();

    /**
     * A room.
     *
     * @param client id of a declared client; {@code null} for all others together
     */
    public record Key(@Nullable String client, RefusalCause cause) {}

    /** What was not written down one by one. */
    public record LeftOut(Key key, long count, Instant since) {}

    private static final class Window {
        private final Instant since;
        private long refusals;

        Window(Instant since) {
            this.since = since;
        }
    }

    /** Whether one more refusal is written down. Otherwise it is counted. */
    public synchronized boolean admits(Key key, Instant now) {
        Key room =
                windows.size() < MAX_ROOMS || windows.containsKey(key)
                        ? key
                        : new Key(null, key.cause());
        Window window = windows.computeIfAbsent(room, k -> new Window(now));
        return ++window.refusals <= MAX_IN_WINDOW;
    }

    /**
     * Ends the windows that are over.
     *
     * @return what was left out within them
     */
    public synchronized List<LeftOut> ended(Instant now) {
        List<LeftOut> leftOut = new ArrayList<>();
        Iterator<Map.Entry<Key, Window>> all = windows.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Key, Window> one = all.next();
            Window window = one.getValue();
            if (!window.since.plus(WINDOW).isAfter(now)) {
                all.remove();
                if (window.refusals > MAX_IN_WINDOW) {
                    leftOut.add(
                            new LeftOut(
                                    one.getKey(), window.refusals - MAX_IN_WINDOW, window.since));
                }
            }
        }
        return leftOut;
    }

    /** Rooms in use. */
    synchronized int rooms() {
        return windows.size();
    }
}
