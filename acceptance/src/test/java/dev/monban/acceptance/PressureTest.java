package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Floods, clocks and a sudden end. */
class PressureTest {

    /** Of the gate at rest and under a flood: what a flood may add at most. */
    private static final long MEMORY_MOST_MIB = 450;

    private static final String[] FLOODING = {"X-Forwarded-For", "203.0.113.9"};
    private static final String[] HONEST = {"X-Forwarded-For", "198.51.100.20"};

    /** What one source may have under way is bounded; another source must not feel it. */
    @Test
    void aFloodOfWrongPasswordsTakesNeitherTheMemoryNorTheDoor() throws Exception {
        try (GateProcess gate =
                House.own("--source-rate", "5000", "--trusted-proxy", "127.0.0.1/32")) {
            List<Map<String, String>> forms = new ArrayList<>();
            List<Visitor> visitors = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                Visitor visitor = new Visitor(gate);
                Map<String, String> form = Visitor.hidden(visitor.get("/login", FLOODING).body());
                form.put("identifier", "victim" + i % 500 + "@yamada.example");
                form.put("password", "guess-" + i);
                forms.add(form);
                visitors.add(visitor);
            }
            Visitor honest = new Visitor(gate);
            Map<String, String> credentials = Visitor.hidden(honest.get("/login", HONEST).body());
            credentials.put("identifier", House.SATO);
            credentials.put("password", House.SATO_PASSWORD);
            assertEquals(303, honest.post("/login", credentials, HONEST).statusCode());
            CountDownLatch start = new CountDownLatch(1);
            AtomicInteger waiting = new AtomicInteger();
            Map<Integer, Integer> statuses = new HashMap<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<HttpResponse<String>>> answers = new ArrayList<>();
                for (int i = 0; i < 1000; i++) {
                    Visitor visitor = visitors.get(i);
                    Map<String, String> form = forms.get(i);
                    answers.add(
                            threads.submit(() -> {
                                start.await();
                                waiting.incrementAndGet();
                                return visitor.post("/login", form, FLOODING);
                            }));
                }
                start.countDown();
                // While the flood is on, what needs no password is served.
                assertEquals(200, honest.get("/jwks", HONEST).statusCode());
                assertEquals(200, new Visitor(gate).get("/login", HONEST).statusCode());
                for (Future<HttpResponse<String>> answer : answers) {
                    int status = answer.get().statusCode();
                    statuses.merge(status, 1, Integer::sum);
                    if (status == 503) {
                        assertTrue(answer.get().headers().firstValue("Retry-After").isPresent());
                    }
                }
            }
            System.out.println("flood of 1000 wrong passwords: " + statuses);
            assertEquals(1000, statuses.getOrDefault(422, 0) + statuses.getOrDefault(503, 0));
            assertTrue(statuses.getOrDefault(422, 0) > 0);
            long resident = gate.residentMib();
            System.out.println("resident after the flood: " + resident + " MiB");
            assertTrue(resident < MEMORY_MOST_MIB, resident + " MiB");
            assertEquals(303, honest.post("/login", credentials, HONEST).statusCode());
        }
    }

    /** Pairs, one after the other and in turns, so that the machine's moods strike both alike. */
    @Test
    void anUnknownAccountTakesAsLongAsAWrongPassword() {
        GateProcess gate = House.gate();
        Visitor visitor = new Visitor(gate);
        Map<String, String> form = Visitor.hidden(visitor.get("/login").body());
        int pairs = 150;
        double[] known = new double[pairs];
        double[] unknown = new double[pairs];
        for (int i = -10; i < pairs; i++) {
            boolean knownFirst = i % 2 == 0;
            double first = timed(visitor, form, knownFirst);
            double second = timed(visitor, form, !knownFirst);
            if (i >= 0) {
                known[i] = knownFirst ? first : second;
                unknown[i] = knownFirst ? second : first;
            }
        }
        int slower = 0;
        for (int i = 0; i < pairs; i++) {
            slower += known[i] > unknown[i] ? 1 : 0;
        }
        double ratio = median(known) / median(unknown);
        System.out.printf(
                "wrong password / unknown account: median ratio %.3f, slower in %d of %d pairs%n",
                ratio, slower, pairs);
        // Under equality, the count lies within 75 ± 4 × 6.1 in all but one of 16,000 runs.
        assertTrue(slower > 50 && slower < 100, "slower in " + slower + " of " + pairs);
        assertTrue(ratio > 0.9 && ratio < 1.1, "ratio " + ratio);
    }

    @Test
    void aGateKilledUnderLoadLosesNothingThatItAcknowledged() throws Exception {
        try (GateProcess gate = House.own("--source-rate", "5000")) {
            Queue<String> refreshTokens = new ConcurrentLinkedQueue<>();
            Queue<Visitor> signedIn = new ConcurrentLinkedQueue<>();
            Queue<String> revoked = new ConcurrentLinkedQueue<>();
            AtomicBoolean stopped = new AtomicBoolean();
            CountDownLatch enough = new CountDownLatch(30);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 4; i++) {
                    threads.execute(() -> {
                        while (!stopped.get()) {
                            Visitor visitor = new Visitor(gate);
                            Party crm = new Party(gate, "crm");
                            Map<String, Object> tokens =
                                    crm.tokens(visitor, "scope", "openid offline_access");
                            signedIn.add(visitor);
                            String first = String.valueOf(tokens.get("refresh_token"));
                            HttpResponse<String> next = crm.refresh(first);
                            refreshTokens.add(
                                    String.valueOf(Party.json(next).get("refresh_token")));
                            Map<String, Object> other = crm.tokens(visitor);
                            String access = String.valueOf(other.get("access_token"));
                            if (crm.post("/revoke", Map.of("token", access)).statusCode() == 200) {
                                revoked.add(access);
                            }
                            enough.countDown();
                        }
                    });
                }
                enough.await();
                gate.kill();
                stopped.set(true);
            }
            gate.startAgain();
            Party crm = new Party(gate, "crm");
            for (Visitor visitor : signedIn) {
                assertEquals(200, visitor.get("/account").statusCode());
            }
            for (String token : refreshTokens) {
                assertEquals(200, crm.refresh(token).statusCode());
            }
            for (String token : revoked) {
                assertFalse(crm.isActive(token));
            }
            System.out.printf(
                    "killed under load: %d sessions, %d refresh tokens, %d revocations, all there%n",
                    signedIn.size(), refreshTokens.size(), revoked.size());
            assertTrue(signedIn.size() >= 30);
        }
    }

    @Test
    void aGateThatIsStoppedFinishesWhatIsInWork() throws Exception {
        try (GateProcess gate = House.own()) {
            Visitor visitor = new Visitor(gate);
            Map<String, String> form = Visitor.hidden(visitor.get("/login").body());
            form.put("identifier", House.SATO);
            form.put("password", House.SATO_PASSWORD);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<HttpResponse<String>> answer =
                        threads.submit(() -> visitor.post("/login", form));
                Visitor management = new Visitor("http://localhost:" + gate.managementPort());
                String waiting = "monban_password_waiting 0.0";
                while (!answer.isDone() && management.get("/metrics").body().contains(waiting)) {
                    Thread.onSpinWait();
                }
                assertTrue(gate.stop());
                assertEquals(303, answer.get().statusCode());
            }
            gate.startAgain();
            assertEquals(200, visitor.get("/account").statusCode());
        }
    }

    @Test
    void theLogHoldsNoSecret() throws IOException {
        GateProcess gate = House.gate();
        Party crm = new Party(gate, "crm");
        Map<String, Object> tokens = crm.tokens(new Visitor(gate));
        new Visitor(gate).signIn("/login", House.SATO, "a-wrong-password-to-look-for");
        String log = gate.log();
        for (String secret :
                List.of(
                        House.SATO_PASSWORD,
                        "a-wrong-password-to-look-for",
                        House.SECRET,
                        House.SATO,
                        String.valueOf(tokens.get("access_token")),
                        String.valueOf(tokens.get("refresh_token")))) {
            assertTrue(!log.contains(secret), secret);
        }
        for (String line : log.lines().filter(l -> l.startsWith("{")).toList()) {
            assertTrue(line.endsWith("}"), line);
        }
    }

    private static double timed(Visitor visitor, Map<String, String> form, boolean known) {
        form.put("identifier", known ? House.SATO : "nobody-here@x.example");
        form.put("password", "wrong-" + known);
        long began = System.nanoTime();
        assertEquals(422, visitor.post("/login", form).statusCode());
        return System.nanoTime() - began;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
