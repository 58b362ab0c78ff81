package dev.monban.server.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.watch.WatchProgress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Readiness says of the gate, its database and its watch which one is not ready. */
class ReadinessTest {

    private static final Duration NOW = Duration.ZERO;

    private static WatchProgress watch(Duration behind, List<String> heldBy, long learning) {
        return new WatchProgress(behind, 7, heldBy, learning, Duration.ZERO, 0, 0, 0, 0, 0);
    }

    private static final WatchProgress UP_TO_DATE = watch(NOW, List.of(), 0);

    private static void check(int status, String line, Readiness readiness) {
        assertEquals(status, readiness.status(), readiness.text());
        assertTrue(readiness.text().lines().anyMatch(line::equals), readiness.text());
    }

    @Test
    void eachPartSpeaksForItself() {
        check(200, "gate: open", Readiness.of(true, NOW, UP_TO_DATE, Optional.empty()));
        check(200, "database: answers", Readiness.of(true, NOW, UP_TO_DATE, Optional.empty()));
        Readiness stopping = Readiness.of(false, NOW, UP_TO_DATE, Optional.empty());
        check(503, "gate: starting or stopping", stopping);
        check(503, "database: answers", stopping);
        Duration silent = Readiness.MAX_UNANSWERED.plusSeconds(1);
        Readiness without = Readiness.of(true, silent, UP_TO_DATE, Optional.empty());
        check(503, "gate: open", without);
        check(503, "database: the database does not answer, since 4 s", without);
        check(503, "watch: 0 s behind its log, 7 rows unread", without);
    }

    @Test
    void aWatchThatIsBehindSaysWhoHoldsItUp() {
        Duration most = WatchProgress.MAX_BEHIND;
        check(
                200,
                "watch: 3 s behind its log, 7 rows unread",
                Readiness.of(true, NOW, watch(most, List.of(), 0), Optional.empty()));
        check(
                503,
                "watch: 4 s behind its log, 7 rows unread, held by pid 1, database other",
                Readiness.of(
                        true,
                        NOW,
                        watch(most.plusSeconds(1), List.of("pid 1, database other"), 0),
                        Optional.empty()));
    }

    /** The old fold judges meanwhile, so the doors stay open. */
    @Test
    void aWatchThatLearnsItsLogAnewIsReady() {
        check(
                200,
                "watch: 0 s behind its log, 7 rows unread, learns the log anew: 90 rows to go",
                Readiness.of(true, NOW, watch(NOW, List.of(), 90), Optional.empty()));
    }
}
