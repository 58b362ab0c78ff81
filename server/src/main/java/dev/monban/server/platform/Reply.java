package dev.monban.server.platform;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a request, as a value.
 *
 * @param headers without {@code Content-Type} and {@code Content-Length}, in the order of sending
 */
public record Reply(int status, @Nullable String contentType, List<Header> headers, byte[] body) {

    private static final byte[] EMPTY = new byte[0];

    /** A header field (RFC 9110, section 6.3). */
    public record Header(String name, String value) {
        public Header {
            if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0 || value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a header's value is one line");
            }
        }
    }

    public Reply {
        headers = List.copyOf(headers);
    }

    public static Reply bytes(int status, String contentType, byte[] body) {
        return new Reply(status, contentType, List.of(), body);
    }

    public static Reply html(int status, String html) {
        return bytes(status, "text/html; charset=utf-8", html.getBytes(StandardCharsets.UTF_8));
    }

    public static Reply text(int status, String text) {
        return bytes(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** JSON that nobody may keep (RFC 6749, section 5.1). */
    public static Reply json(int status, Map<String, ?> object) {
        return bytes(status, "application/json", Json.bytes(object)).uncached();
    }

    public static Reply empty(int status) {
        return new Reply(status, null, List.of(), EMPTY);
    }

    /** Sends the browser on by GET (303: RFC 9700, section 4.12, forbids 307 here). */
    public static Reply seeOther(String location) {
        return empty(303).header("Location", location).uncached();
    }

    public Reply header(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Reply(status, contentType, more, body);
    }

    public Reply uncached() {
        return header("Cache-Control", "no-store");
    }

    /**
     * Sets a cookie that only this host gets, only over a secure channel, and no script reads.
     *
     * @param name without the prefix {@code __Host-}
     * @param lifetime {@code null} for as long as the browser is open; zero deletes it
     */
    public Reply cookie(String name, String value, @Nullable Duration lifetime) {
        String age = lifetime == null ? "" : "; Max-Age=" + lifetime.toSeconds();
        return header(
                "Set-Cookie",
                "__Host-" + name + "=" + value + "; Path=/; Secure; HttpOnly; SameSite=Lax" + age);
    }
}
