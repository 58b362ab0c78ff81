package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.ECKey;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How clients prove who they are, and what is told where they do not, or ask for what is not. */
class ClientsTest {

    private static final ECKey KEY = Programs.key("one");

    @TempDir private static Path folder = Path.of("");

    private static Database database;
    private static ClockedGate gate;
    private static ClockedGate otherNode;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh("clients");
        Instant begin = Instant.parse("2026-11-24T00:00:00Z");
        gate = new ClockedGate(folder, database, Programs.usual(folder, KEY), begin);
        otherNode = new ClockedGate(folder, database, Programs.usual(folder, KEY), begin);
    }

    @AfterAll
    static void close() {
        otherNode.close();
        gate.close();
        database.close();
    }

    @Test
    void noiseOfOneClientHidesNoOtherAndWhatIsLeftOutIsCounted() {
        for (int i = 0; i < 100; i++) {
            assertEquals(
                    401,
                    new Program(gate, "192.0.2." + i)
                            .machine("noisy", "wrong-secret-" + i)
                            .status());
            new Program(gate, "192.0.2." + i).machine("unknown-" + i, "wrong-secret");
        }
        new Program(gate, "192.0.2.200").machine("x".repeat(48_000), "wrong-secret");
        assertEquals(
                5,
                Programs.causes(
                                database,
                                "client_id = ? and details->>'cause' = 'wrong_secret'",
                                "noisy")
                        .size());
        assertTrue(
                Programs.causes(
                                        database,
                                        "address like ? and details->>'cause' = 'unknown_client'",
                                        "192.0.2.%")
                                .size()
                        <= 5);
        // Another cause of the same client is seen at once.
        new Program(gate, "192.0.2.201")
                .post("/token", Program.form("client_credentials", "client_id", "noisy"));
        assertEquals(
                List.of("proof_missing"), Programs.causes(database, "address = ?", "192.0.2.201"));
        gate.later(Duration.ofSeconds(61));
        String leftOut =
                ClockedGate.await(() ->
                        Programs.rows(
                                        database,
                                        "select details->>'left_out' from audit.event where kind ="
                                                + " 'token_refused' and client_id = 'noisy' and"
                                                + " details->>'cause' = 'wrong_secret' and"
                                                + " details->>'left_out' is not null")
                                .stream()
                                .findFirst());
        assertEquals("95", leftOut);
    }

    @Test
    void bothSpellingsOfASecretAreOneSecret() {
        Program program = new Program(gate, "203.0.113.20");
        String encoded =
                java.net.URLEncoder.encode(
                        Programs.BASE64, java.nio.charset.StandardCharsets.UTF_8);
        assertFalse(encoded.equals(Programs.BASE64));
        assertEquals(200, program.machine("curl", Programs.BASE64).status());
        assertEquals(200, program.machine("curl", encoded).status());
        String form = "grant_type=client_credentials&client_id=curl&client_secret=";
        assertEquals(200, program.send("/token", form + encoded).status());
        assertEquals(200, program.send("/token", form + Programs.BASE64).status());
        assertEquals(200, program.send("/token", form + encoded + "\r\n").status());
        assertEquals(200, program.send("/token", form + encoded + "\n").status());
        assertEquals(401, program.machine("curl", encoded.replace("%2B", "%20")).status());
        assertEquals(401, program.machine("curl", Programs.BASE64 + "x").status());
        assertEquals(401, program.machine("curl", "").status());
    }

    @Test
    void anAssertionMayLiveAnHourNamesTheIssuerAloneAndIsGoodOnceOnAllNodes() throws Exception {
        Program program = new Program(gate, "203.0.113.21");
        String hour = Programs.sign(gate, KEY, "signs", Programs.ISSUER, 3600, "hour");
        assertEquals(200, program.assertion(hour).status());
        gate.later(Duration.ofMinutes(59));
        assertEquals("401 invalid_client", program.assertion(hour).error());
        assertEquals(
                "assertion_replayed",
                Programs.causes(database, "address = ?", "203.0.113.21").getLast());
        // The table is swept, and it is remembered still.
        assertEquals(
                1,
                Programs.number(
                        database,
                        "select count(*) from oidc.used_assertion where expires_at >= ?::timestamptz",
                        gate.now().plusSeconds(60).toString()));
        otherNode.later(Duration.between(otherNode.now(), gate.now()));
        String contested = Programs.sign(gate, KEY, "signs", Programs.ISSUER, 600, "contested");
        List<Integer> statuses = new ArrayList<>();
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Program one = new Program(i % 2 == 0 ? gate : otherNode, "203.0.113.22");
                waiting.add(
                        threads.submit(() -> {
                            start.await();
                            return one.assertion(contested).status();
                        }));
            }
            start.countDown();
            for (Future<Integer> one : waiting) {
                statuses.add(one.get());
            }
        }
        assertEquals(1, statuses.stream().filter(s -> s == 200).count(), statuses.toString());
        String token = Programs.ISSUER + "/token";
        for (Object audience :
                List.of(token, List.of(Programs.ISSUER), List.of(Programs.ISSUER, token))) {
            assertEquals(
                    "401 invalid_client",
                    program.assertion(
                                    Programs.sign(gate, KEY, "signs", audience, 60, "s" + audience))
                            .error(),
                    audience.toString());
        }
        for (Object audience : List.of(Programs.ISSUER, token, List.of(token))) {
            assertEquals(
                    200,
                    program.assertion(
                                    Programs.sign(
                                            gate, KEY, "spring", audience, 60, "t" + audience))
                            .status(),
                    audience.toString());
        }
        assertEquals(
                "401 invalid_client",
                program.assertion(
                                Programs.sign(
                                        gate,
                                        KEY,
                                        "spring",
                                        List.of(token, "https://a.example"),
                                        60,
                                        "u"))
                        .error());
    }
}
