package dev.monban.server.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.platform.Database;
import dev.monban.server.platform.GroupCommit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** No thread of the gate ends without a word while the gate goes on. */
class ThreadsTest {

    /**
     * Who may start threads, and what holds where one of them ends.
     *
     * <p>{@code Supervised} begins them again or ends the program; so does {@code Jobs} for its
     * own. Pools replace a thread that ends. A thread for one task completes what waits for it, or
     * that waits for a bounded time.
     */
    private static final Map<String, String> WITH_A_REASON =
            Map.ofEntries(
                    Map.entry("Supervised.java", "supervises"),
                    Map.entry("Jobs.java", "supervises its own"),
                    Map.entry("EmbeddedPostgres.java", "ends the program with whatever it throws"),
                    Map.entry("HashGate.java", "a pool"),
                    Map.entry("NearMisses.java", "a pool"),
                    Map.entry("HttpServer.java", "a thread for each request"),
                    Map.entry("Outbox.java", "a thread for each message, claimed for a minute"),
                    Map.entry("OutgoingCalls.java", "a thread for each call, with a deadline"),
                    Map.entry("Exchanges.java", "closes one connection"),
                    Map.entry("ClientKeys.java", "a thread for one fetch, awaited for a while"),
                    Map.entry("Mail.java", "a thread for one mail, with a deadline"),
                    Map.entry("IdentityProviders.java", "a thread for one discovery"),
                    Map.entry("SecondStep.java", "a thread for one mail"),
                    Map.entry("Resets.java", "a thread for one mail"),
                    Map.entry("StartCommand.java", "runs when the program ends"));

    @Test
    void whoeverStartsThreadsSaysWhatHoldsThem() {
        Map<String, String> starting = new TreeMap<>();
        for (Path file : Repository.files("server/src/main/java", ".java")) {
            String name = String.valueOf(file.getFileName());
            String source = Repository.read(file);
            if (source.contains("Thread.of")
                    || source.contains("new Thread(")
                    || source.contains("startVirtualThread")
                    || source.contains("Executors.")
                    || source.contains("ThreadPoolExecutor(")) {
                starting.put(name, WITH_A_REASON.getOrDefault(name, "none"));
            }
        }
        assertEquals(new TreeMap<>(WITH_A_REASON), starting);
    }

    /** One that commits for all must not stop because one batch left an interrupt behind. */
    @Test
    void theThreadThatCommitsForAllBeginsAgain() {
        Database database = TestDatabase.fresh("threads");
        AtomicInteger batches = new AtomicInteger();
        try (GroupCommit<String, String> commits =
                new GroupCommit<>(
                        "tried",
                        database,
                        (connection, items) -> {
                            if (batches.incrementAndGet() == 1) {
                                Thread.currentThread().interrupt();
                            }
                            return List.copyOf(items);
                        })) {
            assertEquals("first", commits.commit("first"));
            assertEquals("second", commits.commit("second"));
            assertTrue(batches.get() >= 2);
        }
        assertFalse(Thread.currentThread().isInterrupted());
        database.close();
    }
}
