package dev.monban.server.password;

import dev.monban.server.platform.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Lets at most one hash a core run at once, and a bounded number wait in the order of coming. A
 * flood takes neither the memory nor, for people elsewhere, the queue: one account may hold a few
 * places and one source half of them.
 */
public final class HashGate {

    /** About two seconds of work for each core; who comes later is told to try again. */
    private static final int PLACES_PER_CORE = 200;

    /** What one person may have under way: a double click and an impatient second one. */
    private static final int PLACES_PER_ACCOUNT = 4;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int RETRY_AFTER_SECONDS = 2;

    private final int places;
    private final ExecutorService workers;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Map<String, Integer> held = new ConcurrentHashMap<>();

    /**
     * @param cores how many hashes run at once; at least 1
     */
    public HashGate(int cores) {
        this.workers =
                Executors.newFixedThreadPool(
                        cores, Thread.ofPlatform().daemon().name("password-", 0).factory());
        this.places = cores * PLACES_PER_CORE;
    }

    /**
     * Does the work in its turn.
     *
     * @param account what the attempt is at, whether or not it exists
     * @param source where it comes from
     * @throws Problem (503, with Retry-After) where too many wait already
     */
    public <T> T pass(String account, String source, Supplier<T> work) {
        if (waiting.incrementAndGet() > places) {
            waiting.decrementAndGet();
            throw Problem.busy(RETRY_AFTER_SECONDS);
        }
        try {
            return holding(
                    "account " + account,
                    PLACES_PER_ACCOUNT,
                    () -> holding("source " + source, places / 2, () -> inTurn(work)));
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** How many are waiting or at work now. */
    public int waiting() {
        return waiting.get();
    }

    private <T> T holding(String holder, int most, Supplier<T> work) {
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

    /**
     * On threads of their own: hashing on those that carry the requests would keep every other
     * request waiting, as a hash lets go of the core only when it is done.
     */
    private <T> T inTurn(Supplier<T> work) {
        Future<T> turn = workers.submit(work::get);
        try {
            return turn.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.busy(RETRY_AFTER_SECONDS);
        } catch (TimeoutException e) {
            turn.cancel(false);
            throw Problem.busy(RETRY_AFTER_SECONDS);
        }
    }
}
