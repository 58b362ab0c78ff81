package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.monban.core.watch.Policy;
import dev.monban.core.watch.Sizes;
import dev.monban.core.watch.Watch;
import dev.monban.server.platform.BadInput;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it measures the heap, which other classes fill")
class WatchMemoryTest {

    /** As `-Xmx256m` with the collector that the launcher chooses. */
    private static final long USUAL_HEAP = 259_522_560;

    private static final WatchMemory USUAL = new WatchMemory(USUAL_HEAP);

    @Test
    void theUsualHeapHoldsAHundredThousandAccounts() {
        assertEquals(131_072, USUAL.asked(131_072));
        assertEquals(2_000, USUAL.counted(0));
        assertEquals(90_000, USUAL.counted(60_000));
    }

    @Test
    void whatTheHeapDoesNotHoldIsRefusedWithTheHeapThatDoes() {
        BadInput refused = assertThrows(BadInput.class, () -> USUAL.asked(1_000_000));
        String message = String.valueOf(refused.getMessage());
        String heap = message.replaceFirst(".*MONBAN_HEAP=(\\d+)m.*", "$1");
        WatchMemory larger = new WatchMemory(Long.parseLong(heap) << 20);
        assertEquals(1_000_000, larger.asked(1_000_000), message);
        for (int bad : new int[] {0, -1, Sizes.MAX_ACCOUNTS + 1}) {
            assertThrows(BadInput.class, () -> larger.asked(bad));
        }
    }

    /** Whoever grows beyond the heap starts all the same, with what it holds. */
    @Test
    void whereNoNumberIsGivenTheHeapDecides() {
        int held = USUAL.counted(5_000_000);
        assertTrue(held >= 100_000 && held < 5_000_000, held + " accounts");
        assertTrue(WatchMemory.needed(held) <= USUAL_HEAP);
        assertEquals(Sizes.MAX_ACCOUNTS, new WatchMemory(64L << 30).counted(50_000_000));
    }

    /** What is counted by hand is what the JVM takes. */
    @Test
    void theBytesAreThoseOfTheHeap() {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int accounts : new int[] {2_000, 131_072, 500_000}) {
            Sizes sizes = Sizes.forAccounts(accounts);
            long before = thread.getCurrentThreadAllocatedBytes();
            Watch watch = new Watch(Policy.standard(), sizes, 1);
            long taken = thread.getCurrentThreadAllocatedBytes() - before;
            // Evidence comes as attempts come.
            long empty = sizes.bytes() - sizes.recent() * 600L;
            assertTrue(Math.abs(taken - empty) < empty * 0.02 + 200_000, taken + " " + empty);
            assertEquals(Policy.standard(), watch.policy());
        }
    }
}
