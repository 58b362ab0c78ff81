package dev.monban.core.factor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecoveryTest {

    private static final Instant BEGUN = Instant.parse("2026-12-01T00:00:00Z");

    @ParameterizedTest(name = "after {0}, confirmed after {1}: lets in {2}, open {3}")
    @CsvSource({
        "PT0S, , false, true",
        "PT59M59S, PT0S, false, true",
        "PT1H, PT0S, true, true",
        "PT1H, PT30M, false, true",
        "PT90M, PT30M, true, true",
        "PT23H59M, PT23H30M, false, true",
        "PT24H, PT23H30M, true, true",
        "PT1H, , false, true",
        "PT23H59M, , false, true",
        "PT24H, , true, true",
        "PT167H59M, , true, true",
        "PT168H, PT0S, false, false"
    })
    void letsInAfterItsWaitAndNotForEver(
            Duration after, Duration confirmed, boolean letsIn, boolean open) {
        Recovery recovery =
                new Recovery(
                        BEGUN,
                        confirmed == null ? null : BEGUN.plus(confirmed),
                        Recovery.Waits.DEFAULT);
        assertEquals(letsIn, recovery.letsIn(BEGUN.plus(after)));
        assertEquals(open, recovery.isOpen(BEGUN.plus(after)));
    }

    @Test
    void aSecondAdministratorNeverMakesItSlower() {
        Duration hour = Duration.ofHours(1);
        assertThrows(
                IllegalArgumentException.class,
                () -> new Recovery.Waits(hour, hour.plusSeconds(1)));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Recovery.Waits(Recovery.OPEN_FOR, Duration.ZERO));
    }
}
