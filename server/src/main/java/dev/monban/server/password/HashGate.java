package dev.monban.server.password;

import dev.monban.server.platform.InWork;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Scarce;
import dev.monban.server.platform.SourceKey;
import java.time.Duration;
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

    /**
     * What may be under way at one account from one source: a double click and an impatient second
     * one. What others send from elsewhere takes nothing away from that.
     */
    private static final int PLACES_PER_ACCOUNT = 4;

    /** As long as a fiftieth of the places is taken, nobody waits for more than a moment. */
    private static final int ROOM = 50;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final int RETRY_AFTER_SECONDS = 2;

    private final int places;
    private final ExecutorService workers;
    private final AtomicInteger waiting = new AtomicInteger();
    private final InWork ofAccount = new InWork(PLACES_PER_ACCOUNT);
    private final InWork ofSource;

    /**
     * @param cores how many hashes run at once; at least 1
     */
    public HashGate(int cores) {
        this.workers =
                Executors.newFixedThreadPool(
                        cores, Thread.ofPlatform().daemon().name("password-", 0).factory());
        this.places = cores * PLACES_PER_CORE;
        this.ofSource = new InWork(places / 2);
    }

    /**
     * Does the work in its turn.
     *
     * @param account what the attempt is at, whether or not it exists
     * @param source where it comes from
     * @throws Problem (503, with Retry-After) where too many wait already
     */
    public <T> T pass(String account, SourceKey source, Supplier<T> work) {
        if (waiting.incrementAndGet() > places) {
            waiting.decrementAndGet();
            throw Problem.busy(RETRY_AFTER_SECONDS);
        }
        try {
            return ofAccount.within(
                    account + " from " + source.text(),
                    () -> ofSource.within(source, () -> inTurn(work)));
        } finally {
            waiting.decrementAndGet();
        }
    }

    /**
     * Takes the places that work would take, for something that costs nothing: whoever is refused
     * unchecked is to meet the same limits.
     */
    public void occupy(String account, SourceKey source, Runnable instead) {
        if (waiting.incrementAndGet() > places) {
            waiting.decrementAndGet();
            throw Problem.busy(RETRY_AFTER_SECONDS);
        }
        try {
            Boolean done =
                    ofAccount.within(
                            account + " from " + source.text(),
                            () ->
                                    ofSource.within(
                                            source,
                                            () -> {
                                                instead.run();
                                                return Boolean.TRUE;
                                            }));
            assert done;
        } finally {
            waiting.decrementAndGet();
        }
    }

    /** Whether work that could be left undone keeps nobody waiting. */
    public boolean hasRoom() {
        return waiting.get() <= places / ROOM;
    }

    /** How many are waiting or at work now. */
    public int waiting() {
        return waiting.get();
    }

    private static <T> T onHashThread(Supplier<T> work) {
        try (Scarce.Hold _ = Scarce.hold("a hash thread")) {
            return work.get();
        }
    }

    /**
     * On threads of their own: hashing on those that carry the requests would keep every other
     * request waiting, as a hash lets go of the core only when it is done.
     */
    private <T> T inTurn(Supplier<T> work) {
        Future<T> turn = workers.submit(() -> onHashThread(work));
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
