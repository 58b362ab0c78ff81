package dev.monban.server.platform;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that cannot be answered as asked. Thrown anywhere below a handler and turned into a
 * page, a problem detail (RFC 9457) or a protocol's own error by whoever answers.
 */
public final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final int retryAfterSeconds;

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
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    public static Problem badRequest(String detail) {
        return new Problem(400, "bad_request", detail);
    }

    public static Problem notFound() {
        return new Problem(404, "not_found", "there is nothing at this address");
    }

    /** The form does not come from our page in this browser. */
    public static Problem foreignForm() {
        return new Problem(403, "foreign_form", "the form's token does not belong to this browser");
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
