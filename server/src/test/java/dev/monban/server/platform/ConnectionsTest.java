package dev.monban.server.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

    private static final int BASE = 100;

    private final AtomicLong now = new AtomicLong();
    private final List<String> closed = new ArrayList<>();
    private final Connections connections =
            new Connections(
                    new Connections.Bounds(
                            4,
                            1_000,
                            BASE,
                            Duration.ofSeconds(15),
                            Duration.ofSeconds(30),
                            Duration.ofSeconds(60)),
                    now::get);

    @Test
    void theOldestWithoutAWholeRequestGoesFirst() {
        Connections.Place working = open("working");
        connections.arrived(working);
        answer(open("idle"));
        open("first");
        open("second");
        open("third");
        assertEquals(List.of("first"), closed);
        open("fourth");
        open("fifth");
        assertEquals(List.of("first", "second", "third"), closed);
    }

    @Test
    void thenTheOneThatIsIdleForTheLongestTimeGoesAndNeverOneInWork() {
        connections.arrived(open("working"));
        answer(open("idle for long"));
        answer(open("idle"));
        connections.arrived(open("working too"));
        connections.arrived(open("a"));
        connections.arrived(open("b"));
        assertEquals(List.of("idle for long", "idle"), closed);
        assertTrue(connections.opened(() -> closed.add("refused")).isEmpty());
        assertEquals(List.of("idle for long", "idle"), closed);
        assertEquals(1, connections.counts().refused());
        assertEquals(2, connections.counts().evicted());
    }

    @Test
    void requestsThatDoNotArriveHoldNoMoreMemoryThanTheyMay() {
        Connections.Place first = open("first");
        Connections.Place second = open("second");
        connections.received(first, 300);
        connections.received(second, 400);
        assertEquals(List.of(), closed);
        connections.received(second, 101);
        assertEquals(List.of("first"), closed);
        connections.received(second, 10_000);
        assertEquals(List.of("first", "second"), closed);
        Connections.Place third = open("third");
        connections.received(third, 800);
        connections.arrived(third);
        open("fourth");
        assertEquals(List.of("first", "second"), closed);
    }

    @Test
    void aDeadlineBeginsAtTheAcceptAndAtTheFirstByteOfEachRequestAfter() {
        Connections.Place drips = open("drips");
        Connections.Place kept = open("kept");
        answer(kept);
        for (int second = 0; second < 14; second++) {
            pass(1);
            connections.received(drips, 1);
        }
        assertEquals(List.of(), closed);
        pass(1);
        assertEquals(List.of("drips"), closed);
        pass(30);
        connections.received(kept, 1);
        pass(14);
        assertEquals(List.of("drips"), closed);
        pass(1);
        assertEquals(List.of("drips", "kept"), closed);
    }

    @Test
    void anAnswerThatIsNotReadAndAnIdleConnectionHaveTheirTimeToo() {
        Connections.Place slow = open("slow reader");
        connections.arrived(slow);
        pass(300);
        assertEquals(List.of(), closed);
        connections.answering(slow);
        answer(open("idle"));
        pass(30);
        assertEquals(List.of("slow reader"), closed);
        pass(30);
        assertEquals(List.of("slow reader", "idle"), closed);
        assertEquals(0, connections.counts().open());
    }

    @Test
    void stoppingWaitsForWhatIsInWorkAndClosesTheRest() throws Exception {
        answer(open("idle"));
        Connections.Place working = open("working");
        connections.arrived(working);
        Thread stopping =
                Thread.startVirtualThread(() -> {
                    try {
                        connections.drain(Duration.ofDays(1));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        while (!connections.draining()) {
            Thread.onSpinWait();
        }
        answer(working);
        stopping.join();
        assertTrue(closed.containsAll(List.of("idle", "working")), closed.toString());
        assertEquals(Optional.empty(), connections.opened(() -> {}));
    }

    private Connections.Place open(String name) {
        return connections.opened(() -> closed.add(name)).orElseThrow();
    }

    private void answer(Connections.Place place) {
        connections.arrived(place);
        connections.answering(place);
        connections.answered(place);
    }

    private void pass(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        connections.sweep();
    }
}
