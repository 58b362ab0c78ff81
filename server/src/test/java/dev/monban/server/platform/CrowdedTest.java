package dev.monban.server.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A listener whose places are taken, and one request more. */
class CrowdedTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicInteger working = new AtomicInteger();
    private final List<Socket> sockets = new ArrayList<>();

    @Test
    void whereAllPlacesForWorkAreTakenTheNextIsToldToComeAgain() throws Exception {
        try (HttpServer server = server(HttpServer.MAX_CONNECTIONS)) {
            fill(server, "203.0.113.1", Limits.CONCURRENT_OF_SOURCE);
            assertBusy(ask(server, "203.0.113.1"));
            // Another source has its places, until those of all are taken.
            fill(server, "203.0.113.2", Limits.CONCURRENT - Limits.CONCURRENT_OF_SOURCE);
            Socket surplus = ask(server, "203.0.113.3");
            assertBusy(surplus);
            done.countDown();
            for (Socket socket : sockets) {
                if (!socket.isClosed()) {
                    assertTrue(head(socket).startsWith("HTTP/1.1 200"));
                    socket.close();
                }
            }
            assertTrue(head(ask(server, "203.0.113.3")).startsWith("HTTP/1.1 200"));
        }
    }

    @Test
    void whereEachConnectionHasARequestInWorkTheNextOneIsClosed() throws Exception {
        try (HttpServer server = server(20)) {
            fill(server, "203.0.113.1", 20);
            try (Socket surplus = ask(server, "203.0.113.2")) {
                assertEquals("", head(surplus));
            }
            done.countDown();
            assertTrue(head(sockets.getFirst()).startsWith("HTTP/1.1 200"));
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private HttpServer server(int maxConnections) {
        HttpServer server =
                new HttpServer(
                        new HttpServer.Settings(
                                "127.0.0.1",
                                0,
                                Optional.empty(),
                                new Addresses(
                                        List.of("127.0.0.1/32"),
                                        Addresses.ProxyHeader.X_FORWARDED_FOR),
                                maxConnections,
                                Optional.empty(),
                                (method, route, status, took) -> {}));
        server.get(
                "/",
                request -> {
                    working.incrementAndGet();
                    try {
                        done.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return Reply.text(200, "done");
                });
        return server.start();
    }

    /** Sends so many requests, and waits until each is in work. */
    private void fill(HttpServer server, String source, int count) throws Exception {
        int expected = working.get() + count;
        for (int i = 0; i < count; i++) {
            sockets.add(ask(server, source));
        }
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (working.get() < expected && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertEquals(expected, working.get());
    }

    private static Socket ask(HttpServer server, String source) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        String request =
                "GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: " + source + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void assertBusy(Socket socket) throws IOException {
        String head = head(socket);
        assertTrue(head.startsWith("HTTP/1.1 503"), head);
        assertTrue(head.contains("Retry-After: "), head);
        socket.close();
    }

    /** Status line and headers; empty where the connection was closed without. */
    private static String head(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next;
            try {
                next = in.read();
            } catch (java.net.SocketException reset) {
                return "";
            }
            if (next < 0) {
                return head.toString();
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
