package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Twenty agencies with two hundred people, their operators, and a gate that they all use. */
abstract class Agencies {

    static final String OPERATOR = "operator@ops.example";
    static final String EVERYDAY = "Mozilla/5.0 Chrome/142.0 Safari/537.36";
    static final int TENANTS = 20;
    static final int ACCOUNTS = 200;
    static final String OWNER = "person7@agency7.example";
    static final String PASSWORD = "right-password-";
    static final String EVIL = "Mozilla/5.0 (X11; Linux x86_64) Evil/1.0";

    final Operators operators;
    final GateProcess gate;

    Agencies() throws IOException {
        operators = new Operators();
        gate =
                GateProcess.start(
                        state(operators),
                        "--source-rate",
                        "5000",
                        "--argon2",
                        "7168,1",
                        "--trusted-proxy",
                        "127.0.0.1/32");
    }

    @BeforeEach
    void peopleHaveSignedInBefore() {
        assertEquals(303, at(home(0), new Visitor(gate), OPERATOR, PASSWORD).statusCode());
        for (int i = 0; i < TENANTS; i++) {
            assertEquals(303, at(home(i), new Visitor(gate), person(i), PASSWORD + i).statusCode());
        }
    }

    @AfterEach
    void close() {
        assertFalse(operators.anyBadSignature());
        gate.close();
        operators.close();
    }

    static String state(Operators operators) {
        StringBuilder state = new StringBuilder("issuer: ISSUER\n").append(operators.declared());
        state.append("tenants:\n");
        for (int t = 0; t < TENANTS; t++) {
            state.append("  - {id: agency" + t + ", name: Agency " + t + "}\n");
        }
        state.append("  - {id: ops, name: Operations, operator: true}\n");
        state.append("accounts:\n");
        state.append(
                "  - {identifier: %s, tenant: ops, name: Operator, password: {plain: %s}, roles: [admin]}\n"
                        .formatted(OPERATOR, PASSWORD));
        for (int i = 0; i < ACCOUNTS; i++) {
            state.append(
                    "  - {identifier: %s, tenant: agency%d, name: Person %d, password: {plain: %s%d}, roles: [admin]}\n"
                            .formatted(person(i), i % TENANTS, i, PASSWORD, i));
        }
        return state.toString();
    }

    static String person(int i) {
        return "person" + i + "@agency" + i % TENANTS + ".example";
    }

    static String home(int tenant) {
        return "203.0." + tenant % TENANTS + ".5";
    }

    static HttpResponse<String> at(
            String address, Visitor visitor, String identifier, String password) {
        return at(address, visitor, identifier, password, "Mozilla/5.0 Chrome/142.0 Safari/537.36");
    }

    static HttpResponse<String> at(
            String address, Visitor visitor, String identifier, String password, String agent) {
        String[] headers = {"X-Forwarded-For", address, "User-Agent", agent};
        // Whoever is signed in is shown the form only where it says so.
        String path = visitor.cookies().containsKey("monban_session") ? "/login?again=1" : "/login";
        Map<String, String> form = Visitor.hidden(visitor.get(path, headers).body());
        form.put("identifier", identifier);
        form.put("password", password);
        return visitor.post("/login", form, headers);
    }

    HttpResponse<String> guess(int i, String identifier, String password) {
        return at(
                "198.51." + i / 250 + "." + i % 250, new Visitor(gate), identifier, password, EVIL);
    }

    static String sessionCookie(Visitor visitor) {
        return visitor.cookies().keySet().stream()
                .filter(name -> name.contains("session"))
                .findFirst()
                .orElseThrow();
    }

    /** A page without what differs from one request to the next. */
    static String shape(String page) {
        return page.replaceAll("(value|data-options)=\"[^\"]*\"", "")
                .replaceAll("guess-number-\\d+", "");
    }
}
