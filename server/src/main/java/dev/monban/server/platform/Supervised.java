package dev.monban.server.platform;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A thread without which the program must not go on. Where its work ends for whatever reason, it is
 * begun again; where that does not help, the program ends, so that whoever looks after it sees it
 * and starts it anew.
 */
public final class Supervised implements AutoCloseable {

    /** It ended so often without having run well in between: to begin again does not help. */
    static final int MAX_ENDS = 5;

    /** Who has worked so long has run well. */
    private static final Duration RUNS_WELL = Duration.ofMinutes(1);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private static final Logger LOG = Logger.getLogger(Supervised.class.getName());

    private final String name;
    private final Work work;
    private final Runnable endProgram;
    private final Thread thread;
    private volatile boolean closed;
    private final AtomicLong restarts = new AtomicLong();

    /** What is done until it is interrupted. */
    @FunctionalInterface
    public interface Work {
        void run() throws InterruptedException;
    }

    /** Starts it; the process exits with status 1 where it cannot be kept running. */
    public Supervised(String name, Work work) {
        this(name, work, () -> System.exit(1));
    }

    /**
     * Starts it.
     *
     * @param endProgram what is done where it cannot be kept running
     */
    public Supervised(String name, Work work, Runnable endProgram) {
        this.name = name;
        this.work = work;
        this.endProgram = endProgram;
        this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }

    /** How often it was begun again. */
    public long restarts() {
        return restarts.get();
    }

    private void run() {
        int ends = 0;
        while (!closed) {
            long begun = System.nanoTime();
            try {
                work.run();
                LOG.severe("thread " + name + " has ended by itself");
            } catch (InterruptedException e) {
                if (closed) {
                    return;
                }
                LOG.log(Level.SEVERE, "thread " + name + " was interrupted", e);
            } catch (RuntimeException | Error e) {
                LOG.log(Level.SEVERE, "thread " + name + " has ended", e);
            }
            if (closed) {
                return;
            }
            ends = System.nanoTime() - begun > RUNS_WELL.toNanos() ? 1 : ends + 1;
            if (ends >= MAX_ENDS) {
                LOG.severe("thread " + name + " cannot be kept running: the end");
                endProgram.run();
                return;
            }
            long count = restarts.incrementAndGet();
            assert count > 0;
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                LOG.fine("told to end, or to begin at once");
            }
        }
    }

    /** Ends it; waits five seconds at most, and tells whether it has ended. */
    public boolean end() {
        closed = true;
        thread.interrupt();
        try {
            return thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        boolean ended = end();
        if (!ended) {
            LOG.warning("thread " + name + " does not end");
        }
    }
}
