package dev.monban.server.platform;

import java.net.URI;

/** The header {@code Strict-Transport-Security} (RFC 6797). */
final class StrictTransport {

    /** A year, in seconds. */
    private static final int MAX_AGE = 31_536_000;

    private StrictTransport() {}

    /**
     * The header's value. It depends on the issuer, never on a request's {@code Host}, which
     * proxies rewrite and strangers choose.
     *
     * @param issuer the gate's own address
     * @param subdomains whether all names below the issuer's host are held to TLS, too
     * @return empty where nothing is sent: for a name of this machine, since its other ports, such
     *     as a client's callback, may be plain HTTP
     */
    static String of(String issuer, boolean subdomains) {
        URI uri = URI.create(issuer);
        String host = uri.getHost() == null ? "" : uri.getHost();
        return "https".equals(uri.getScheme()) && !Loopback.isHost(host)
                ? "max-age=" + MAX_AGE + (subdomains ? "; includeSubDomains" : "")
                : "";
    }
}
