package dev.monban.server.measure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Does what is to be done from time to time, and knows when each was last done well. */
public final class Jobs implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Jobs.class.getName());

    private final ScheduledExecutorService clockwork =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("jobs").factory());
    private final List<ScheduledFuture<?>> scheduled = new CopyOnWriteArrayList<>();
    private final Map<String, Long> lastDone = new ConcurrentHashMap<>();

    /** Does this again and again; one that fails is tried again the next time. */
    public void every(Duration period, String name, Runnable job) {
        lastDone.put(name, System.nanoTime());
        scheduled.add(
                clockwork.scheduleWithFixedDelay(
                        () -> run(name, job),
                        period.toMillis(),
                        period.toMillis(),
                        TimeUnit.MILLISECONDS));
    }

    /** Seconds since each job was last done well. */
    public Map<String, Long> secondsSinceDone() {
        long now = System.nanoTime();
        Map<String, Long> seconds = new TreeMap<>();
        lastDone.forEach((name, at) -> seconds.put(name, (now - at) / 1_000_000_000));
        return seconds;
    }

    @Override
    public void close() {
        scheduled.forEach(job -> job.cancel(false));
        clockwork.shutdown();
        try {
            boolean ended = clockwork.awaitTermination(5, TimeUnit.SECONDS);
            if (!ended) {
                LOG.warning("a job does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(String name, Runnable job) {
        try {
            job.run();
            lastDone.put(name, System.nanoTime());
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "job " + name + " failed", e);
        }
    }
}
