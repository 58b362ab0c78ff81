package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Texts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No route is forgotten: a stranger who sends too much is refused at each, in fitting words. */
class RouteLimitsTest {

    private static final GateSettings.Rates FEW = new GateSettings.Rates(50, 1, 1, 1, 3);

    /** More than {@link #FEW} allows a source at any route. */
    private static final int TOO_MANY = 8;

    /** Not limited: the same bytes for everybody, which caches keep. */
    private static final Set<String> SAME_FOR_ALL =
            Set.of(
                    "/favicon.ico",
                    "/jwks",
                    "/.well-known/openid-configuration",
                    "/.well-known/oauth-authorization-server");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir private static Path folder = Path.of("");

    private static Database database;
    private static ClockedGate gate;
    private static int sources;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh("route_limits");
        gate =
                new ClockedGate(
                        folder,
                        database,
                        Programs.state(
                                folder,
                                """
                                  - id: crm
                                    name: CRM
                                    redirectUris: ["CALLBACK"]
                                    secret: {plain: SECRET}
                                    grants: [authorization_code]
                                    scopes: [openid]
                                """),
                        Instant.parse("2026-11-24T00:00:00Z"),
                        FEW);
    }

    @AfterAll
    static void close() {
        gate.close();
        database.close();
    }

    @Test
    void eachRouteThatStrangersReachRefusesTooMany() {
        Set<String> open = new TreeSet<>();
        List<String> late = new ArrayList<>();
        int walked = 0;
        for (HttpServer.Route route : gate.routes()) {
            walked++;
            String source = nextSource();
            HttpResponse<String> answer = send(route.method(), route.path(), source);
            if (answer.statusCode() == 429) {
                late.add(route + " refuses the first request");
            }
            for (int i = 1; i < TOO_MANY && answer.statusCode() != 429; i++) {
                answer = send(route.method(), route.path(), source);
            }
            if (answer.statusCode() != 429) {
                open.add(route.path().replaceAll("^/assets/.*", "/assets/"));
            } else if (answer.headers().firstValue("Retry-After").isEmpty()) {
                late.add(route + " does not say when to come again");
            }
        }
        assertEquals(List.of(), late);
        Set<String> expected = new TreeSet<>(SAME_FOR_ALL);
        expected.add("/assets/");
        assertEquals(expected, open);
        assertTrue(walked > 90, "only " + walked + " routes are walked");
    }

    @Test
    void whatIsNotThereOrNotAskedSoCountsAsWell() {
        for (String[] asked :
                new String[][] {
                    {"GET", "/wp-login.php", "404"},
                    {"DELETE", "/login", "405"},
                    {"GET", "/login?x=" + "y".repeat(17_000), "414"}
                }) {
            String source = nextSource();
            for (int i = 0; i < 6; i++) {
                assertEquals(asked[2], send(asked[0], asked[1], source).statusCode() + "");
            }
            assertEquals(429, send(asked[0], asked[1], source).statusCode(), asked[1]);
            // One count for all routes: nothing is won by asking for many.
            assertEquals(429, send("GET", "/account", source).statusCode());
        }
    }

    @Test
    void malformedFormsAtTheBackChannelCountForTheirSender() {
        for (String path : List.of("/token", "/par", "/introspect", "/revoke", "/userinfo")) {
            String source = nextSource();
            HttpResponse<String> answer =
                    send("POST", path, source, "a=%zz", "Content-Type", "text/plain");
            for (int i = 1; i < TOO_MANY; i++) {
                answer = send("POST", path, source, "a=%zz", "Content-Type", "text/plain");
            }
            assertEquals(429, answer.statusCode(), path);
            assertTrue(answer.headers().firstValue("Retry-After").isPresent(), path);
            assertTrue(answer.body().contains("temporarily_unavailable"), answer.body());
        }
    }

    @Test
    void peopleAreToldInTheirLanguageAndProgramsInJson() {
        for (Language language : Language.values()) {
            Texts texts = Texts.in(language);
            for (String[] asked :
                    new String[][] {
                        {"GET", "/not-here-%3Cb%3E?a=%3Cb%3E", "404", "not_found"},
                        {"DELETE", "/login?a=%3Cb%3E", "405", "wrong_method"},
                        {"GET", "/login?a=" + "y".repeat(17_000), "414", "address_too_long"}
                    }) {
                HttpResponse<String> page =
                        send(
                                asked[0],
                                asked[1],
                                nextSource(),
                                "",
                                "Accept",
                                "text/html,application/xhtml+xml,*/*;q=0.8",
                                "Accept-Language",
                                language.tag());
                assertEquals(asked[2], page.statusCode() + "");
                assertTrue(
                        page.body().contains(texts.get("problem." + asked[3] + ".title")),
                        page.body());
                assertTrue(page.body().contains("lang=\"" + language.tag() + "\""), page.body());
                String policy = page.headers().firstValue("Content-Security-Policy").orElse("none");
                assertTrue(policy.startsWith("default-src 'none'"), policy);
                assertEquals("no-store", page.headers().firstValue("Cache-Control").orElse(""));
                // Nothing of the address, and no cookie in place of the one that a form needs.
                for (String echoed : List.of("not-here", "a=%3C", "<b>", "a=", "yyy")) {
                    assertFalse(page.body().contains(echoed), echoed + " in " + page.body());
                }
                assertTrue(page.headers().firstValue("Set-Cookie").isEmpty());
                assertEquals(
                        asked[2].equals("405"), page.headers().firstValue("Allow").isPresent());
                HttpResponse<String> json = send(asked[0], asked[1], nextSource());
                assertEquals(asked[2], json.statusCode() + "");
                assertEquals(
                        "application/problem+json",
                        json.headers().firstValue("Content-Type").orElse(""));
            }
            String source = nextSource();
            for (int i = 1; i < TOO_MANY; i++) {
                page(language, source);
            }
            HttpResponse<String> refused = page(language, source);
            assertEquals(429, refused.statusCode());
            assertTrue(refused.body().contains(texts.get("problem.slow_down.title")));
        }
    }

    private HttpResponse<String> page(Language language, String source) {
        return send(
                "GET",
                "/login",
                source,
                "",
                "Accept",
                "text/html",
                "Accept-Language",
                language.tag());
    }

    @Test
    void theIconIsThereForBrowsersThatAskForIt() {
        HttpResponse<String> icon = send("GET", "/favicon.ico", nextSource());
        assertEquals(200, icon.statusCode());
        assertEquals("image/x-icon", icon.headers().firstValue("Content-Type").orElse(""));
        HttpResponse<String> page = send("GET", "/login", nextSource());
        String link = page.body().replaceAll("(?s).*<link rel=\"icon\" href=\"([^\"]+)\".*", "$1");
        HttpResponse<String> drawn = send("GET", link, nextSource());
        assertEquals(200, drawn.statusCode(), link);
        assertEquals("image/svg+xml", drawn.headers().firstValue("Content-Type").orElse(""));
    }

    /** 2,000 people behind one address sign in within thirty seconds; a flood does not. */
    @Test
    void anOfficeAtNineIsNotKeptOut() {
        Instant nine = Instant.parse("2026-11-24T00:00:00Z");
        AtomicReference<Instant> now = new AtomicReference<>(nine);
        Limits limits = new Limits(now::get, GateSettings.Rates.DEFAULT);
        RateLimit all = limits.all();
        RateLimit pages = limits.pages();
        RateLimit signIns = limits.signIns();
        for (int person = 0; person < 2_000; person++) {
            now.set(nine.plusMillis(person * 15L));
            for (int request = 0; request < 5; request++) {
                all.count("office");
            }
            pages.count("office");
            pages.count("office");
            signIns.count("office");
        }
        RateLimit flooded = limits.all();
        for (int request = 0; request < 6_000; request++) {
            flooded.count("flood");
        }
        assertThrows(Problem.class, () -> flooded.count("flood"));
    }

    private static String nextSource() {
        sources++;
        return "198.51." + sources / 250 + "." + sources % 250;
    }

    private static HttpResponse<String> send(String method, String path, String source) {
        return send(method, path, source, "a=b");
    }

    private static HttpResponse<String> send(
            String method, String path, String source, String body, String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(gate.address("") + path))
                        .setHeader("X-Forwarded-For", source)
                        .setHeader("Content-Type", "application/x-www-form-urlencoded")
                        .method(
                                method,
                                method.equals("POST")
                                        ? HttpRequest.BodyPublishers.ofString(body)
                                        : HttpRequest.BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
