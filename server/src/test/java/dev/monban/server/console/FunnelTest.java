package dev.monban.server.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.monban.server.audit.LogUpkeep;
import dev.monban.server.console.store.FunnelStore;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The figures of the funnel, from a log of which each line is known. */
class FunnelTest {

    private static final Instant NINE = Instant.parse("2027-02-15T00:00:00Z");
    private static final int MOST = 1_000;

    private final Database database = TestDatabase.fresh("funnel");

    /** One attempt; minutes after nine. */
    private void tried(
            String device,
            int minute,
            String step,
            String outcome,
            @Nullable String reason,
            boolean entered,
            String verdict,
            String client) {
        int written =
                database.query(c ->
                        Sql.update(
                                c,
                                """
                                insert into watch.attempt (attempt_id, at, identifier, address,
                                    device, step, outcome, reason, session_id, verdict, client_id)
                                values (?, ?, 'somebody', '203.0.113.1', ?, ?, ?, ?, ?, ?, ?)
                                """,
                                UUID.randomUUID(),
                                NINE.plus(Duration.ofMinutes(minute)),
                                device,
                                step,
                                outcome,
                                reason,
                                entered ? UUID.randomUUID() : null,
                                verdict,
                                client));
        assertEquals(1, written);
    }

    private void rejected(String device, int minute, String step, String reason) {
        tried(device, minute, step, "rejected", reason, false, "allow", "crm");
    }

    @Test
    void countsWaysInAndWhereTheyEnd() {
        new LogUpkeep(database, () -> NINE).turn();
        // In at once.
        tried("a", 0, "password", "accepted", null, true, "allow", "crm");
        // In at the second try, and again an hour later: two ways.
        rejected("b", 1, "password", "wrong_password");
        tried("b", 2, "password", "accepted", null, true, "allow", "crm");
        tried("b", 70, "password", "accepted", null, true, "allow", "claims");
        // Gives up at the password, after asking for another: no proof of anything.
        rejected("c", 3, "password", "wrong_password");
        tried("c", 4, "reset_request", "accepted", null, false, "allow", "crm");
        // Gives up at the code.
        tried("d", 5, "password", "accepted", null, false, "step_up", "crm");
        rejected("d", 6, "totp", "wrong_code");
        // Turned away by the organisation's provider.
        rejected("e", 65, "federated", "idp_error");
        // What the watch stopped is nobody's way in; nor is what a session does.
        tried("f", 7, "password", "abandoned", null, false, "deny", "crm");
        tried("a", 8, "session", "accepted", null, true, "allow", "crm");
        Funnel funnel = Funnel.of(database.query(c -> FunnelStore.ways(c, NINE, MOST)));
        assertEquals(6, funnel.begun());
        assertEquals(4, funnel.proved());
        assertEquals(1, funnel.asked());
        assertEquals(3, funnel.entered());
        assertEquals(
                List.of(
                        new Funnel.Share("federated", 1, 1),
                        new Funnel.Share("reset_request", 1, 1),
                        new Funnel.Share("totp", 1, 1)),
                funnel.steps());
        assertEquals(
                List.of(
                        new Funnel.Share("idp_error", 1, 1),
                        new Funnel.Share("left", 1, 4),
                        new Funnel.Share("wrong_code", 1, 1)),
                funnel.reasons());
        assertEquals(List.of(new Funnel.Share("crm", 3, 5)), funnel.clients());
        assertEquals(List.of(new Funnel.Share("", 3, 6)), funnel.tenants());
        assertEquals(
                List.of(
                        new Funnel.Hour(NINE, 4, 2),
                        new Funnel.Hour(NINE.plus(Duration.ofHours(1)), 2, 1)),
                funnel.hours());
        database.close();
    }
}
