package dev.monban.server.oidc;

import java.util.Arrays;
import java.util.Locale;

/**
 * Why a request of a client was refused. The client gets the error code of the protocol, which
 * often stands for many causes (RFC 6749, section 5.2); the log, the event {@code token_refused}
 * and the command {@code why} name the cause. Each has its line in {@code docs/refusals.md}.
 */
public enum RefusalCause {
    // Who asks.
    CLIENT_MISSING(Topic.CLIENT, "invalid_client"),
    UNKNOWN_CLIENT(Topic.CLIENT, "unknown_client"),
    CLIENT_ID_MISMATCH(Topic.CLIENT),
    PROOF_MISSING(Topic.CLIENT),
    PROOF_UNREADABLE(Topic.CLIENT),
    PROVED_TWICE(Topic.CLIENT),
    WRONG_METHOD(Topic.CLIENT),
    WRONG_SECRET(Topic.CLIENT),
    REMOVED_SECRET(Topic.CLIENT),
    ASSERTION_UNREADABLE(Topic.CLIENT),
    ASSERTION_ALGORITHM(Topic.CLIENT),
    ASSERTION_ISSUER(Topic.CLIENT),
    ASSERTION_AUDIENCE(Topic.CLIENT),
    ASSERTION_EXPIRED(Topic.CLIENT),
    ASSERTION_NOT_YET_GOOD(Topic.CLIENT),
    ASSERTION_TOO_LONG(Topic.CLIENT),
    ASSERTION_WITHOUT_ID(Topic.CLIENT),
    ASSERTION_KEY_UNKNOWN(Topic.CLIENT),
    ASSERTION_KEYS_UNREACHABLE(Topic.CLIENT),
    ASSERTION_SIGNATURE(Topic.CLIENT),
    ASSERTION_REPLAYED(Topic.CLIENT),
    PUBLIC_CLIENT(Topic.CLIENT),

    // What is asked.
    REQUEST_INVALID(
            Topic.REQUEST,
            "invalid_request",
            "bad_authorization",
            "unsupported_response_type",
            "request_not_supported",
            "request_uri_not_supported"),
    PARAMETER_REPEATED(Topic.REQUEST),
    REQUEST_TOO_LARGE(Topic.REQUEST),
    GRANT_TYPE_UNKNOWN(Topic.REQUEST, "unsupported_grant_type"),
    GRANT_TYPE_NOT_DECLARED(Topic.REQUEST, "unauthorized_client"),
    SCOPE_NOT_DECLARED(Topic.REQUEST, "invalid_scope"),
    REDIRECT_URI_NOT_DECLARED(Topic.REQUEST, "foreign_redirect"),
    PUSHED_REQUEST_OVER(Topic.REQUEST, "request_expired"),
    PERSON_NOT_ASKED(
            Topic.REQUEST,
            "login_required",
            "interaction_required",
            "consent_required",
            "account_selection_required",
            "unmet_authentication_requirements"),
    PERSON_SAID_NO(Topic.REQUEST, "access_denied"),
    SIGN_IN_TOO_OLD(Topic.REQUEST, "temporarily_unavailable"),

    // What it is asked with.
    GRANT_INVALID(Topic.GRANT, "invalid_grant"),
    UNKNOWN_CODE(Topic.GRANT),
    CODE_OF_ANOTHER_CLIENT(Topic.GRANT),
    EXPIRED_CODE(Topic.GRANT),
    CODE_USED(Topic.GRANT),
    CODE_REVOKED(Topic.GRANT),
    REDIRECT_URI_MISSING(Topic.GRANT),
    REDIRECT_URI_MISMATCH(Topic.GRANT),
    PKCE_MISSING(Topic.GRANT),
    PKCE_NOT_ASKED(Topic.GRANT),
    PKCE_FAILED(Topic.GRANT),
    UNKNOWN_REFRESH_TOKEN(Topic.GRANT),
    REFRESH_OF_ANOTHER_CLIENT(Topic.GRANT),
    REFRESH_EXPIRED(Topic.GRANT),
    REFRESH_REVOKED(Topic.GRANT),
    REFRESH_REPLAYED(Topic.GRANT),
    UNKNOWN_DEVICE_CODE(Topic.GRANT),
    DEVICE_CODE_EXPIRED(Topic.GRANT, "expired_token"),
    DEVICE_CODE_USED(Topic.GRANT),
    DEVICE_WAITS(Topic.GRANT, "authorization_pending"),
    DEVICE_POLLS_TOO_FAST(Topic.GRANT, "slow_down"),
    ACCOUNT_NOT_IN_USE(Topic.GRANT),
    STRONGER_SIGN_IN_WANTED(Topic.GRANT),

    // The key that tokens are bound to; the names of DpopFault.
    DPOP_NOT_ONE(Topic.DPOP),
    DPOP_UNREADABLE(Topic.DPOP),
    DPOP_TYPE(Topic.DPOP),
    DPOP_ALGORITHM(Topic.DPOP),
    DPOP_KEY(Topic.DPOP),
    DPOP_SIGNATURE(Topic.DPOP),
    DPOP_CLAIMS(Topic.DPOP),
    DPOP_METHOD(Topic.DPOP),
    DPOP_ADDRESS(Topic.DPOP),
    DPOP_NONCE(Topic.DPOP, "use_dpop_nonce"),
    DPOP_TIME(Topic.DPOP),
    DPOP_TOKEN(Topic.DPOP),
    DPOP_OTHER_KEY(Topic.DPOP),
    DPOP_NO_KEY(Topic.DPOP),
    DPOP_REPLAYED(Topic.DPOP),
    DPOP_NOT_HERE(Topic.DPOP),
    DPOP_REQUIRED(Topic.DPOP, "invalid_dpop_proof"),

    // Access tokens at a resource.
    TOKEN_MISSING(Topic.TOKEN),
    TOKEN_SENT_TWICE(Topic.TOKEN),
    TOKEN_INVALID(Topic.TOKEN, "invalid_token"),
    TOKEN_SCHEME(Topic.TOKEN),
    TOKEN_EXPIRED(Topic.TOKEN),
    TOKEN_REVOKED(Topic.TOKEN),
    SCOPE_INSUFFICIENT(Topic.TOKEN, "insufficient_scope"),

    // How much.
    TOO_MANY_OUTSTANDING(Topic.LIMIT),
    TOO_OFTEN(Topic.LIMIT);

    /** What a cause is about. */
    public enum Topic {
        /** Who the client is, and its proof. */
        CLIENT,
        /** The parameters of the request. */
        REQUEST,
        /** A code or a refresh token, and what belongs to it. */
        GRANT,
        /** The DPoP proof. */
        DPOP,
        /** An access token. */
        TOKEN,
        /** Rates and quotas. */
        LIMIT
    }

    private final Topic topic;

    /** With a space before and after each. */
    private final String errors;

    RefusalCause(Topic topic, String... errors) {
        this.topic = topic;
        this.errors = " " + String.join(" ", errors) + " ";
    }

    /** Its name in the log and in events. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    public Topic topic() {
        return topic;
    }

    /**
     * Whether the protocol has it in every good exchange: a device that polls (RFC 8628, section
     * 3.5), a client that fetches its first nonce (RFC 9449, section 8). It is not logged.
     */
    public boolean isOrdinary() {
        return this == DEVICE_WAITS || this == DPOP_NONCE;
    }

    /**
     * The cause that an error code stands for where nothing more exact is known.
     *
     * @param error an error code of the protocol, or the name of a problem
     */
    public static RefusalCause ofError(String error) {
        return Arrays.stream(values())
                .filter(cause -> cause.errors.contains(" " + error + " "))
                .findFirst()
                .orElse(REQUEST_INVALID);
    }
}
