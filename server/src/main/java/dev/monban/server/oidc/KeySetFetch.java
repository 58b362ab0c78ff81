package dev.monban.server.oidc;

import java.io.IOException;
import java.net.URI;

/** Fetches the document behind a {@code jwks_uri} (RFC 7591, section 2). */
@FunctionalInterface
public interface KeySetFetch {

    /** Bytes of a document at most: some fifty keys. */
    int MAX_BYTES = 64 * 1024;

    /**
     * Fetches it. Redirects are not followed. May take some seconds; called on a thread of its own.
     *
     * @param client whose it is: a slow one holds up nobody else's
     * @return at most {@link #MAX_BYTES}
     * @throws IOException where no answer with status 200 comes in time, or it is larger
     */
    byte[] fetch(String client, URI uri) throws IOException;
}
