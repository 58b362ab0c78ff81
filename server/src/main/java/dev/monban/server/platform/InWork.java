package dev.monban.server.platform;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Bounds what one holder may have in work at once. */
public final class InWork {

    private static final int RETRY_AFTER_SECONDS = 2;

    private final int most;
    private final Map<String, Integer> held = new ConcurrentHashMap<>();

    /**
     * @param most how many at once for each holder; at least 1
     */
    public InWork(int most) {
        this.most = most;
    }

    /**
     * Does the work, counted for this holder while it lasts.
     *
     * @throws Problem (503, with Retry-After) where the holder has as much in work as it may
     */
    public <T> T within(String holder, Supplier<T> work) {
        boolean[] full = new boolean[1];
        held.compute(
                holder,
                (k, count) -> {
                    int now = count == null ? 0 : count;
                    full[0] = now >= most;
                    return full[0] ? now : now + 1;
                });
        if (full[0]) {
            throw Problem.busy(RETRY_AFTER_SECONDS);
        }
        try {
            return work.get();
        } finally {
            held.computeIfPresent(holder, (k, count) -> count == 1 ? null : count - 1);
        }
    }
}
