package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of connections that want nothing. As a whole ({@code ./monban prove Connections}) they
 * are 12,000 of each kind; a tenth otherwise.
 */
class ConnectionsTest {

    private static final int CONNECTIONS = Proof.of(12_000);

    /** Of the gate under a flood; its heap is bounded by the launcher. */
    private static final long MAX_RESIDENT_MIB = 700;

    private static final int MAX_SLOWER = 5;

    /** The first bytes of a TLS handshake whose rest does not come. */
    private static final byte[] HALF_HANDSHAKE = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};

    private static final byte[] ONE_BYTE = {'G'};

    private static final byte[] HALF_HEADERS =
            ("GET /login HTTP/1.1\r\nHost: localhost\r\nCookie: " + "a".repeat(2_000))
                    .getBytes(StandardCharsets.US_ASCII);

    private final Random random = new Random(20_261_128);

    @TempDir private Path folder = Path.of("");

    @Test
    void withoutTlsAFloodOfConnectionsKeepsNobodyOut() throws Exception {
        try (GateProcess gate = House.own("--source-rate", "5000")) {
            Visitor visitor = new Visitor(gate);
            double quiet = signInMillis(visitor);
            for (boolean manySources : new boolean[] {false, true}) {
                for (byte[] sent : List.of(ONE_BYTE, HALF_HEADERS)) {
                    try (Flood flood = new Flood(gate.port(), manySources)) {
                        flood.open(CONNECTIONS, sent);
                        double beside = signInMillis(visitor);
                        said(gate, "plain", flood, quiet, beside);
                        assertTrue(beside <= MAX_SLOWER * quiet, beside + " ms beside " + quiet);
                        // The deadline begins at the accept, however long one drips.
                        assertTrue(flood.endsWithin(60), "connections are left open");
                    }
                }
            }
            assertComesBack(gate);
        }
    }

    @Test
    void overTlsAFloodOfConnectionsClosesNoneThatIsKept() throws Exception {
        SelfSigned identity = SelfSigned.in(folder);
        try (GateProcess gate =
                House.own(
                        "--source-rate",
                        "5000",
                        "--tls-certificate",
                        identity.chain().toString(),
                        "--tls-key",
                        identity.key().toString())) {
            Visitor visitor = new Visitor("https://localhost:" + gate.port(), identity.context());
            double quiet = signInMillis(visitor);
            // An office behind one address: each has a connection open that was answered before.
            List<SSLSocket> office = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                SSLSocket kept =
                        (SSLSocket)
                                identity.context()
                                        .getSocketFactory()
                                        .createSocket("localhost", gate.port());
                office.add(kept);
                assertEquals(200, asksOver(kept));
            }
            try (Flood flood = new Flood(gate.port(), true)) {
                flood.open(CONNECTIONS, HALF_HANDSHAKE);
                double beside = signInMillis(visitor);
                said(gate, "TLS", flood, quiet, beside);
                assertTrue(beside <= MAX_SLOWER * quiet, beside + " ms beside " + quiet);
                // Those that were opened last are idle for less than the time that they may be.
                for (SSLSocket kept : office.subList(office.size() - 100, office.size())) {
                    assertEquals(200, asksOver(kept));
                }
                assertTrue(flood.endsWithin(60), "half handshakes are left open");
            }
            for (SSLSocket kept : office) {
                kept.close();
            }
            assertComesBack(gate);
        }
    }

    /** What comes after the flood finds the gate as it was. */
    private static void assertComesBack(GateProcess gate) throws IOException {
        assertTrue(gate.residentMib() < MAX_RESIDENT_MIB, gate.residentMib() + " MiB");
        assertTrue(!gate.log().contains("OutOfMemory"), gate.log());
        HttpResponse<String> ready =
                new Visitor("http://localhost:" + gate.managementPort()).get("/health/ready");
        assertEquals(200, ready.statusCode());
    }

    private static void said(
            GateProcess gate, String kind, Flood flood, double quiet, double beside)
            throws IOException {
        System.out.printf(
                "%s: %d connections, %s sources: sign-in %.0f ms, %.0f ms in quiet; %d MiB%n",
                kind,
                CONNECTIONS,
                flood.manySources ? "many" : "one",
                beside,
                quiet,
                gate.residentMib());
    }

    private static double signInMillis(Visitor visitor) {
        double[] took = new double[20];
        for (int i = 0; i < took.length; i++) {
            Map<String, String> form = Visitor.hidden(visitor.get("/login?again=1").body());
            form.put("identifier", House.SATO);
            form.put("password", House.SATO_PASSWORD);
            long began = System.nanoTime();
            assertEquals(303, visitor.post("/login", form).statusCode());
            took[i] = (System.nanoTime() - began) / 1e6;
        }
        Arrays.sort(took);
        return took[took.length / 2];
    }

    private static int asksOver(Socket socket) throws IOException {
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write(
                        "GET /jwks HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after: " + head);
            }
            head.append((char) next);
        }
        int length =
                Integer.parseInt(
                        head.toString().replaceAll("(?is).*content-length: *(\\d+).*", "$1"));
        assertEquals(length, in.readNBytes(length).length);
        return Integer.parseInt(head.substring(9, 12));
    }

    /** Connections that say a little and then nothing, from one address or from many. */
    private final class Flood implements AutoCloseable {

        private final int port;
        private final boolean manySources;
        private final Deque<SocketChannel> channels = new ArrayDeque<>();

        Flood(int port, boolean manySources) {
            this.port = port;
            this.manySources = manySources;
        }

        void open(int count, byte[] sent) throws IOException {
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open();
                if (manySources) {
                    byte[] source = {
                        127,
                        (byte) random.nextInt(1, 255),
                        (byte) random.nextInt(1, 255),
                        (byte) random.nextInt(1, 255)
                    };
                    channel.bind(new InetSocketAddress(InetAddress.getByAddress(source), 0));
                }
                channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channels.add(channel);
                try {
                    channel.write(ByteBuffer.wrap(sent));
                } catch (IOException e) {
                    // It was closed for another one.
                }
                channel.configureBlocking(false);
            }
        }

        /** Whether the gate closes all of them, though each sends a byte now and then. */
        boolean endsWithin(int seconds) throws InterruptedException {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (!channels.isEmpty() && System.nanoTime() < until) {
                channels.removeIf(Flood::isOver);
                TimeUnit.MILLISECONDS.sleep(500);
            }
            return channels.isEmpty();
        }

        private static boolean isOver(SocketChannel channel) {
            try {
                channel.write(ByteBuffer.wrap(ONE_BYTE));
                if (channel.read(ByteBuffer.allocate(16)) >= 0) {
                    return false;
                }
                channel.close();
                return true;
            } catch (IOException e) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }
}
