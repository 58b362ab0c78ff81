package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much clients may leave behind before a browser comes: pushed requests, waiting devices. */
class PushedTest {

    private static final int MAX_WAITING = 2_000;
    private static final int MAX_OPENED = 20_000;
    private static final int MAX_DEVICES = 10_000;
    private static final int AT_ONCE = 8;

    @TempDir private static Path folder = Path.of("");

    private static Database database;
    private static ClockedGate gate;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh("pushed");
        gate =
                new ClockedGate(
                        folder,
                        database,
                        Programs.state(
                                folder,
                                """
                                  - id: proven
                                    name: Proven
                                    redirectUris: ["CALLBACK"]
                                    secret: {plain: SECRET}
                                    grants: [authorization_code]
                                    scopes: [openid]
                                  - id: open
                                    name: Open
                                    redirectUris: ["CALLBACK"]
                                    grants: [authorization_code]
                                    scopes: [openid]
                                  - id: small
                                    name: Small
                                    redirectUris: ["CALLBACK"]
                                    grants: [authorization_code]
                                    scopes: [openid]
                                  - id: busy
                                    name: Busy
                                    redirectUris: ["CALLBACK"]
                                    grants: [authorization_code]
                                    scopes: [openid]
                                  - id: tv
                                    name: TV
                                    grants: [device_code]
                                    scopes: [openid]
                                """),
                        Instant.parse("2026-11-24T00:00:00Z"));
    }

    @AfterAll
    static void close() {
        gate.close();
        database.close();
    }

    @Test
    void parametersThatNobodyReadsAreNotKept() {
        Map<String, String> pushed =
                Program.authorization("small", "unknown", "x".repeat(10_000), "claims", "{}");
        assertEquals(201, new Program(gate, "203.0.113.1").post("/par", pushed).status());
        List<String> kept =
                Programs.rows(
                        database,
                        "select parameters from oidc.pushed_request where client_id = 'small'");
        assertEquals(1, kept.size());
        assertFalse(kept.getFirst().contains("unknown"), kept.getFirst());
        assertTrue(kept.getFirst().contains("claims=%7B%7D"), kept.getFirst());
        assertTrue(kept.getFirst().length() < 500, kept.getFirst());
    }

    @Test
    void aPushHasSixteenKilobytesAtMost() {
        Program program = new Program(gate, "203.0.113.2");
        Map<String, String> request = Program.authorization("small");
        int rest = 16 * 1024 - Program.encode(request).length() - "&x=".length();
        assertEquals(201, program.post("/par", with(request, "x", "y".repeat(rest))).status());
        Program.Answer over = program.post("/par", with(request, "x", "y".repeat(rest + 1)));
        assertEquals("413 invalid_request", over.error());
        assertTrue(over.text("error_description").contains("16384 bytes"), over.body());
        // Short as it is sent, long as it is kept: each of these is three characters there.
        String brackets = "(".repeat(2_000);
        String sent =
                Program.encode(request)
                        + "&claims="
                        + brackets
                        + brackets
                        + "&id_token_hint="
                        + brackets
                        + brackets
                        + "&login_hint="
                        + brackets;
        assertTrue(sent.length() < 16 * 1024);
        assertEquals("413 invalid_request", program.send("/par", sent).error());
    }

    @Test
    void aClientThatProvesItselfIsToldWhenItPushesForNobody() {
        plant("proven", MAX_WAITING - 1, Duration.ZERO);
        assertEquals(201, pushProven().status());
        Program.Answer refused = pushProven();
        assertEquals("429 temporarily_unavailable", refused.error());
        assertEquals("90", refused.headers().firstValue("Retry-After").orElse(""));
        assertTrue(refused.text("error_description").contains("2000"), refused.body());
        assertEquals(MAX_WAITING, rows("proven"));
        // After their ninety seconds there is room again, and the expired ones go.
        gate.later(Duration.ofSeconds(91));
        for (int i = 0; i < 20; i++) {
            assertEquals(201, pushProven().status());
        }
        assertEquals(MAX_WAITING, rows("proven"));
    }

    @Test
    void aFloodForAClientThatAnybodyCanNameShutsNobodyOut() throws Exception {
        ClockedGate.Person sato = gate.new Person(Programs.PERSON, "203.0.113.4");
        sato.enter();
        // Somebody is on the way through the pages when the flood begins.
        String before = push("203.0.113.5");
        ClockedGate.Answer asked =
                gate.new Person(Programs.PERSON, "203.0.113.6")
                        .get("/authorize?client_id=open&request_uri=" + before);
        assertTrue(asked.location().startsWith("/login"), asked.location());
        plant("open", MAX_WAITING, Duration.ofSeconds(-1));
        String first = push("203.0.113.8");
        List<Program.Answer> answers =
                flood(
                        200,
                        i ->
                                new Program(gate, "198.51.100." + i % 100)
                                        .post("/par", Program.authorization("open")));
        assertEquals(List.of(), answers.stream().filter(a -> a.status() != 201).limit(1).toList());
        // Pushes that sweep at the same time leave rows to each other, and the next takes them.
        String last = push("203.0.113.7");
        long kept = rows("open");
        assertTrue(kept <= MAX_WAITING + 2, "kept: " + kept);
        // Whoever pushes now is served, and whoever was on the way goes on.
        for (String uri : List.of(first, last, before)) {
            String answer = sato.get("/authorize?client_id=open&request_uri=" + uri).location();
            assertTrue(answer.startsWith(Program.CALLBACK + "?code="), answer);
        }
    }

    @Test
    void whoIsOnTheWayMakesRoomOnlyForTwentyThousandOthers() {
        plant("busy", MAX_OPENED, Duration.ZERO);
        Programs.rows(
                database,
                "update oidc.pushed_request set opened_at = created_at where client_id = 'busy'"
                        + " returning 1");
        String uri =
                new Program(gate, "203.0.113.9")
                        .post("/par", Program.authorization("busy"))
                        .text("request_uri");
        String next =
                gate.new Person(Programs.PERSON, "203.0.113.6")
                        .get("/authorize?client_id=busy&request_uri=" + uri)
                        .location();
        assertTrue(next.startsWith("/login"), next);
        assertEquals(MAX_OPENED, rows("busy"));
    }

    @Test
    void devicesThatNobodyDecidesAboutMakeRoomForNewOnes() {
        Programs.rows(
                database,
                """
                insert into oidc.device_authorization (device_code_hash, user_code, client_id,
                                                       scopes, created_at, expires_at,
                                                       interval_seconds)
                select decode(md5(n::text), 'hex'), 'PLANTED' || n, 'tv', array['openid'],
                       ?::timestamptz, ?::timestamptz, 5
                  from generate_series(1, ?) n
                returning 1
                """,
                gate.now().toString(),
                gate.now().plusSeconds(1).toString(),
                MAX_DEVICES);
        Program tv = new Program(gate, "203.0.113.10");
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            codes.add(
                    tv.post("/device_authorization", Map.of("client_id", "tv", "scope", "openid"))
                            .text("device_code"));
        }
        assertEquals(
                MAX_DEVICES,
                Programs.number(
                        database,
                        "select count(*) from oidc.device_authorization where client_id = 'tv'"));
        for (String code : codes) {
            assertEquals(
                    "400 authorization_pending",
                    tv.post(
                                    "/token",
                                    Map.of(
                                            "grant_type",
                                            "urn:ietf:params:oauth:grant-type:device_code",
                                            "client_id",
                                            "tv",
                                            "device_code",
                                            code))
                            .error());
        }
    }

    private static Program.Answer pushProven() {
        return new Program(gate, "203.0.113.3")
                .post(
                        "/par",
                        Program.authorization("proven"),
                        "Authorization",
                        Program.basic("proven", Programs.SECRET));
    }

    /** Puts so many requests into the database as if they had been pushed at that time. */
    private static void plant(String client, int requests, Duration later) {
        Instant at = gate.now().plus(later);
        Programs.rows(
                database,
                """
                insert into oidc.pushed_request (request_hash, client_id, parameters, created_at,
                                                 expires_at)
                select decode(md5(? || n::text), 'hex'), ?, '', ?::timestamptz, ?::timestamptz
                  from generate_series(1, ?) n
                returning 1
                """,
                client,
                client,
                at.toString(),
                at.plusSeconds(90).toString(),
                requests);
    }

    private static String push(String address) {
        Program.Answer answer =
                new Program(gate, address).post("/par", Program.authorization("open"));
        assertEquals(201, answer.status(), answer.body());
        return answer.text("request_uri");
    }

    private static long rows(String client) {
        return Programs.number(
                database, "select count(*) from oidc.pushed_request where client_id = ?", client);
    }

    private static Map<String, String> with(Map<String, String> form, String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(form);
        more.put(name, value);
        return more;
    }

    @FunctionalInterface
    private interface Sent {
        Program.Answer send(int number);
    }

    private static List<Program.Answer> flood(int times, Sent sent) throws Exception {
        List<Future<Program.Answer>> waiting = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int i = 0; i < times; i++) {
                int number = i;
                waiting.add(threads.submit(() -> sent.send(number)));
            }
        }
        List<Program.Answer> answers = new ArrayList<>();
        for (Future<Program.Answer> one : waiting) {
            answers.add(one.get());
        }
        return answers;
    }
}
