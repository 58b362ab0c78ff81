package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate behind the proxies of {@code docs/deploy.md}, with the configurations shown there. */
class ProxiesTest {

    /** Where the person sits; the proxies have 127.0.0.1. */
    private static final String PERSON = "127.0.0.77";

    /** A peer that no option declares. */
    private static final String UNDECLARED = "127.0.0.9";

    /** RFC 6749 sets no bound; the gate takes so many. */
    private static final int STATE_CHARACTERS = 4_096;

    @TempDir private static Path folder;

    private static int port;
    private static SelfSigned identity;
    private static GateProcess gate;

    @BeforeAll
    static void start() throws Exception {
        port = GateProcess.freePort();
        identity = SelfSigned.in(folder);
        gate =
                House.behind(
                        "https://localhost:" + port,
                        "--trusted-proxy",
                        "127.0.0.1",
                        "--argon2",
                        "7168,1");
    }

    @AfterAll
    static void stop() {
        gate.close();
    }

    private static ProxyProcess proxy(String kind) throws Exception {
        Path own = Files.createDirectories(folder.resolve(kind));
        String text = ProxyProcess.documented(kind, port, gate, identity);
        return switch (kind) {
            case "nginx" -> ProxyProcess.nginx(own, port, text);
            case "apache" -> ProxyProcess.apache(own, port, text);
            default -> ProxyProcess.haproxy(own, port, text);
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"nginx", "apache", "haproxy"})
    void peopleSignInThroughTheDocumentedProxyFromTheirOwnAddress(String kind) throws Exception {
        try (ProxyProcess proxy = proxy(kind)) {
            Visitor person = Visitor.at(PERSON, "https://localhost:" + port, identity.context());
            assertEquals("https://localhost:" + port, Party.json(ready(person)).get("issuer"));
            Party party = new Party(gate, "crm");
            String state = "s".repeat(STATE_CHARACTERS);
            String answer = party.answer(person, "state", state);
            assertEquals(state, Visitor.parameter(answer, "state").orElse(""), answer);
            Map<String, Object> tokens =
                    Party.json(party.redeem(Visitor.parameter(answer, "code").orElseThrow()));
            assertTrue(tokens.containsKey("id_token"), tokens.toString());
            assertTrue(
                    person.cookies().keySet().stream().allMatch(c -> c.startsWith("__Host-")),
                    person.cookies().keySet().toString());
            String account =
                    person.get("/account", "X-Forwarded-For", "192.0.2.66, 192.0.2.67").body();
            assertTrue(account.contains(PERSON), account);
            assertFalse(account.contains("192.0.2.6"), account);
            assertTrue(proxy.runs());
        }
    }

    @Test
    void nginxAtItsDefaultsCarriesASignInWithALongState() throws Exception {
        int bare = GateProcess.freePort();
        try (ProxyProcess proxy = bareNginx("bare", bare, "")) {
            Visitor person = new Visitor("http://127.0.0.1:" + bare);
            String state = "s".repeat(STATE_CHARACTERS);
            String answer = new Party(gate, "crm").answer(person, "state", state);
            assertTrue(Visitor.parameter(answer, "code").isPresent(), answer);
            assertEquals(state, Visitor.parameter(answer, "state").orElse(""), answer);
            assertTrue(proxy.runs());
        }
    }

    @Test
    void guessesThroughAForgottenProxyCostNobodyTheirSignIn() throws Exception {
        int bare = GateProcess.freePort();
        String bind = "proxy_bind " + UNDECLARED + ";";
        long before = undeclared();
        try (ProxyProcess proxy = bareNginx("forgotten", bare, bind)) {
            String origin = "http://127.0.0.1:" + bare;
            guess("through", new Visitor(origin));
            assertEquals(
                    303,
                    new Visitor(origin)
                            .signIn("/login", House.JONES, House.JONES_PASSWORD)
                            .statusCode(),
                    "somebody at a browser that nobody knows is let in");
            assertTrue(proxy.runs());
        }
        assertTrue(undeclared() >= before + 40, "counted " + undeclared() + " after " + before);
        Matcher lines =
                Pattern.compile("from " + Pattern.quote(UNDECLARED) + " is not believed[^\n]*")
                        .matcher(gate.log());
        assertTrue(lines.find(), gate.log());
        assertTrue(lines.group().contains("--trusted-proxy " + UNDECLARED), lines.group());
        assertFalse(lines.find(), "one line an hour is enough");

        // The same without the signs of a proxy: there, the address is one source.
        String direct = "http://127.0.0.1:" + gate.port();
        SSLContext none = SSLContext.getDefault();
        guess("direct", Visitor.at("127.9.8.10", direct, none));
        assertEquals(
                422,
                Visitor.at("127.9.8.10", direct, none)
                        .signIn("/login", House.JONES, House.JONES_PASSWORD)
                        .statusCode(),
                "and a source that tries forty names is hostile");
    }

    private static void guess(String how, Visitor attacker) {
        for (int i = 0; i < 40; i++) {
            assertEquals(
                    422,
                    attacker.signIn(
                                    "/login",
                                    "somebody" + i + "@agency" + i + ".example",
                                    "a wrong password " + how + i)
                            .statusCode());
        }
    }

    private static ProxyProcess bareNginx(String name, int bare, String more) throws Exception {
        return ProxyProcess.nginx(
                Files.createDirectories(folder.resolve(name)),
                bare,
                "server { listen 127.0.0.1:%d; location / { %s proxy_pass http://127.0.0.1:%d; } }"
                        .formatted(bare, more, gate.port()));
    }

    /** HAProxy asks the gate for its readiness first. */
    private static HttpResponse<String> ready(Visitor person) {
        String path = "/.well-known/openid-configuration";
        Operators.await(() -> person.get(path).statusCode() == 200);
        return person.get(path);
    }

    private static long undeclared() {
        String metrics =
                new Visitor("http://127.0.0.1:" + gate.managementPort()).get("/metrics").body();
        Matcher counter =
                Pattern.compile("monban_proxy_undeclared_requests_total ([0-9.]+)")
                        .matcher(metrics);
        assertTrue(counter.find(), metrics);
        return (long) Double.parseDouble(counter.group(1));
    }
}
