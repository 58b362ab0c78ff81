package dev.monban.server.oidc;

import com.nimbusds.jose.jwk.JWKSet;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An application that people sign in to through this gate.
 *
 * @param redirectUris where codes may be sent, compared exactly (RFC 9700, section 4.1.3)
 * @param secrets those that are good, the newest last; none for a client without one
 * @param jwks its public keys as a JWK set; {@code null} where it has none, or they are fetched
 * @param jwksUri where its public keys are fetched; {@code null} where they are declared
 * @param thirdParty whether it belongs to somebody else than the operator
 * @param userInfoAlgorithm how answers of the userinfo endpoint are signed; {@code null} for plain
 *     JSON
 * @param audience the {@code aud} of its access tokens; {@code null} for the issuer
 * @param pkceOptional whether it may ask for codes without PKCE; see {@link #mayOmitPkce}
 * @param tokenEndpointAudience whether its assertions may name the token endpoint as their
 *     audience, and not the issuer alone
 * @param origins web origins from which its browsers call the token endpoints
 */
public record Client(
        String id,
        String name,
        List<String> redirectUris,
        List<String> postLogoutRedirectUris,
        List<Secret> secrets,
        @Nullable String jwks,
        @Nullable String jwksUri,
        Proof proof,
        List<String> grants,
        List<String> scopes,
        boolean thirdParty,
        Algorithm signingAlgorithm,
        @Nullable Algorithm userInfoAlgorithm,
        TokenFormat accessTokenFormat,
        Duration accessTokenLifetime,
        @Nullable String audience,
        @Nullable String backChannelLogoutUri,
        boolean dpopRequired,
        boolean parRequired,
        boolean pkceOptional,
        boolean tokenEndpointAudience,
        List<String> origins) {

    /** Secrets that a client may have at once: one for use, one for the change to the next. */
    public static final int MAX_SECRETS = 2;

    /**
     * A secret, as it is kept.
     *
     * @param generation counts up for each secret that is new to the client; 0 for one that release
     *     0.1.0 declared and this release has not seen
     * @param tag keyed hash in hexadecimal digits
     */
    public record Secret(int generation, String tag) {}

    public static final String AUTHORIZATION_CODE = "authorization_code";
    public static final String REFRESH_TOKEN = "refresh_token";
    public static final String CLIENT_CREDENTIALS = "client_credentials";
    public static final String DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

    /** How it proves who it is at the token endpoint (OpenID Connect Core 1.0, section 9). */
    public enum Proof {
        /** Not at all: a public client. */
        NONE,
        /** By its secret, in the header or in the form. */
        CLIENT_SECRET,
        /** By a signed assertion. */
        PRIVATE_KEY_JWT;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What an access token looks like to a resource. */
    public enum TokenFormat {
        /** RFC 9068. */
        JWT,
        /** Says nothing without introspection. */
        OPAQUE;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean mayUse(String grant) {
        return grants.contains(grant);
    }

    public boolean isPublic() {
        return proof == Proof.NONE;
    }

    /**
     * Whether a request of this client without a {@code code_challenge} is taken. RFC 9700, section
     * 2.1.1, demands PKCE of public clients, whatever is declared of them, and recommends it to
     * those that prove themselves when they redeem the code.
     */
    public boolean mayOmitPkce() {
        return pkceOptional && !isPublic();
    }

    /** Its keys for assertions; an empty set where it has none. */
    public JWKSet keys() {
        try {
            return jwks == null ? new JWKSet() : JWKSet.parse(jwks);
        } catch (ParseException e) {
            throw new IllegalStateException("the keys of " + id + " were checked when declared", e);
        }
    }

    /**
     * Whether a code may be sent there. Exactly as registered; only the port of a loopback address
     * may differ, as programs on a desk get theirs from the system (RFC 8252, section 7.3).
     */
    public boolean allowsRedirect(String uri) {
        return redirectUris.contains(uri)
                || redirectUris.stream().anyMatch(registered -> sameLoopback(registered, uri));
    }

    private static boolean sameLoopback(String registered, String sent) {
        try {
            URI one = new URI(registered);
            URI other = new URI(sent);
            return "http".equals(one.getScheme())
                    && ("127.0.0.1".equals(one.getHost()) || "[::1]".equals(one.getHost()))
                    && "http".equals(other.getScheme())
                    && one.getHost().equals(other.getHost())
                    && other.getRawUserInfo() == null
                    && other.getPort() > 0
                    && sent.equals(
                            "http://"
                                    + other.getHost()
                                    + ":"
                                    + other.getPort()
                                    + one.getRawPath()
                                    + (one.getRawQuery() == null ? "" : "?" + one.getRawQuery()));
        } catch (java.net.URISyntaxException e) {
            return false;
        }
    }
}
