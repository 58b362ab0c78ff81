package dev.monban.server.platform.outgoing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.platform.Scarce;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutgoingCallsTest {

    private static final Limits LIMITS =
            new Limits(Duration.ofSeconds(20), Duration.ofSeconds(30), 1_000, 4);

    /**
     * Short, for targets that never end; a call that is not ended fails the test by its patience.
     */
    private static final Limits HASTY =
            new Limits(Duration.ofMillis(300), Duration.ofMillis(600), 1_000, 4);

    private final AtomicLong nanos = new AtomicLong();

    private OutgoingCalls to(Peer peer) {
        return to(List.of("127.0.0.1:" + peer.port()));
    }

    private OutgoingCalls to(List<String> allowed) {
        return new OutgoingCalls(
                Destinations.allowing(allowed), InetAddress::getAllByName, nanos::get, null);
    }

    private static URI at(Peer peer, String path) {
        return URI.create("http://127.0.0.1:" + peer.port() + path);
    }

    private static CallFailed failure(OutgoingCalls calls, Limits limits, URI uri) {
        return assertThrows(
                CallFailed.class, () -> calls.caller(Purpose.WEBHOOK, limits).get("me", uri));
    }

    @Test
    void aDeclaredTargetIsCalledAndItsAnswerReadWhole() throws IOException {
        try (Peer peer = new Peer(Peer.WELL);
                OutgoingCalls calls = to(peer)) {
            Answer answer =
                    calls.caller(Purpose.WEBHOOK, LIMITS)
                            .send(
                                    "me",
                                    OutgoingRequest.post(
                                                    at(peer, "/hook?a=b"), "text/plain", "hello")
                                            .with("Authorization", "Bearer x"));
            assertEquals(200, answer.status());
            assertEquals("fine", answer.text());
            assertEquals("text/plain", answer.header("content-TYPE"));
            String sent = peer.requests.getFirst();
            assertTrue(sent.startsWith("POST /hook?a=b HTTP/1.1\r\n"), sent);
            assertTrue(sent.contains("\r\nHost: 127.0.0.1:" + peer.port() + "\r\n"), sent);
            assertTrue(sent.contains("\r\nAuthorization: Bearer x\r\n"), sent);
            assertTrue(sent.contains("\r\nContent-Type: text/plain\r\n"), sent);
            assertTrue(sent.endsWith("\r\n\r\nhello"), sent);
            assertEquals(1, calls.count(Purpose.WEBHOOK, Result.OK));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[64:ff9b::7f00:1]",
                "[::127.0.0.1]",
                "2130706433",
                "0x7f000001",
                "0x7f.1",
                "0177.0.0.1",
                "017700000001",
                "127.1",
                "127.0.0.1.",
                "localhost",
                "0.0.0.0",
                "169.254.169.254",
                "[fd00:ec2::254]",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "100.64.0.1",
                "100.100.100.200",
                "168.63.129.16",
                "224.0.0.1",
                "255.255.255.255",
                "[fe80::1]",
                "[fc00::1]",
                "[ff02::1]",
                "[2002:7f00:1::]",
                "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
                "[fe80::1%25lo]",
                "user@127.0.0.1",
            })
    void nothingIsSentToAnInternalHostHoweverItIsWritten(String host) throws IOException {
        try (Peer peer = new Peer(Peer.WELL);
                OutgoingCalls calls = to(List.of())) {
            for (String scheme : new String[] {"http", "https"}) {
                URI uri = URI.create(scheme + "://" + host + ":" + peer.port() + "/token");
                assertEquals(Result.REFUSED, failure(calls, LIMITS, uri).result(), uri.toString());
            }
            assertEquals(0, peer.connections.get());
            assertEquals(2, calls.count(Purpose.WEBHOOK, Result.REFUSED));
        }
    }

    @Test
    void aNameThatLeadsInsideIsRefusedEvenWhereOneOfItsAddressesIsPublic() throws Exception {
        try (Peer peer = new Peer(Peer.WELL);
                OutgoingCalls calls =
                        new OutgoingCalls(
                                Destinations.PUBLIC,
                                name ->
                                        new InetAddress[] {
                                            InetAddress.ofLiteral("93.184.215.14"),
                                            InetAddress.getLoopbackAddress()
                                        },
                                nanos::get,
                                null)) {
            CallFailed failure =
                    failure(calls, LIMITS, URI.create("https://idp.example:" + peer.port() + "/"));
            assertEquals(Result.REFUSED, failure.result());
            assertTrue(
                    String.valueOf(failure.getMessage()).contains("127.0.0.1 is loopback"),
                    failure.getMessage());
            assertEquals(0, peer.connections.get());
        }
    }

    /** The name is asked once a call: what it says later is not where the connection goes. */
    @Test
    void aNameThatChangesBetweenCheckAndConnectionChangesNothing() throws Exception {
        List<String> asked = new ArrayList<>();
        try (Peer good = new Peer(Peer.WELL);
                OutgoingCalls calls =
                        new OutgoingCalls(
                                Destinations.allowing(List.of("127.0.0.1:" + good.port())),
                                name -> {
                                    asked.add(name);
                                    return new InetAddress[] {
                                        asked.size() == 1
                                                ? InetAddress.ofLiteral("127.0.0.1")
                                                : InetAddress.ofLiteral("127.0.0.2")
                                    };
                                },
                                nanos::get,
                                null)) {
            URI uri = URI.create("http://rebound.example:" + good.port() + "/");
            assertEquals("fine", calls.caller(Purpose.WEBHOOK, LIMITS).get("me", uri).text());
            assertEquals(List.of("rebound.example"), asked);
            assertTrue(
                    good.requests.getFirst().contains("Host: rebound.example:" + good.port()),
                    good.requests.getFirst());
            assertEquals(Result.REFUSED, failure(calls, LIMITS, uri).result());
            assertEquals(1, good.connections.get());
        }
    }

    @Test
    void aRedirectIsAnAnswerAndNotFollowed() throws IOException {
        try (Peer inside = new Peer(Peer.WELL);
                Peer peer =
                        new Peer(out ->
                                out.write(
                                        ("HTTP/1.1 307 See\r\nLocation: http://127.0.0.1:"
                                                        + inside.port()
                                                        + "/\r\nContent-Length: 0\r\n\r\n")
                                                .getBytes(StandardCharsets.US_ASCII)));
                OutgoingCalls calls = to(peer)) {
            Answer answer = calls.caller(Purpose.WEBHOOK, LIMITS).get("me", at(peer, "/"));
            assertEquals(307, answer.status());
            assertEquals(0, inside.connections.get());
        }
    }

    @Test
    void anAnswerOfAnyLengthTakesNoMoreThanItMay() throws IOException {
        byte[] mebibyte = new byte[1 << 20];
        Peer.Manner declared =
                out -> {
                    out.write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    for (int i = 0; i < 100; i++) {
                        out.write(mebibyte);
                    }
                };
        Peer.Manner endless =
                out -> {
                    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    for (int i = 0; i < 100; i++) {
                        out.write(mebibyte);
                    }
                };
        Peer.Manner chunked =
                out -> {
                    out.write(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        out.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
                        out.write(mebibyte);
                        out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                    }
                };
        for (Peer.Manner manner : List.of(declared, endless, chunked)) {
            try (Peer peer = new Peer(manner);
                    OutgoingCalls calls = to(peer)) {
                assertEquals(Result.TOO_LARGE, failure(calls, LIMITS, at(peer, "/")).result());
            }
        }
        String most = "x".repeat(LIMITS.maxBytes());
        try (Peer peer = new Peer(out -> out.write(Peer.ok(most)));
                OutgoingCalls calls = to(peer)) {
            assertEquals(
                    most, calls.caller(Purpose.WEBHOOK, LIMITS).get("me", at(peer, "/")).text());
        }
    }

    @Test
    void aHeadThatNeverEndsIsTooLarge() throws IOException {
        for (String repeated : new String[] {"X: y\r\n", "x".repeat(10_000)}) {
            try (Peer peer =
                            new Peer(out -> {
                                out.write(
                                        "HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
                                while (true) {
                                    out.write(repeated.getBytes(StandardCharsets.US_ASCII));
                                }
                            });
                    OutgoingCalls calls = to(peer)) {
                assertEquals(Result.TOO_LARGE, failure(calls, LIMITS, at(peer, "/")).result());
            }
        }
    }

    /** A byte now and then keeps every wait for the next byte short; the whole ends it. */
    @Test
    void dripsAndSilenceEndWithTheTimeOfTheWhole() throws IOException {
        CountDownLatch over = new CountDownLatch(1);
        Peer.Manner silent =
                out -> {
                    over.await();
                };
        Peer.Manner drippingBody =
                out -> {
                    out.write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                    drip(out);
                };
        Peer.Manner drippingHead =
                out -> {
                    out.write("HTTP/1.1 200 OK\r\nX: ".getBytes(StandardCharsets.US_ASCII));
                    drip(out);
                };
        Peer.Manner early =
                out -> {
                    while (true) {
                        out.write(
                                "HTTP/1.1 103 Early Hints\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                        out.flush();
                        Thread.sleep(20);
                    }
                };
        for (Peer.Manner manner : List.of(silent, drippingBody, drippingHead, early)) {
            try (Peer peer = new Peer(manner);
                    OutgoingCalls calls = to(peer)) {
                assertEquals(Result.TIMEOUT, failure(calls, HASTY, at(peer, "/")).result());
                assertEquals(0, calls.atOnce(Purpose.WEBHOOK));
            }
        }
        over.countDown();
    }

    private static void drip(java.io.OutputStream out) throws IOException, InterruptedException {
        while (true) {
            out.write('x');
            out.flush();
            Thread.sleep(20);
        }
    }

    @Test
    void aNameServerThatDoesNotAnswerEndsWithTheTimeOfTheWhole() {
        CountDownLatch over = new CountDownLatch(1);
        try (OutgoingCalls calls =
                new OutgoingCalls(
                        Destinations.PUBLIC,
                        name -> {
                            try {
                                over.await();
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                            throw new UnknownHostException(name);
                        },
                        nanos::get,
                        null)) {
            assertEquals(
                    Result.TIMEOUT,
                    failure(calls, HASTY, URI.create("https://slow.example/")).result());
        } finally {
            over.countDown();
        }
    }

    @Test
    void oneSlowTargetTakesNotThePlacesOfOthers() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (Peer slow = new Peer(out -> over.await());
                Peer well = new Peer(Peer.WELL);
                OutgoingCalls calls =
                        to(List.of("127.0.0.1:" + slow.port(), "127.0.0.1:" + well.port()));
                ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            OutgoingCalls.Caller caller = calls.caller(Purpose.FEDERATION, LIMITS);
            List<Future<Answer>> waiting = new ArrayList<>();
            for (int i = 0; i < LIMITS.maxAtOnce(); i++) {
                waiting.add(many.submit(() -> caller.get("slow tenant", at(slow, "/"))));
            }
            while (slow.requests.size() < LIMITS.maxAtOnce()) {
                Thread.onSpinWait();
            }
            CallFailed fifth =
                    assertThrows(CallFailed.class, () -> caller.get("slow tenant", at(slow, "/")));
            assertEquals(Result.BUSY, fifth.result());
            assertEquals("fine", caller.get("slow tenant", at(well, "/")).text());
            assertEquals("fine", caller.get("other tenant", at(well, "/")).text());
            over.countDown();
            for (Future<Answer> one : waiting) {
                assertThrows(java.util.concurrent.ExecutionException.class, one::get);
            }
            assertEquals(0, calls.atOnce(Purpose.FEDERATION));
        }
    }

    @Test
    void afterFailuresInARowNothingIsSentForATimeAndThenOneTries() throws IOException {
        try (Peer peer = new Peer(out -> out.write('?'));
                OutgoingCalls calls = to(peer)) {
            OutgoingCalls.Caller caller = calls.caller(Purpose.BREACHED_PASSWORDS, LIMITS);
            for (int i = 0; i < Breaker.MAX_FAILURES; i++) {
                assertEquals(Result.FAILED, fails(caller, "me", peer));
            }
            assertEquals(Result.BREAKER_OPEN, fails(caller, "me", peer));
            assertEquals(Breaker.MAX_FAILURES, peer.connections.get());
            // Another owner's failures are its own.
            assertEquals(Result.FAILED, fails(caller, "you", peer));
            nanos.addAndGet(Breaker.OPEN_FOR.toNanos());
            assertEquals(Result.FAILED, fails(caller, "me", peer));
            assertEquals(Result.BREAKER_OPEN, fails(caller, "me", peer));
            nanos.addAndGet(Breaker.OPEN_FOR.toNanos());
            peer.behaves(Peer.WELL);
            assertEquals("fine", caller.get("me", at(peer, "/")).text());
            assertEquals("fine", caller.get("me", at(peer, "/")).text());
            assertEquals(2, calls.count(Purpose.BREACHED_PASSWORDS, Result.BREAKER_OPEN));
        }
    }

    private static Result fails(OutgoingCalls.Caller caller, String owner, Peer peer) {
        return assertThrows(CallFailed.class, () -> caller.get(owner, at(peer, "/"))).result();
    }

    @Test
    void whatIsNoHttpAddressIsRefused() {
        try (OutgoingCalls calls = to(List.of("0.0.0.0/0", "::/0"))) {
            for (String uri :
                    new String[] {
                        "file:///etc/passwd",
                        "ftp://idp.example/",
                        "jar:https://idp.example/x.jar!/",
                        "https:idp.example",
                        "/token",
                        "https://idp.example:0/",
                        "https://idp.example:99999/",
                        "https://user:word@idp.example/",
                    }) {
                assertEquals(Result.REFUSED, failure(calls, LIMITS, URI.create(uri)).result(), uri);
            }
        }
    }

    @Test
    void whateverThreadHoldsWhatOthersWaitForCallsNobody() throws IOException {
        try (Peer peer = new Peer(Peer.WELL);
                OutgoingCalls calls = to(peer)) {
            OutgoingCalls.Caller caller = calls.caller(Purpose.WEBHOOK, LIMITS);
            try (Scarce.Hold _ = Scarce.hold("a hash thread")) {
                IllegalStateException refused =
                        assertThrows(
                                IllegalStateException.class, () -> caller.get("me", at(peer, "/")));
                assertTrue(
                        String.valueOf(refused.getMessage())
                                .contains("this thread holds a hash thread"),
                        refused.getMessage());
                try (Scarce.Hold _ = Scarce.hold("a connection")) {
                    assertThrows(
                            IllegalStateException.class, () -> caller.get("me", at(peer, "/")));
                }
                assertThrows(IllegalStateException.class, () -> caller.get("me", at(peer, "/")));
            }
            assertEquals(0, peer.connections.get());
            assertEquals("fine", caller.get("me", at(peer, "/")).text());
        }
    }

    @Test
    void whatIsShownHoldsNoSecret() {
        OutgoingRequest request =
                OutgoingRequest.post(URI.create("https://x.example/T0/secret"), "a/b", "secret")
                        .with("Authorization", "secret");
        assertFalse(request.toString().contains("secret"), request.toString());
    }
}
