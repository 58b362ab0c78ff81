package dev.monban.server.oidc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.oidc.RefusalBudget.LeftOut;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalBudgetTest {

    private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");

    private final RefusalBudget budget = new RefusalBudget();

    @Test
    void fiveOfAClientAndCauseAreWrittenAndTheRestIsCounted() {
        RefusalBudget.Key crm = new RefusalBudget.Key("crm", RefusalCause.WRONG_SECRET);
        for (int i = 0; i < RefusalBudget.MAX_IN_WINDOW; i++) {
            assertTrue(budget.admits(crm, NOW));
        }
        assertFalse(budget.admits(crm, NOW));
        assertFalse(budget.admits(crm, NOW.plusSeconds(59)));
        assertTrue(budget.admits(new RefusalBudget.Key("crm", RefusalCause.EXPIRED_CODE), NOW));
        assertTrue(budget.admits(new RefusalBudget.Key("web", RefusalCause.WRONG_SECRET), NOW));
        assertEquals(List.of(), budget.ended(NOW.plusSeconds(59)));
        assertEquals(List.of(new LeftOut(crm, 2, NOW)), budget.ended(NOW.plusSeconds(60)));
        assertEquals(0, budget.rooms());
        assertTrue(budget.admits(crm, NOW.plusSeconds(61)));
    }

    @Test
    void roomsAreBoundedAndWhoComesTooLateSharesOne() {
        for (int i = 0; i < RefusalBudget.MAX_ROOMS + 10_000; i++) {
            budget.admits(new RefusalBudget.Key("client-" + i, RefusalCause.WRONG_SECRET), NOW);
        }
        assertEquals(RefusalBudget.MAX_ROOMS + 1, budget.rooms());
        List<LeftOut> left = budget.ended(NOW.plusSeconds(60));
        assertEquals(
                List.of(
                        new LeftOut(
                                new RefusalBudget.Key(null, RefusalCause.WRONG_SECRET),
                                10_000 - RefusalBudget.MAX_IN_WINDOW,
                                NOW)),
                left);
    }
}
