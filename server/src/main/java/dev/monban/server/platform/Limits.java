package dev.monban.server.platform;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;

/** The limits of everything that comes in over HTTP. */
public final class Limits {

    private Limits() {}

    /** Room for an authorization request with a long state, or a pushed one with claims. */
    public static final int FORM_BYTES = 64 * 1024;

    /**
     * Request line and headers of a request together; cookies of other applications on the host are
     * in them.
     */
    public static final int HEADER_BYTES = 48 * 1024;

    /** Path and query of a request; browsers and proxies hold no more anyway. */
    public static final int REQUEST_LINE_BYTES = 16 * 1024;

    /**
     * Requests of one source (an IPv4 address, a /64) in work at once. An office at nine stays far
     * below; one that sends a thousand expensive requests at once keeps nobody else out.
     */
    public static final int CONCURRENT_OF_SOURCE = 1_000;

    /** Requests in work at once, of all sources; each costs some 30 KiB of heap while it waits. */
    public static final int CONCURRENT = 2_000;

    /** How long a connection may be open without a request after its last answer. */
    public static final Duration IDLE = Duration.ofSeconds(60);

    /**
     * How long a request may take to arrive: from the accept on for the first one, TLS handshake
     * included, and from its first byte on for each one after.
     */
    public static final Duration READ = Duration.ofSeconds(15);

    /** How long a client may take to read an answer. */
    public static final Duration WRITE = Duration.ofSeconds(30);

    /** How long requests in work may still take when the server is stopped. */
    public static final Duration STOP = Duration.ofSeconds(10);

    /** What one idle connection costs over TLS, in bytes of heap; measured 8,600. */
    private static final int TLS_CONNECTION_BYTES = 10_000;

    /** What one idle connection costs without TLS, in bytes of heap; measured 2,900. */
    private static final int PLAIN_CONNECTION_BYTES = 4_000;

    /** What a connection costs while it sends a request, in bytes of heap: its buffers. */
    private static final int TLS_READING_BYTES = 36_000;

    private static final int PLAIN_READING_BYTES = 12_000;

    /** Files that the program needs besides connections: database, jars, mail, log. */
    private static final int OTHER_FILES = 1_000;

    /**
     * What the connections of a listening address may hold. Half of the heap is for idle
     * connections, a sixth for requests that have not arrived as a whole; the rest is the gate's
     * own.
     *
     * @param tls whether the gate speaks TLS itself
     * @param most places at once, however large the heap is
     */
    static Connections.Bounds connections(boolean tls, int most) {
        long heap = Runtime.getRuntime().maxMemory();
        long fitting = heap / 2 / (tls ? TLS_CONNECTION_BYTES : PLAIN_CONNECTION_BYTES);
        long places = Math.min(Math.min(most, fitting), Math.max(100, maxFiles() - OTHER_FILES));
        return new Connections.Bounds(
                (int) places,
                heap / 6,
                tls ? TLS_READING_BYTES : PLAIN_READING_BYTES,
                READ,
                WRITE,
                IDLE);
    }

    /** How many files this process may have open; each connection is one. */
    static long maxFiles() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
    }
}
