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

    @ParameterizedTest(name = "after {0}, confirmed {1}: lets in {2}, open {3}")
    @CsvSource({
        "PT0S, false, false, true",
        "PT59M59S, true, false, true",
        "PT1H, true, true, true",
        "PT1H, false, false, true",
        "PT23H59M, false, false, true",
        "PT24H, false, true, true",
        "PT167H59M, false, true, true",
        "PT168H, true, false, false"
    })
    void letsInAfterItsWaitAndNotForEver(
            Duration after, boolean confirmed, boolean letsIn, boolean open) {
        Recovery recovery = new Recovery(BEGUN, confirmed, Recovery.Waits.DEFAULT);
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
