package dev.monban.server.platform;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be answered as asked. Thrown anywhere below a handler and turned into a
 * page, a problem detail (RFC 9457) or a protocol's own error by whoever answers.
 */
public final class Problem extends RuntimeException {

    /** The code of {@link #foreignForm}. */
    static final String FOREIGN_FORM = "foreign_form";

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final int retryAfterSeconds;
    private final transient @Nullable WayOn wayOn;

    /**
     * @param status the HTTP status
     * @param code stable name of the problem, with a text {@code problem.CODE.title} and {@code
     *     problem.CODE.text} in the catalogue
     * @param detail one sentence for whoever reads the answer; holds nothing that the requester may
     *     not know
     */
    public Problem(int status, String code, String detail) {
        this(status, code, detail, 0);
    }

    private Problem(int status, String code, String detail, int retryAfterSeconds) {
        this(status, code, detail, retryAfterSeconds, null);
    }

    private Problem(
            int status, String code, String detail, int retryAfterSeconds, @Nullable WayOn wayOn) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds;
        this.wayOn = wayOn;
    }

    /**
     * Where a person goes on from the page that tells of the problem.
     *
     * @param path on this server
     * @param name of the client that it leads to; empty where it begins again here
     */
    public record WayOn(String path, String name) {}

    /** The same with a way on. */
    public Problem leadingTo(String path, String name) {
        return new Problem(
                status,
                code,
                String.valueOf(getMessage()),
                retryAfterSeconds,
                new WayOn(path, name));
    }

    /** Where to go on; empty where there is nothing better than to go back. */
    public Optional<WayOn> wayOn() {
        return Optional.ofNullable(wayOn);
    }

    public static Problem badRequest(String detail) {
        return new Problem(400, "bad_request", detail);
    }

    public static Problem notFound() {
        return new Problem(404, "not_found", "there is nothing at this address");
    }

    /** The form does not come from our page in this browser. */
    public static Problem foreignForm() {
        return new Problem(403, FOREIGN_FORM, "the form's token does not belong to this browser");
    }

    public static Problem tooLarge() {
        return new Problem(413, "too_large", "the request is larger than it may be");
    }

    /** Too many requests from this source (RFC 6585, section 4). */
    public static Problem slowDown(int retryAfterSeconds) {
        return new Problem(429, "slow_down", "too many requests", retryAfterSeconds);
    }

    /** The machine has as much to do as it can (RFC 9110, section 15.6.4). */
    public static Problem busy(int retryAfterSeconds) {
        return new Problem(503, "busy", "too much to do at the moment", retryAfterSeconds);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    /** Seconds after which to try again; 0 where that would not help. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** As a problem detail (RFC 9457, section 3). */
    public Reply asReply() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "urn:monban:problem:" + code);
        body.put("title", code.replace('_', ' '));
        body.put("status", status);
        body.put("detail", getMessage());
        return withRetryAfter(
                Reply.bytes(status, "application/problem+json", Json.bytes(body)).uncached());
    }

    public Reply withRetryAfter(Reply reply) {
        return retryAfterSeconds > 0
                ? reply.header("Retry-After", Integer.toString(retryAfterSeconds))
                : reply;
    }
}
