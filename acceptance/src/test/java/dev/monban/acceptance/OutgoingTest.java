package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Other hosts that are hostile, or slow: what the gate calls, and what it does not wait for. */
class OutgoingTest {

    private static final String PASSWORD = "hana-to-mizu-to-tsuki-7";
    private static final int PEOPLE = 12;

    /** Token endpoints that lead inside; PORT is one that listens on this machine. */
    private static final List<String> INSIDE =
            List.of(
                    "http://127.0.0.1:PORT/token",
                    "http://localhost:PORT/token",
                    "http://[::ffff:127.0.0.1]:PORT/token",
                    "http://2130706433:PORT/token",
                    "http://0x7f000001:PORT/token",
                    "http://0.0.0.0:PORT/token",
                    "http://169.254.169.254/latest/meta-data/");

    private static final List<String> reached = new CopyOnWriteArrayList<>();
    private static final AtomicInteger asked = new AtomicInteger();
    private static final CountDownLatch over = new CountDownLatch(1);
    private static final ExecutorService serving = Executors.newVirtualThreadPerTaskExecutor();
    private static HttpServer inside;
    private static HttpServer providers;
    private static HttpServer breached;
    private static GateProcess gate;

    @BeforeAll
    static void open() throws IOException {
        inside = listen();
        inside.createContext(
                "/",
                exchange -> {
                    reached.add(
                            exchange.getRequestURI()
                                    + " "
                                    + exchange.getRequestHeaders().getFirst("Authorization"));
                    json(exchange, 200, "{}");
                });
        providers = listen();
        providers.createContext("/", OutgoingTest::provider);
        breached = listen();
        breached.createContext("/range/", OutgoingTest::drip);
        StringBuilder tenants = new StringBuilder();
        for (int i = 0; i <= INSIDE.size(); i++) {
            tenants.append(
                    """
                      - {id: t%d, name: 保険 %d, identityProvider: {issuer: "%s/t%d", clientId: monban, secret: {plain: "a-secret-of-the-organisation"}, domains: [t%d.example]}}
                    """
                            .formatted(i, i, address(providers), i, i));
        }
        StringBuilder people = new StringBuilder();
        for (int i = 0; i < PEOPLE; i++) {
            people.append(
                    "  - {identifier: p%d@home.example, tenant: home, name: P, password: {plain: %s}}\n"
                            .formatted(i, PASSWORD));
        }
        gate =
                GateProcess.start(
                        """
                        issuer: ISSUER
                        outgoing: {allow: ["127.0.0.1:PROVIDERS", "127.0.0.1:BREACHED"]}
                        tenants:
                          - {id: home, name: 保険事務所}
                        TENANTSaccounts:
                        PEOPLE\
                        """
                                .replace("PROVIDERS", port(providers))
                                .replace("BREACHED", port(breached))
                                .replace("TENANTS", tenants)
                                .replace("PEOPLE", people),
                        "--source-rate",
                        "5000",
                        "--breached-passwords",
                        address(breached) + "/range/");
    }

    @AfterAll
    static void close() {
        over.countDown();
        gate.close();
        inside.stop(0);
        providers.stop(0);
        breached.stop(0);
        serving.close();
    }

    private static HttpServer listen() throws IOException {
        HttpServer server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        server.setExecutor(serving);
        server.start();
        return server;
    }

    private static String port(HttpServer server) {
        return Integer.toString(server.getAddress().getPort());
    }

    private static String address(HttpServer server) {
        return "http://127.0.0.1:" + port(server);
    }

    private static void json(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** One provider an organisation; the last one's discovery document is a redirect. */
    private static void provider(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        int number = Integer.parseInt(path.replaceAll("^/t(\\d+)/.*$", "$1"));
        String its = address(providers) + "/t" + number;
        if (path.endsWith("/authorize")) {
            Map<String, String> back =
                    Map.of(
                            "code",
                            "a-code",
                            "state",
                            Visitor.parameter(exchange.getRequestURI().toString(), "state")
                                    .orElse(""));
            exchange.getResponseHeaders()
                    .set(
                            "Location",
                            Visitor.parameter(exchange.getRequestURI().toString(), "redirect_uri")
                                            .orElse("")
                                    + "?"
                                    + Visitor.encode(back));
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        } else if (number == INSIDE.size()) {
            exchange.getResponseHeaders().set("Location", address(inside) + "/discovery");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        } else {
            json(
                    exchange,
                    200,
                    """
                    {"issuer": "IT", "authorization_endpoint": "IT/authorize", "token_endpoint": "TOKEN",
                     "jwks_uri": "IT/keys", "response_types_supported": ["code"],
                     "subject_types_supported": ["public"],
                     "id_token_signing_alg_values_supported": ["ES256"]}
                    """
                            .replace("IT", its)
                            .replace("TOKEN", INSIDE.get(number).replace("PORT", port(inside))));
        }
    }

    /** A head at once, then a byte now and then, for as long as the tests last. */
    private static void drip(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            while (!over.await(500, TimeUnit.MILLISECONDS)) {
                body.write('0');
                body.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The organisation's own people write its discovery document. */
    @Test
    void aDiscoveryDocumentLeadsTheSecretNowhereInside() {
        for (int i = 0; i <= INSIDE.size(); i++) {
            String endpoint =
                    i == INSIDE.size() ? "a redirect" : INSIDE.get(i).replace("PORT", port(inside));
            Visitor visitor = new Visitor(gate);
            Map<String, String> form = Visitor.hidden(visitor.get("/login/organisation").body());
            form.put("identifier", "sato@t" + i + ".example");
            HttpResponse<String> page = visitor.post("/login/organisation", form);
            if (page.statusCode() == 200) {
                Matcher link = Pattern.compile("href=\"(http://127[^\"]+)\"").matcher(page.body());
                assertTrue(link.find(), page.body());
                String back =
                        Visitor.location(
                                new Visitor(address(providers))
                                        .get(link.group(1).replace("&amp;", "&")));
                page = visitor.get(back.replace(gate.issuer(), ""));
            }
            assertEquals(502, page.statusCode(), endpoint);
            assertEquals(List.of(), reached, endpoint);
        }
        String log = gate.log();
        assertTrue(
                log.contains("127.0.0.1:" + port(inside) + " is not called: 127.0.0.1 is loopback"),
                log);
        assertTrue(log.contains("169.254.169.254 is of a cloud's metadata service"), log);
        assertTrue(metric("federation", "refused") >= 3, "refusals are counted");
    }

    /** The hash threads are few: what waits for another host holds none of them. */
    @Test
    void aSlowServiceOfBreachedPasswordsHoldsNobodyUp() throws Exception {
        List<Visitor> changing = new ArrayList<>();
        for (int i = 0; i < PEOPLE / 2; i++) {
            Visitor visitor = new Visitor(gate);
            assertEquals(
                    303,
                    visitor.signIn("/login", "p" + i + "@home.example", PASSWORD).statusCode());
            changing.add(visitor);
        }
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> changes = new ArrayList<>();
            for (Visitor visitor : changing) {
                changes.add(
                        many.submit(() -> {
                            Map<String, String> form =
                                    Visitor.hidden(visitor.get("/account/password").body());
                            form.put("password", PASSWORD);
                            form.put("new_password", "an umbrella for the rainy season");
                            return visitor.post("/account/password", form).statusCode();
                        }));
            }
            Operators.await(() -> asked.get() >= 2);
            List<Integer> honest = new ArrayList<>();
            for (int i = PEOPLE / 2; i < PEOPLE; i++) {
                honest.add(
                        new Visitor(gate)
                                .signIn("/login", "p" + i + "@home.example", PASSWORD)
                                .statusCode());
            }
            assertEquals(
                    honest.size(),
                    honest.stream().filter(status -> status == 303).count(),
                    honest.toString());
            // Where no answer comes, a password is not held for breached.
            for (Future<Integer> change : changes) {
                assertEquals(303, change.get());
            }
        }
        assertTrue(metric("breached_passwords", "timeout") >= 1, "time-outs are counted");
    }

    private static double metric(String purpose, String result) {
        Visitor management = new Visitor("http://127.0.0.1:" + gate.managementPort());
        Matcher line =
                Pattern.compile(
                                "(?m)^monban_outgoing_calls_total\\{purpose=\""
                                        + purpose
                                        + "\",result=\""
                                        + result
                                        + "\"} (\\S+)$")
                        .matcher(management.get("/metrics").body());
        assertTrue(line.find(), "there is a metric");
        return Double.parseDouble(line.group(1));
    }
}
