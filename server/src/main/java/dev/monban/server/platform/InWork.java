package dev.monban.server.platform;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Bounds what one holder may have in work at once. */
public final class InWork {

    private static final int RETRY_AFTER_SECONDS = 2;

    private final int most;
    private final int maxOfProxy;
    private final Map<String, Integer> held = new ConcurrentHashMap<>();

    /**
     * @param most how many at once for each holder; at least 1
     */
    public InWork(int most) {
        this.most = most;
        this.maxOfProxy = most + most / 2;
    }

    /**
     * Does the work, counted for this holder while it lasts.
     *
     * @throws Problem (503, with Retry-After) where the holder has as much in work as it may
     */
    public <T> T within(String holder, Supplier<T> work) {
        return within(holder, most, work);
    }

    /**
     * Does the work, counted for this source. All that comes through one undeclared proxy may hold
     * half as much again as one source, however many clients it names.
     *
     * @throws Problem (503, with Retry-After) where the source has as much in work as it may
     */
    public <T> T within(SourceKey source, Supplier<T> work) {
        if (source.proxy().isEmpty()) {
            return within(source.text(), most, work);
        }
        String proxy = source.proxy().get();
        return source.text().equals(proxy)
                ? within(proxy, maxOfProxy, work)
                : within(proxy, maxOfProxy, () -> within(source.text(), most, work));
    }

    private <T> T within(String holder, int max, Supplier<T> work) {
        boolean[] full = new boolean[1];
        held.compute(
                holder,
                (k, count) -> {
                    int now = count == null ? 0 : count;
                    full[0] = now >= max;
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
