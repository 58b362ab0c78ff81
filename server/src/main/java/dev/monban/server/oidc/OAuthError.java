package dev.monban.server.oidc;

import dev.monban.server.platform.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A refusal in the words of the protocol (RFC 6749, section 5.2, and what came after it). */
public final class OAuthError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final int status;
    private final @Nullable String challenge;
    private final int retryAfterSeconds;
    private final RefusalCause refusal;

    private OAuthError(String code, int status, String description, @Nullable String challenge) {
        this(code, status, description, challenge, 0, RefusalCause.ofError(code));
    }

    private OAuthError(
            String code,
            int status,
            String description,
            @Nullable String challenge,
            int retryAfterSeconds,
            RefusalCause refusal) {
        super(description, null, false, false);
        this.code = code;
        this.status = status;
        this.challenge = challenge;
        this.retryAfterSeconds = retryAfterSeconds;
        this.refusal = refusal;
    }

    /** The same answer to the client, with its exact cause for the log. */
    public OAuthError because(RefusalCause cause) {
        return new OAuthError(
                code, status, String.valueOf(getMessage()), challenge, retryAfterSeconds, cause);
    }

    /** Why, as exactly as it is known. The client is not told. */
    public RefusalCause refusal() {
        return refusal;
    }

    /**
     * @param code from the registry of OAuth errors
     * @param description one sentence in plain ASCII for the client's developer, without anything
     *     that was sent
     */
    public static OAuthError of(String code, String description) {
        return new OAuthError(code, 400, description, null);
    }

    public static OAuthError invalidRequest(String description) {
        return of("invalid_request", description);
    }

    public static OAuthError invalidGrant(String description) {
        return of("invalid_grant", description);
    }

    /** The request is larger than this endpoint takes (RFC 9126, section 2.3): status 413. */
    public static OAuthError tooLarge(String description) {
        return new OAuthError(
                "invalid_request", 413, description, null, 0, RefusalCause.REQUEST_TOO_LARGE);
    }

    /**
     * The client has too much outstanding (RFC 6585, section 4): status 429.
     *
     * @param retryAfterSeconds when some of it is over
     */
    public static OAuthError tooMany(String description, int retryAfterSeconds) {
        return new OAuthError(
                "temporarily_unavailable",
                429,
                description,
                null,
                retryAfterSeconds,
                RefusalCause.TOO_MANY_OUTSTANDING);
    }

    /** The client did not prove who it is. The same sentence whatever was wrong. */
    public static OAuthError invalidClient() {
        return new OAuthError(
                "invalid_client",
                401,
                "the client is not known, or did not prove that it is this client",
                "Basic realm=\"monban\"");
    }

    /** The same for one cause. */
    public static OAuthError invalidClient(RefusalCause cause) {
        return invalidClient().because(cause);
    }

    /** A parameter was sent more than once (RFC 6749, section 3.1). */
    public static OAuthError repeated() {
        return invalidRequest("a parameter was sent twice")
                .because(RefusalCause.PARAMETER_REPEATED);
    }

    /** A resource was asked for with a token that is no good (RFC 6750, section 3.1). */
    public static OAuthError invalidToken(String scheme) {
        return resource(scheme, "invalid_token", 401, "the access token is not good, or no more");
    }

    /** A refusal at a resource, with its challenge (RFC 9110, section 11.6.1). */
    public static OAuthError resource(String scheme, String code, int status, String description) {
        return new OAuthError(
                code,
                status,
                description,
                scheme
                        + " realm=\"monban\", error=\""
                        + code
                        + "\", error_description=\""
                        + description
                        + "\""
                        + (scheme.equals("DPoP") ? ", algs=\"ES256 RS256 PS256\"" : ""));
    }

    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    public Reply asReply() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", code);
        body.put("error_description", getMessage());
        Reply reply = Reply.json(status, body);
        if (retryAfterSeconds > 0) {
            reply = reply.header("Retry-After", Integer.toString(retryAfterSeconds));
        }
        return challenge == null ? reply : reply.header("WWW-Authenticate", challenge);
    }
}
