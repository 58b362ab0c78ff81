package dev.monban.server.platform;

import java.time.Duration;

/** The limits of everything that comes in over HTTP. */
public final class Limits {

    private Limits() {}

    /** Room for an authorization request with a long state, or a pushed one with claims. */
    public static final int FORM_BYTES = 64 * 1024;

    /** All headers of a request together; cookies of other applications on the host are in them. */
    public static final int HEADER_BYTES = 32 * 1024;

    /** Method, path and query; browsers and proxies hold no more anyway. */
    public static final int REQUEST_LINE_BYTES = 16 * 1024;

    /** Sockets open at once; one idle connection costs a few KiB. */
    public static final int CONNECTIONS = 10_000;

    /**
     * Requests of one source (an IPv4 address, a /64) in work at once, those included whose body is
     * still on its way. An office at nine stays far below; one that sends half a request a thousand
     * times keeps nobody else out.
     */
    public static final int CONCURRENT_OF_SOURCE = 1_000;

    /** How long a connection may say nothing. */
    public static final Duration IDLE = Duration.ofSeconds(60);

    /** How long a request may take to arrive once it has begun. */
    public static final Duration READ = Duration.ofSeconds(15);

    /** How long requests in work may still take when the server is stopped. */
    public static final Duration STOP = Duration.ofSeconds(10);
}
