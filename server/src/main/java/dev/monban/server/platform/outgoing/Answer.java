package dev.monban.server.platform.outgoing;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * An answer, whole. Redirects are answers too: the gate follows none.
 *
 * @param status from 100 to 599 (RFC 9110, section 15)
 * @param headers by their name in lower case; the first where there are several
 */
public record Answer(int status, Map<String, String> headers, byte[] body) {

    /** RFC 9110, section 15.3.1. */
    public static final int OK = 200;

    public Answer {
        headers = Map.copyOf(headers);
        body = body.clone();
    }

    @Override
    public byte[] body() {
        return body.clone();
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The first header of this name, whatever its case; empty where there is none. */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Whether the status is from 200 to 299. */
    public boolean isSuccess() {
        return status / 100 == 2;
    }

    @Override
    public String toString() {
        return "an answer with status " + status;
    }
}
