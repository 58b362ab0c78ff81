package dev.monban.server.platform;

/**
 * Where features mount their handlers. Every route is limited per source unless it is mounted with
 * the reason why not, so that no limit is forgotten.
 */
public interface Routes {

    /**
     * Answers requests of this method at this path; each counts for its source. Where a source
     * sends more than it may, the handler is not called: the answer is 429 with {@code Retry-After}
     * (RFC 6585, section 4).
     */
    Routes on(String method, String path, Handler handler);

    /**
     * The same without that limit.
     *
     * @param reason what makes it safe: that the answer costs nothing, or that the handler limits
     *     strangers itself
     */
    Routes unlimited(String method, String path, String reason, Handler handler);

    default Routes get(String path, Handler handler) {
        return on("GET", path, handler);
    }

    default Routes post(String path, Handler handler) {
        return on("POST", path, handler);
    }
}
