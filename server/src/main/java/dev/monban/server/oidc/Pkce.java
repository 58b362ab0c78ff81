package dev.monban.server.oidc;

import dev.monban.server.platform.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/** Proof Key for Code Exchange with S256 (RFC 7636), the only method that there is here. */
public final class Pkce {

    /** Section 4.1. */
    private static final Pattern VERIFIER = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

    /** Section 4.2: 32 bytes in base64url. */
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");

    private Pkce() {}

    public static boolean isChallenge(String text) {
        return CHALLENGE.matcher(text).matches();
    }

    /** Section 4.6. */
    public static boolean matches(String verifier, String challenge) {
        if (!VERIFIER.matcher(verifier).matches()) {
            return false;
        }
        String computed = Tokens.base64Url(Tokens.hash(verifier));
        return MessageDigest.isEqual(
                computed.getBytes(StandardCharsets.US_ASCII),
                challenge.getBytes(StandardCharsets.US_ASCII));
    }
}
