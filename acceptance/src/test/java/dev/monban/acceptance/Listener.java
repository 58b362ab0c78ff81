package dev.monban.acceptance;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A relying party's end of the back channel, which may be out of order for a while. */
final class Listener {

    private final HttpServer server;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final AtomicInteger outOfOrder = new AtomicInteger();

    private Listener(HttpServer server) {
        this.server = server;
    }

    static Listener start() {
        try {
            HttpServer server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            Listener listener = new Listener(server);
            server.createContext(
                    "/logout",
                    exchange -> {
                        String body =
                                new String(
                                        exchange.getRequestBody().readAllBytes(),
                                        StandardCharsets.UTF_8);
                        boolean broken =
                                listener.outOfOrder.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
                        exchange.sendResponseHeaders(broken ? 500 : 200, -1);
                        exchange.close();
                        if (!broken) {
                            listener.received.add(body);
                        }
                    });
            server.start();
            return listener;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String address() {
        return "http://localhost:" + server.getAddress().getPort() + "/logout";
    }

    /** Answers with an error so many times. */
    void breakFor(int times) {
        outOfOrder.set(times);
    }

    /** The next logout token, waited for. */
    String next() throws InterruptedException {
        String body = received.poll(60, TimeUnit.SECONDS);
        if (body == null || !body.startsWith("logout_token=")) {
            throw new IllegalStateException("no logout token came: " + body);
        }
        return body.substring("logout_token=".length());
    }

    void forget() {
        received.clear();
    }
}
