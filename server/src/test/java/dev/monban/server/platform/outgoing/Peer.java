package dev.monban.server.platform.outgoing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Another host, which answers as a test wishes, or does not. */
final class Peer implements AutoCloseable {

    /** What it does with a connection once the request was read. */
    interface Manner {
        void answer(OutputStream out) throws IOException, InterruptedException;
    }

    static final Manner WELL = out -> out.write(ok("fine"));

    final AtomicInteger connections = new AtomicInteger();
    final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final ServerSocket server;
    private volatile Manner manner;

    Peer(Manner manner) throws IOException {
        this(manner, new ServerSocket());
    }

    Peer(Manner manner, ServerSocket server) throws IOException {
        this.manner = manner;
        this.server = server;
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        Thread accepting = Thread.ofVirtual().start(this::accept);
        assert accepting.isVirtual();
    }

    int port() {
        return server.getLocalPort();
    }

    void behaves(Manner now) {
        manner = now;
    }

    static byte[] ok(String body) {
        return ("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
                        + body.length()
                        + "\r\n\r\n"
                        + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread serving = Thread.ofVirtual().start(() -> serve(socket));
                assert serving.isVirtual();
            } catch (IOException e) {
                // The test is over, or a handshake failed.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            requests.add(request(socket.getInputStream()));
            manner.answer(socket.getOutputStream());
            socket.getOutputStream().flush();
        } catch (IOException e) {
            // The gate has hung up.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String request(InputStream in) throws IOException {
        StringBuilder read = new StringBuilder();
        int length = 0;
        while (true) {
            int one = in.read();
            if (one < 0) {
                return read.toString();
            }
            read.append((char) one);
            if (read.indexOf("\r\n\r\n") >= 0) {
                for (String line : read.toString().split("\r\n", -1)) {
                    if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                        length = Integer.parseInt(line.substring(15).strip());
                    }
                }
                read.append(new String(in.readNBytes(length), StandardCharsets.UTF_8));
                return read.toString();
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
