package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.JsonLog;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every visitor can see of a gate, and how long what they were given lasts. */
class SurfaceTest {

    private static final Instant BEGIN = Instant.parse("2027-03-01T00:00:00Z");
    private static final String CALLBACK = "http://localhost:4711/callback";

    /** RFC 7636, appendix B. */
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir private static Path folder;

    private static ClockedGate gate;

    @BeforeAll
    static void open() throws IOException {
        gate = new ClockedGate(folder, TestDatabase.fresh("surface"), state(), BEGIN);
    }

    @AfterAll
    static void close() {
        gate.close();
    }

    private static State state() throws IOException {
        Path file = folder.resolve("monban.yaml");
        Files.writeString(
                file,
                """
                issuer: http://localhost:1
                tenants:
                  - {id: surface, name: Surface}
                accounts:
                  - {identifier: one@surface.example, tenant: surface, name: One, password: {plain: PASSWORD}}
                clients:
                  - {id: crm, name: CRM, redirectUris: ["CALLBACK"], grants: [authorization_code], scopes: [openid]}
                """
                        .replace("PASSWORD", ClockedGate.PASSWORD)
                        .replace("CALLBACK", CALLBACK));
        return StateReader.read(file, name -> Optional.empty());
    }

    private static HttpResponse<String> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(gate.address(path))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @Test
    void everyPageSendsNoReferrer() throws Exception {
        for (String path : List.of("/login", "/signed-out", "/device", "/forgotten", "/activate")) {
            HttpResponse<String> page = send("GET", path);
            if (header(page, "Content-Type").startsWith("text/html")) {
                assertEquals("no-referrer", header(page, "Referrer-Policy"), path);
            }
        }
        assertEquals("no-referrer", header(send("GET", "/login"), "Referrer-Policy"));
    }

    @Test
    void everyAnswerSaysItsTypeAndCharset() throws Exception {
        int texts = 0;
        for (String path :
                List.of(
                        "/login",
                        "/assets/monban.css",
                        "/assets/password.js",
                        "/assets/mark.svg",
                        "/.well-known/openid-configuration",
                        "/jwks",
                        "/nothing",
                        "/authorize",
                        "/userinfo")) {
            HttpResponse<String> answer = send("GET", path);
            String type = header(answer, "Content-Type");
            assertEquals(answer.body().isEmpty(), type.isEmpty(), path + ": " + type);
            if (type.startsWith("text/")) {
                texts++;
                assertTrue(type.endsWith("; charset=utf-8"), path + ": " + type);
            }
        }
        assertTrue(texts >= 1, "pages are among them");
    }

    @Test
    void foldersAreNotListed() throws Exception {
        for (String path :
                List.of(
                        "/assets",
                        "/assets/",
                        "/.git/",
                        "/.git/config",
                        "/assets/../db/migration/",
                        "/assets/%2e%2e/texts/en.properties")) {
            HttpResponse<String> answer = send("GET", path);
            assertTrue(
                    answer.statusCode() == 404 || answer.statusCode() == 400,
                    path + ": " + answer.statusCode());
            assertFalse(answer.body().contains(".css"), answer.body());
        }
    }

    @Test
    void traceIsRefused() throws Exception {
        HttpResponse<String> answer = send("TRACE", "/login", "Authorization", "Bearer a-token");
        assertEquals(405, answer.statusCode());
        assertFalse(answer.body().contains("a-token"), answer.body());
    }

    /** A table is not there: the answer tells neither the statement nor the library. */
    @Test
    void whatBreaksIsToldWithoutItsInside() throws Exception {
        rename("session.session", "gone");
        try {
            HttpResponse<String> answer =
                    send("GET", "/account", "Cookie", "monban_session=" + "A".repeat(43));
            if (answer.statusCode() < 500) {
                answer =
                        send(
                                "GET",
                                "/account",
                                "Cookie",
                                "__Host-monban_session=" + "A".repeat(43));
            }
            assertTrue(answer.statusCode() >= 500, answer.statusCode() + answer.body());
            for (String inside : List.of("session.session", "select", "postgres", "Exception")) {
                assertFalse(answer.body().contains(inside), answer.body());
            }
        } finally {
            rename("session.gone", "session");
        }
    }

    private static void rename(String table, String to) {
        gate.database.transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("alter table " + table + " rename to " + to);
            }
        });
    }

    @Test
    void sessionsEndByIdlenessAndByAge() {
        ClockedGate.Person idle = gate.new Person("one@surface.example", "203.0.113.1");
        idle.enter();
        gate.later(Duration.ofHours(4).minusMinutes(1));
        assertEquals(200, idle.get("/account").status());
        gate.later(Duration.ofHours(4).plusMinutes(1));
        assertEquals("/login", idle.get("/account").location());

        ClockedGate.Person busy = gate.new Person("one@surface.example", "203.0.113.1");
        busy.enter();
        for (int hour = 3; hour < 14; hour += 3) {
            gate.later(Duration.ofHours(3));
            assertEquals(200, busy.get("/account").status(), "after " + hour + " hours");
        }
        gate.later(Duration.ofHours(2).plusMinutes(1));
        assertEquals("/login", busy.get("/account").location());
    }

    @Test
    void codesLastAMinute() {
        ClockedGate.Person person = gate.new Person("one@surface.example", "203.0.113.2");
        person.enter();
        String early = code(person);
        gate.later(Duration.ofSeconds(59));
        ClockedGate.Answer tokens = redeem(person, early);
        assertEquals(200, tokens.status(), tokens.body());
        String late = code(person);
        gate.later(Duration.ofSeconds(61));
        ClockedGate.Answer refused = redeem(person, late);
        assertEquals(400, refused.status());
        assertTrue(refused.body().contains("invalid_grant"), refused.body());
    }

    private static String code(ClockedGate.Person person) {
        String answer =
                person.get(
                                "/authorize?response_type=code&client_id=crm&redirect_uri="
                                        + CALLBACK
                                        + "&scope=openid&code_challenge_method=S256&code_challenge="
                                        + "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
                        .location();
        assertTrue(answer.startsWith(CALLBACK + "?code="), answer);
        return answer.replaceFirst(".*[?]code=([^&]+).*", "$1");
    }

    private static ClockedGate.Answer redeem(ClockedGate.Person person, String code) {
        return person.send(
                "POST",
                "/token",
                Optional.of(
                        "grant_type=authorization_code&client_id=crm&redirect_uri="
                                + CALLBACK
                                + "&code="
                                + code
                                + "&code_verifier="
                                + VERIFIER));
    }

    /** What a stranger writes with line ends and quotes is one string of one line. */
    @Test
    void theLogIsOneObjectALineWhateverIsInIt() {
        String hostile = "x\"}\n{\"at\":\"forged\",\"level\":\"error\"}\r\u2028\u0000\u001b[31m";
        LogRecord record = new LogRecord(Level.INFO, hostile);
        record.setLoggerName("dev.monban");
        record.setInstant(BEGIN);
        record.setThrown(new IllegalStateException(hostile));
        String line = new JsonLog().format(record);
        assertEquals(1, line.chars().filter(c -> c == '\n').count(), line);
        assertTrue(line.endsWith("}\n"), line);
        assertTrue(line.chars().noneMatch(c -> c < ' ' && c != '\n'), line);
        assertTrue(line.startsWith("{\"at\":\"2027-03-01T00:00:00Z\""), line);
        assertFalse(line.contains("{\"at\":\"forged\""), line);
    }
}
