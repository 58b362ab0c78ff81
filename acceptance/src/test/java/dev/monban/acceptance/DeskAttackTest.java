package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever tries at a thousand accounts makes no work for support. */
class DeskAttackTest {

    private static final int TENANTS = 20;
    private static final int ACCOUNTS = 1_000;
    private static final String PASSWORD = "right-password-";
    private static final String AWAY = "192.0.2.77";

    /** The silence of somebody who has given up, and time for a busy machine. */
    private static final long PATIENCE_SECONDS = 240;

    private final Operators operators = new Operators();
    private final GateProcess gate =
            GateProcess.start(
                    state(),
                    "--source-rate",
                    "5000",
                    "--argon2",
                    "7168,1",
                    "--trusted-proxy",
                    "127.0.0.1/32");

    DeskAttackTest() throws IOException {}

    @AfterEach
    void close() {
        gate.close();
        operators.close();
    }

    private String state() {
        StringBuilder state = new StringBuilder("issuer: ISSUER\n").append(operators.declared());
        state.append("tenants:\n  - {id: ops, name: Operations, operator: true}\n");
        for (int t = 0; t < TENANTS; t++) {
            state.append("  - {id: agency" + t + ", name: Agency " + t + "}\n");
        }
        state.append("accounts:\n");
        state.append(
                "  - {identifier: help@ops.example, tenant: ops, name: Help, password: {plain: %s}, roles: [support]}\n"
                        .formatted(PASSWORD));
        for (int i = 0; i < ACCOUNTS; i++) {
            state.append(
                    "  - {identifier: %s, tenant: agency%d, name: Person %d, password: {plain: %s%d}, roles: [agent]}\n"
                            .formatted(person(i), i % TENANTS, i, PASSWORD, i));
        }
        return state.toString();
    }

    private static String person(int i) {
        return "person" + i + "@agency" + i % TENANTS + ".example";
    }

    private int tried(String from, String name, String password) {
        return Agencies.at(from, new Visitor(gate), name, password).statusCode();
    }

    @Test
    void aThousandAccountsAreNoCases() {
        Visitor help = new Visitor(gate);
        assertEquals(
                303, Agencies.at("192.0.2.1", help, "help@ops.example", PASSWORD).statusCode());
        for (int i = 0; i < TENANTS; i++) {
            assertEquals(303, tried("203.0." + i + ".5", person(i), PASSWORD + i));
        }
        Visitor insider = new Visitor(gate);
        assertEquals(303, Agencies.at("203.0.0.5", insider, person(0), PASSWORD + 0).statusCode());
        for (int i = 0; i < ACCOUNTS; i++) {
            for (int again = 0; again < 2; again++) {
                String from = "198.51." + i / 250 + "." + i % 250;
                assertNotEquals(303, tried(from, person(i), "guess " + again));
            }
        }
        // Nor is somebody with an account of their own, and so with a good browser.
        for (int i = 1; i < 8; i++) {
            for (int again = 0; again < 2; again++) {
                String guess = "guess of a colleague " + again;
                assertNotEquals(303, Agencies.at(AWAY, insider, person(i), guess).statusCode());
            }
        }
        // Somebody honest, after them: whoever was to be a case before is one by then.
        for (int again = 0; again < 2; again++) {
            assertEquals(422, tried("203.0.3.5", person(3), "no idea any more " + again));
        }
        Operators.await(() -> !operators.cards(false).isEmpty(), PATIENCE_SECONDS);
        assertEquals(1, operators.cards(false).size());
        assertTrue(operators.cards(false).getFirst().contains("P. 3. (Agency 3)"));
        String desk = help.get("/desk?lang=en").body();
        assertEquals(1, Pattern.compile("/desk/case\\?id=").matcher(desk).results().count(), desk);
    }
}
