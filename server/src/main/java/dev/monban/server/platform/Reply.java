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

    /** Browsers take such a name only with Secure, with Path=/ and without Domain. */
    static final String HOST_PREFIX = "__Host-";

    private static final String SECURE = "; Secure";

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

    /** The bytes of the headers as they are sent, without those that the server adds. */
    int headerBytes() {
        return headers.stream()
                .mapToInt(header -> header.name().length() + header.value().length() + 4)
                .sum();
    }

    public Reply uncached() {
        return header("Cache-Control", "no-store");
    }

    /**
     * Sets a cookie that only this host gets, only over a secure channel, and no script reads (RFC
     * 6265bis, section 4.1.3.2). See {@link #withPlainCookies} for the one exception.
     *
     * @param name without the prefix {@code __Host-}
     * @param lifetime {@code null} for as long as the browser is open; zero deletes it
     */
    public Reply cookie(String name, String value, @Nullable Duration lifetime) {
        String age = lifetime == null ? "" : "; Max-Age=" + lifetime.toSeconds();
        return header(
                "Set-Cookie",
                HOST_PREFIX
                        + name
                        + "="
                        + value
                        + "; Path=/"
                        + SECURE
                        + "; HttpOnly; SameSite=Lax"
                        + age);
    }

    /**
     * The same with cookies that browsers keep over plain HTTP. WebKit drops a {@code Secure}
     * cookie there even from this machine, so that nobody could sign in. Only for a gate whose
     * issuer is plain HTTP on this machine, and only to requests that came so, see {@code
     * HttpServer}: nothing crosses a network then.
     */
    Reply withPlainCookies() {
        return new Reply(
                status,
                contentType,
                headers.stream()
                        .map(header ->
                                header.name().equals("Set-Cookie")
                                                && header.value().startsWith(HOST_PREFIX)
                                        ? new Header(
                                                header.name(),
                                                header.value()
                                                        .substring(HOST_PREFIX.length())
                                                        .replace(SECURE, ""))
                                        : header)
                        .toList(),
                body);
    }
}
