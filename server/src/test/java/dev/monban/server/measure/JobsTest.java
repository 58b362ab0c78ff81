package dev.monban.server.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class JobsTest {

    private static final Duration OFTEN = Duration.ofMillis(5);

    @Test
    void aSlowJobHoldsUpNoOtherAndNeverRunsBesideItself() throws InterruptedException {
        CountDownLatch slow = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(20);
        AtomicInteger together = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (Jobs jobs = new Jobs()) {
            jobs.every(
                    OFTEN,
                    "partitions",
                    () -> {
                        most.accumulateAndGet(together.incrementAndGet(), Math::max);
                        await(slow);
                        together.decrementAndGet();
                    });
            until(() -> together.get() == 1);
            jobs.every(OFTEN, "revocations", others::countDown);
            assertTrue(others.await(30, TimeUnit.SECONDS), "the slow job holds up the other");
            assertEquals(1, together.get());
            slow.countDown();
            until(() -> together.get() == 0);
        }
        assertEquals(1, most.get());
    }

    /** Its thread would be gone, and the job with it, while everything else goes on. */
    @Test
    void whereTheMachineItselfFailsTheProgramEnds() throws InterruptedException {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        try (Jobs jobs = new Jobs(ended::countDown)) {
            jobs.every(
                    OFTEN,
                    "doomed",
                    () -> {
                        if (runs.incrementAndGet() == 1) {
                            throw new InternalError("planned");
                        }
                    });
            assertTrue(ended.await(30, TimeUnit.SECONDS), "the program does not end");
            until(() -> runs.get() > 1);
        }
    }

    @Test
    void whateverAJobThrowsIsCountedAndTheJobGoesOn() {
        AtomicInteger runs = new AtomicInteger();
        try (Jobs jobs = new Jobs()) {
            jobs.every(
                    OFTEN,
                    "unlucky",
                    () -> {
                        switch (runs.incrementAndGet()) {
                            case 1 -> throw new IllegalStateException("planned");
                            case 2 -> throw new AssertionError("planned");
                            case 3 -> throw new StackOverflowError("planned");
                            case 4 -> Thread.currentThread().interrupt();
                            default -> {}
                        }
                    });
            until(() -> runs.get() > 6);
            assertEquals(3, jobs.failures().get("unlucky"));
        }
    }

    @Test
    void twoJobsOfOneNameAreAMistake() {
        try (Jobs jobs = new Jobs()) {
            jobs.every(Duration.ofHours(1), "one", () -> {});
            assertThrows(
                    IllegalArgumentException.class,
                    () -> jobs.every(Duration.ofHours(1), "one", () -> {}));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "what was waited for does not come");
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }
}
