package dev.monban.server.oidc;

import java.util.Locale;

/**
 * Why a DPoP proof was refused, one name for each check of RFC 9449, section 4.3. The client is
 * told which: it is its own proof, and whoever connects a system looks for it in the log.
 */
public enum DpopFault {
    NOT_ONE("send one DPoP header, not several"),
    UNREADABLE("the header DPoP holds no signed JWT"),
    TYPE("typ: dpop+jwt"),
    ALGORITHM("alg: ES256, RS256 or PS256"),
    KEY("jwk: the public key alone, in the header of the proof"),
    SIGNATURE("the signature is not by the key of jwk"),
    CLAIMS("jti, htm, htu and iat are needed"),
    METHOD("htm: not the method of this request"),
    ADDRESS("htu: not the address of this request, as the discovery document has it"),
    NONCE("nonce: missing, or no more the one of the header DPoP-Nonce"),
    TIME("iat: more than a minute ago, or in the future; compare the clocks"),
    TOKEN("ath: not the hash of the access token"),
    OTHER_KEY("the token is bound to another key"),
    NO_KEY("the token is bound to no key; send it as Bearer"),
    REPLAYED("jti: seen before; make a proof for each request"),
    NOT_HERE("no key is proved at this address"),
    REQUIRED("this client's tokens are bound to a key; send a proof");

    private final String description;

    DpopFault(String description) {
        this.description = description;
    }

    /** Its name in the log and in events. */
    public String code() {
        return "dpop_" + name().toLowerCase(Locale.ROOT);
    }

    private RefusalCause cause() {
        return RefusalCause.valueOf("DPOP_" + name());
    }

    /** The error code of the protocol: sections 5 and 8. */
    private String error() {
        return this == NONCE ? "use_dpop_nonce" : "invalid_dpop_proof";
    }

    private String told() {
        return code() + ": " + description + " (RFC 9449, section " + section() + ")";
    }

    private String section() {
        return switch (this) {
            case NONCE -> "8";
            case OTHER_KEY, NO_KEY -> "7.1";
            case REQUIRED -> "5.2";
            default -> "4.3";
        };
    }

    /** As /token and /par say it. */
    public OAuthError atBackChannel() {
        return OAuthError.of(error(), told()).because(cause());
    }

    /** As a resource says it (section 7.1). */
    public OAuthError atResource() {
        return OAuthError.resource("DPoP", error(), 401, told()).because(cause());
    }
}
