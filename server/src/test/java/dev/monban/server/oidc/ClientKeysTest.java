package dev.monban.server.oidc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.sun.net.httpserver.HttpServer;
import dev.monban.server.platform.outgoing.Destinations;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Keys behind a {@code jwks_uri}: of clients that change them, break, or mean harm. */
class ClientKeysTest {

    private static final JWK FIRST = key("first");
    private static final JWK SECOND = key("second");

    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-24T00:00:00Z"));
    private final AtomicReference<List<JWK>> published = new AtomicReference<>(List.of(FIRST));
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile boolean broken;

    private final ClientKeys keys =
            new ClientKeys(
                    (client, uri) -> {
                        fetches.incrementAndGet();
                        if (broken) {
                            throw new IOException("it answers 500");
                        }
                        return new JWKSet(published.get())
                                .toString()
                                .getBytes(StandardCharsets.UTF_8);
                    },
                    now::get);

    private List<String> find(String kid) {
        return keys.find(client(), header(kid)).stream().map(JWK::getKeyID).toList();
    }

    private void later(Duration duration) {
        now.updateAndGet(time -> time.plus(duration));
    }

    @Test
    void areFetchedOnceAndUsedAgain() {
        for (int i = 0; i < 100; i++) {
            assertEquals(List.of("first"), find("first"));
        }
        assertEquals(1, fetches.get());
    }

    @Test
    void aNewKeyIsFoundAndMadeUpOnesCauseNoFlood() throws Exception {
        assertEquals(List.of("first"), find("first"));
        published.set(List.of(FIRST, SECOND));
        later(ClientKeys.MIN_BETWEEN);
        assertEquals(List.of("second"), find("second"));
        assertEquals(2, fetches.get());
        later(ClientKeys.MIN_BETWEEN);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<String>>> found = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                String kid = "made-up-" + i;
                found.add(threads.submit(() -> find(kid)));
            }
            for (Future<List<String>> one : found) {
                assertEquals(List.of(), one.get());
            }
        }
        assertEquals(3, fetches.get());
        assertEquals(List.of("second"), find("second"));
        assertEquals(3, fetches.get());
    }

    @Test
    void theLastKeysAreUsedForADayWhereNoFetchSucceeds() {
        assertEquals(List.of("first"), find("first"));
        broken = true;
        later(ClientKeys.KEPT_IN_OUTAGE.minusSeconds(1));
        assertEquals(List.of("first"), find("first"));
        later(Duration.ofSeconds(1));
        OAuthError refused = assertThrows(OAuthError.class, () -> find("first"));
        assertEquals(RefusalCause.ASSERTION_KEYS_UNREACHABLE, refused.refusal());
        broken = false;
        later(ClientKeys.MIN_BETWEEN);
        assertEquals(List.of("first"), find("first"));
    }

    @Test
    void aKeyThatWasTakenBackIsRefusedOnceTheSetIsFetchedAnew() {
        assertEquals(List.of("first"), find("first"));
        published.set(List.of(SECOND));
        later(ClientKeys.FRESH);
        // Known keys do not wait for the fetch, which this begins.
        assertEquals(List.of("first"), find("first"));
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!find("first").isEmpty() && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertEquals(List.of(), find("first"));
    }

    @Test
    void whoHasAKnownKeyDoesNotWaitForAFetchThatIsStuck() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        ClientKeys slow =
                new ClientKeys(
                        (client, uri) -> {
                            if (begun.getAndIncrement() > 0) {
                                try {
                                    stuck.await();
                                } catch (InterruptedException e) {
                                    throw new IOException(e);
                                }
                            }
                            return new JWKSet(List.of(FIRST))
                                    .toString()
                                    .getBytes(StandardCharsets.UTF_8);
                        },
                        now::get);
        assertEquals(1, slow.find(client(), header("first")).size());
        later(ClientKeys.FRESH);
        for (int i = 0; i < 100; i++) {
            assertEquals(1, slow.find(client(), header("first")).size());
        }
        assertTrue(begun.get() <= 2, "fetches: " + begun.get());
        stuck.countDown();
    }

    /** A server that answers nothing, too much, without end, elsewhere, or something else. */
    @Test
    void hostileAnswersAreRefusedInTimeAndSize() throws Exception {
        AtomicInteger elsewhere = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        byte[] block = new byte[64 * 1024];
        server.createContext(
                "/large",
                exchange -> {
                    exchange.sendResponseHeaders(200, 100L << 20);
                    try (OutputStream body = exchange.getResponseBody()) {
                        for (int i = 0; i < 1600; i++) {
                            body.write(block);
                        }
                    } catch (IOException gone) {
                        exchange.close();
                    }
                });
        server.createContext(
                "/stuck",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    try {
                        exchange.getResponseBody().write('{');
                        exchange.getResponseBody().flush();
                        end.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    exchange.close();
                });
        server.createContext(
                "/away",
                exchange -> {
                    exchange.getResponseHeaders().set("Location", "/target");
                    exchange.sendResponseHeaders(302, -1);
                    exchange.close();
                });
        server.createContext(
                "/target",
                exchange -> {
                    elsewhere.incrementAndGet();
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
        // This machine is declared as an exception, as an operator does it.
        try (OutgoingCalls calls = new OutgoingCalls(Destinations.allowing(List.of("localhost")));
                OutgoingCalls undeclared = new OutgoingCalls(Destinations.PUBLIC)) {
            String base = "http://localhost:" + server.getAddress().getPort();
            for (String path : List.of("/large", "/stuck", "/away", "/nothing-here")) {
                KeySetFetch fetch = new KeySetByHttp(calls);
                assertThrows(
                        IOException.class,
                        () -> fetch.fetch("signs", URI.create(base + path)),
                        path);
            }
            assertThrows(
                    IOException.class,
                    () ->
                            new KeySetByHttp(undeclared)
                                    .fetch("signs", URI.create(base + "/target")));
            assertEquals(0, elsewhere.get());
        } finally {
            end.countDown();
            server.stop(0);
        }
    }

    @Test
    void aSetOfNoKeysOrOfHundredsIsNone() {
        published.set(List.of());
        assertThrows(OAuthError.class, () -> find("first"));
        List<JWK> many = new ArrayList<>();
        for (int i = 0; i < 51; i++) {
            many.add(key("k" + i));
        }
        published.set(many);
        later(ClientKeys.MIN_BETWEEN);
        assertThrows(OAuthError.class, () -> find("k1"));
        published.set(many.subList(0, 50));
        later(ClientKeys.MIN_BETWEEN);
        assertEquals(List.of("k1"), find("k1"));
    }

    private static JWSHeader header(String kid) {
        return new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(kid).build();
    }

    private static JWK key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate().toPublicJWK();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Client client() {
        return new Client(
                "signs",
                "Signs",
                List.of(),
                List.of(),
                List.of(),
                null,
                "https://signs.example/jwks",
                Client.Proof.PRIVATE_KEY_JWT,
                List.of(Client.CLIENT_CREDENTIALS),
                List.of(),
                false,
                Algorithm.ES256,
                null,
                Client.TokenFormat.JWT,
                Duration.ofMinutes(5),
                null,
                null,
                false,
                false,
                false,
                false,
                List.of());
    }
}
