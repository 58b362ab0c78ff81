package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Requests that cost as much as they can, as fast as they are answered, at a gate with one
 * processor: pushed requests, activations, headers. As a whole ({@code ./monban prove Flood}) with
 * 23,000 activations; a tenth otherwise. Floods of connections are in {@link ConnectionsTest}.
 */
class FloodTest {

    private static final int ACTIVATIONS = Proof.of(23_000);

    /** A client that proves itself may leave 2,000 pushed requests. */
    private static final int PUSHES = Proof.of(5_000);

    private static final int HEADERS = Proof.of(20_000);

    /** Each sends its next request when the last one is answered. */
    private static final int AT_ONCE = 8;

    private static final int MAX_SLOWER = 5;

    /**
     * What the floods may leave on the heap. Most of it is what limits remember of 23,000 sources.
     */
    private static final long MAX_LEFT_MIB = 40;

    /** NFKC makes eighteen letters of one. */
    private static final String LIGATURE = "\ufdfa";

    private static final String[] HONEST = {"X-Forwarded-For", "198.51.100.20"};

    private static GateProcess gate;
    private static double quiet;
    private static long heapBefore;

    /** One request of a flood. */
    @FunctionalInterface
    private interface Shot {
        HttpResponse<String> fire(int number);
    }

    @BeforeAll
    static void open() throws Exception {
        gate =
                GateProcess.start(
                        House.state(),
                        Map.of("MONBAN_JAVA_OPTIONS", "-XX:ActiveProcessorCount=1"),
                        "--trusted-proxy",
                        "127.0.0.1/32");
        signInMillis();
        quiet = signInMillis();
        heapBefore = gate.heapMib();
    }

    @AfterAll
    static void close() throws Exception {
        long heap = gate.heapMib();
        System.out.printf("heap after collection: %d MiB, %d before%n", heap, heapBefore);
        try {
            assertTrue(heap <= heapBefore + MAX_LEFT_MIB, heap + " MiB, before " + heapBefore);
            assertTrue(!gate.log().contains("OutOfMemory"), gate.log());
            assertEquals(
                    200,
                    new Visitor("http://localhost:" + gate.managementPort())
                            .get("/health/ready")
                            .statusCode());
        } finally {
            gate.close();
        }
    }

    @Test
    void pushesOfUnknownParametersAreRefusedAndKeptNowhere() throws Exception {
        String basic = Party.basic("pusher", House.SECRET);
        Map<String, String> form = new Party(gate, "pusher").request();
        for (int i = 0; i < 57; i++) {
            form.put("unknown" + i, "y".repeat(1_000));
        }
        Map<Integer, Integer> statuses =
                flood(
                        "unknown parameters at /par",
                        PUSHES,
                        number ->
                                new Visitor(gate)
                                        .post(
                                                "/par",
                                                form,
                                                "Authorization",
                                                basic,
                                                "X-Forwarded-For",
                                                source(number % 200)));
        assertEquals(PUSHES, statuses.getOrDefault(413, 0) + refused(statuses));
        assertTrue(statuses.containsKey(413), statuses.toString());
    }

    @Test
    void pushesPastTheQuotaOfTheirClientAreRefused() throws Exception {
        String basic = Party.basic("crm", House.SECRET);
        Map<String, String> form = new Party(gate, "crm").request();
        Map<Integer, Integer> statuses =
                flood(
                        "pushes past the quota",
                        PUSHES,
                        number ->
                                new Visitor(gate)
                                        .post(
                                                "/par",
                                                form,
                                                "Authorization",
                                                basic,
                                                "X-Forwarded-For",
                                                source(number % 200)));
        int kept = statuses.getOrDefault(201, 0);
        assertEquals(PUSHES, kept + refused(statuses));
        // Those that are at work at the same time may pass together.
        assertTrue(kept > 0 && kept <= 2_000 + AT_ONCE, statuses.toString());
        if (Proof.whole()) {
            assertTrue(statuses.containsKey(429), statuses.toString());
        }
    }

    @Test
    void activationsWithHostileCodesAreRefused() throws Exception {
        Visitor browser = new Visitor(gate);
        Map<String, String> shown =
                Visitor.hidden(browser.get("/activate", "X-Forwarded-For", source(1)).body());
        Map<Integer, Integer> statuses =
                flood(
                        "activations",
                        ACTIVATIONS,
                        number -> {
                            Map<String, String> form = new LinkedHashMap<>(shown);
                            form.put("identifier", number + LIGATURE.repeat(200));
                            form.put("code", number + LIGATURE.repeat(number % 2 == 0 ? 500 : 20));
                            return browser.post(
                                    "/activate", form, "X-Forwarded-For", source(number));
                        });
        assertEquals(ACTIVATIONS, statuses.getOrDefault(422, 0) + refused(statuses));
        assertTrue(statuses.containsKey(422), statuses.toString());
    }

    @Test
    void aHostileHeaderCostsLittleAndItsSourceIsLimited() throws Exception {
        StringBuilder languages = new StringBuilder("zz-0");
        for (int i = 1; languages.length() < 31_000; i++) {
            languages.append(",zz-").append(i).append(";q=0.").append(i % 999);
        }
        Map<Integer, Integer> statuses =
                flood(
                        "Accept-Language of 31 KB",
                        HEADERS,
                        number ->
                                new Visitor(gate)
                                        .get(
                                                "/no-such-page",
                                                "Accept-Language",
                                                languages.toString(),
                                                "Accept",
                                                "text/html",
                                                "X-Forwarded-For",
                                                "203.0.113.9"));
        assertEquals(HEADERS, statuses.getOrDefault(404, 0) + refused(statuses));
        if (Proof.whole()) {
            assertTrue(statuses.containsKey(429), statuses.toString());
        }
    }

    /**
     * Sends them, and signs an honest person in beside them for as long as they last.
     *
     * @return how many were answered with which status
     */
    private static Map<Integer, Integer> flood(String name, int count, Shot shot) throws Exception {
        AtomicInteger next = new AtomicInteger();
        ConcurrentLinkedQueue<HttpResponse<String>> late = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Integer> answered = new ConcurrentLinkedQueue<>();
        AtomicBoolean enough = new AtomicBoolean();
        double beside;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < AT_ONCE; i++) {
                threads.execute(() -> {
                    // The flood lasts until the honest person is through, and is never shorter.
                    for (int number = next.getAndIncrement();
                            number < count || !enough.get();
                            number = next.getAndIncrement()) {
                        HttpResponse<String> answer = shot.fire(number);
                        int status = answer.statusCode();
                        if (number < count) {
                            answered.add(status);
                        }
                        if ((status == 429 || status == 503)
                                && answer.headers().firstValue("Retry-After").isEmpty()) {
                            late.add(answer);
                        }
                    }
                });
            }
            try {
                beside = signInMillis();
            } finally {
                enough.set(true);
            }
        }
        Map<Integer, Integer> statuses = new TreeMap<>();
        answered.forEach(status -> statuses.merge(status, 1, Integer::sum));
        System.out.printf(
                "%s: %d sent, %s; sign-in %.0f ms, %.0f ms in quiet; %d MiB resident%n",
                name, next.get() - AT_ONCE, statuses, beside, quiet, gate.residentMib());
        assertTrue(late.isEmpty(), "without Retry-After: " + late.size());
        assertTrue(beside <= MAX_SLOWER * quiet, beside + " ms beside " + quiet);
        return statuses;
    }

    private static int refused(Map<Integer, Integer> statuses) {
        return statuses.getOrDefault(429, 0) + statuses.getOrDefault(503, 0);
    }

    private static String source(int number) {
        return "10." + number / 62_500 + "." + number / 250 % 250 + "." + (number % 250 + 1);
    }

    /** The median of twenty sign-ins of one person. */
    private static double signInMillis() {
        Visitor visitor = new Visitor(gate);
        double[] took = new double[20];
        for (int i = 0; i < took.length; i++) {
            Map<String, String> form = Visitor.hidden(visitor.get("/login?again=1", HONEST).body());
            form.put("identifier", House.SATO);
            form.put("password", House.SATO_PASSWORD);
            long began = System.nanoTime();
            assertEquals(303, visitor.post("/login", form, HONEST).statusCode());
            took[i] = (System.nanoTime() - began) / 1e6;
        }
        Arrays.sort(took);
        return took[took.length / 2];
    }
}
