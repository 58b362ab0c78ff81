package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The embedded PostgreSQL ends by itself, or cannot come back; and as whom it runs. */
class DatabaseKilledTest {

    private static final int KILLS = 2;

    @Test
    void aKilledDatabaseComesBackWithAllThatWasAcknowledged() throws Exception {
        try (GateProcess gate = House.own("--source-rate", "5000")) {
            Queue<Visitor> signedIn = new ConcurrentLinkedQueue<>();
            Queue<String> refreshTokens = new ConcurrentLinkedQueue<>();
            AtomicBoolean stopped = new AtomicBoolean();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 4; i++) {
                    threads.execute(() -> {
                        while (!stopped.get()) {
                            signIn(gate, signedIn, refreshTokens);
                        }
                    });
                }
                for (int kill = 0; kill < KILLS; kill++) {
                    int before = refreshTokens.size();
                    Operators.await(() -> refreshTokens.size() >= before + 8);
                    long pid = gate.databasePid();
                    kill(pid);
                    Operators.await(() -> isAnother(gate, pid));
                    int after = refreshTokens.size();
                    Operators.await(() -> refreshTokens.size() >= after + 8);
                }
                stopped.set(true);
            }
            Visitor management = new Visitor("http://localhost:" + gate.managementPort());
            assertEquals(200, management.get("/health/ready").statusCode());
            Party crm = new Party(gate, "crm");
            for (Visitor visitor : signedIn) {
                assertEquals(200, visitor.get("/account").statusCode());
            }
            for (String token : refreshTokens) {
                assertEquals(200, crm.refresh(token).statusCode());
            }
            assertTrue(gate.log().contains("the embedded PostgreSQL ended by itself"));
        }
    }

    @Test
    void aDatabaseThatCannotComeBackEndsTheProcess() throws Exception {
        try (GateProcess gate = House.own()) {
            Path control = gate.folder().resolve("data/postgresql/18/global/pg_control");
            Files.move(control, control.resolveSibling("pg_control.away"));
            kill(gate.databasePid());
            assertEquals(OptionalInt.of(1), gate.exitCode(60), gate::log);
            assertTrue(
                    gate.log()
                            .contains("the embedded PostgreSQL does not come back, so Monban ends"),
                    gate.log());
        }
    }

    /** Started by root or not, the database has no more rights than an ordinary user. */
    @Test
    void theDatabaseRunsAsAnOrdinaryUser() throws Exception {
        String status =
                Files.readString(Path.of("/proc/" + House.gate().databasePid() + "/status"));
        assertNotEquals("0", field(status, "Uid"), status);
        assertNotEquals("0", field(status, "Gid"), status);
        assertEquals("0000000000000000", field(status, "CapEff"), status);
        assertEquals("0000000000000000", field(status, "CapPrm"), status);
    }

    private static String field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.split("\\s+", -1)[1])
                .findFirst()
                .orElseThrow();
    }

    /** A person who meets an error tries again; what is answered well must be there later. */
    private static void signIn(
            GateProcess gate, Queue<Visitor> signedIn, Queue<String> refreshTokens) {
        Visitor visitor = new Visitor(gate);
        Party crm = new Party(gate, "crm");
        try {
            Map<String, Object> tokens = crm.tokens(visitor, "scope", "openid offline_access");
            if (tokens.get("refresh_token") instanceof String token) {
                signedIn.add(visitor);
                refreshTokens.add(token);
            }
        } catch (RuntimeException | AssertionError e) {
            Thread.onSpinWait();
        }
    }

    private static boolean isAnother(GateProcess gate, long pid) {
        try {
            return gate.databasePid() != pid && gate.log().contains("PostgreSQL is back");
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static void kill(long pid) {
        assertTrue(ProcessHandle.of(pid).orElseThrow().destroyForcibly());
    }
}
