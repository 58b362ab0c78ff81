package dev.monban.server.measure;

import dev.monban.server.platform.Scarce;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Does what is to be done from time to time. Each job has a thread of its own: a slow one holds up
 * no other, and none runs beside itself. A job that fails, in whatever way, is counted and tried
 * again after its period.
 */
public final class Jobs implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Jobs.class.getName());
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(5);

    private final CountDownLatch closing = new CountDownLatch(1);
    private final Map<String, Job> jobs = new ConcurrentHashMap<>();
    private final Runnable endProgram;

    /** The process exits with status 1 where the JVM itself fails in a job. */
    public Jobs() {
        this(() -> System.exit(1));
    }

    /**
     * @param endProgram what is done where the JVM itself fails in a job
     */
    Jobs(Runnable endProgram) {
        this.endProgram = endProgram;
    }

    /** A job, and how it has gone until now; times as of {@link System#nanoTime}. */
    private static final class Job {
        final String name;
        final Duration period;
        final Runnable work;
        final Thread thread;
        final AtomicLong failures = new AtomicLong();
        volatile long doneAt = System.nanoTime();
        volatile long began;
        volatile boolean running;
        volatile int failedInARow;

        Job(String name, Duration period, Runnable work, Consumer<Job> life) {
            this.name = name;
            this.period = period;
            this.work = work;
            this.thread = Thread.ofVirtual().name("job " + name).unstarted(() -> life.accept(this));
        }
    }

    /**
     * Does this again and again, for the first time after one period.
     *
     * @param period from the end of one run to the beginning of the next
     * @param name of the job, the label of its metrics
     * @throws IllegalArgumentException where there is a job of that name
     */
    public void every(Duration period, String name, Runnable work) {
        Job job = new Job(name, period, work, this::repeat);
        if (jobs.putIfAbsent(name, job) != null) {
            throw new IllegalArgumentException("two jobs have the name " + name);
        }
        job.thread.start();
    }

    /** Seconds since each job was last done well. */
    public Map<String, Long> secondsSinceDone() {
        long now = System.nanoTime();
        return each(job -> seconds(now - job.doneAt));
    }

    /** Seconds that each job has been at work by now; 0 where it waits for its next time. */
    public Map<String, Long> secondsRunning() {
        long now = System.nanoTime();
        return each(job -> job.running ? seconds(now - job.began) : 0);
    }

    /** How often each job has failed since the start. */
    public Map<String, Long> failures() {
        return each(job -> job.failures.get());
    }

    private Map<String, Long> each(ToLongFunction<Job> value) {
        Map<String, Long> all = new TreeMap<>();
        jobs.forEach((name, job) -> all.put(name, value.applyAsLong(job)));
        return all;
    }

    private static long seconds(long nanos) {
        return Math.max(0, TimeUnit.NANOSECONDS.toSeconds(nanos));
    }

    /** Begins no further run, and waits up to five seconds in all for those that are at work. */
    @Override
    public void close() {
        closing.countDown();
        long until = System.nanoTime() + ENDS_WITHIN.toNanos();
        List<String> late = new ArrayList<>();
        try {
            for (Job job : jobs.values()) {
                Duration left = Duration.ofNanos(Math.max(1, until - System.nanoTime()));
                if (!job.thread.join(left)) {
                    late.add(job.name);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!late.isEmpty()) {
            LOG.log(Level.WARNING, "jobs that do not end: {0}", late);
        }
    }

    private void repeat(Job job) {
        while (true) {
            try {
                if (closing.await(job.period.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                run(job);
            } catch (InterruptedException e) {
                // Left behind by the work itself; the job goes on all the same.
                LOG.log(Level.FINE, "job {0} was interrupted", job.name);
            }
        }
    }

    private void run(Job job) {
        job.began = System.nanoTime();
        job.running = true;
        try (Scarce.Hold _ = Scarce.hold("a thread of the jobs")) {
            job.work.run();
            if (job.failedInARow > 0) {
                LOG.log(
                        Level.INFO,
                        "job {0} is done well again, after {1} failures",
                        new Object[] {job.name, job.failedInARow});
            }
            job.failedInARow = 0;
            job.doneAt = System.nanoTime();
        } catch (RuntimeException | Error e) {
            failed(job, e);
        } finally {
            job.running = false;
        }
    }

    /** One that fails each second is told of at its 1st, 2nd, 4th, 8th … failure in a row. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the job's own thread counts
    private void failed(Job job, Throwable why) {
        job.failures.incrementAndGet();
        job.failedInARow++;
        if (Integer.bitCount(job.failedInARow) == 1) {
            LOG.log(
                    Level.WARNING,
                    "job " + job.name + " failed, " + job.failedInARow + " times in a row",
                    why);
        }
        if (why instanceof VirtualMachineError fatal && !(fatal instanceof StackOverflowError)) {
            // Its thread would end, and with it the job, and nobody would notice.
            LOG.log(Level.SEVERE, "job " + job.name + ": the program ends", fatal);
            endProgram.run();
        }
    }
}
