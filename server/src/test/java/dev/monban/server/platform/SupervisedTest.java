package dev.monban.server.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A thread that is kept running begins again after whatever ended it, or ends the program. */
class SupervisedTest {

    @Test
    void itBeginsAgainAfterAnErrorAndAfterAnEnd() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch third = new CountDownLatch(1);
        try (Supervised thread =
                new Supervised(
                        "tried",
                        () -> {
                            switch (runs.incrementAndGet()) {
                                case 1 -> throw new NoClassDefFoundError("as after a bad update");
                                case 2 -> assertEquals(2, runs.get(), "it ends by itself");
                                default -> {
                                    third.countDown();
                                    Thread.sleep(60_000);
                                }
                            }
                        },
                        () -> third.countDown())) {
            assertTrue(third.await(30, TimeUnit.SECONDS));
            assertEquals(2, thread.restarts());
        }
        assertEquals(3, runs.get());
    }

    @Test
    void whereThatDoesNotHelpTheProgramEnds() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch ended = new CountDownLatch(1);
        try (Supervised thread =
                new Supervised(
                        "hopeless",
                        () -> {
                            throw new StackOverflowError("try " + runs.incrementAndGet());
                        },
                        ended::countDown)) {
            assertTrue(ended.await(30, TimeUnit.SECONDS));
            assertEquals(Supervised.MAX_ENDS - 1, thread.restarts());
        }
        assertEquals(Supervised.MAX_ENDS, runs.get());
    }
}
