package dev.monban.server.oidc;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import java.text.ParseException;

/**
 * Where the answer to a request object goes (OpenID Connect Core 1.0, section 6.1). Request objects
 * are not supported, so nothing else of them is read, and no signature is checked: what stands here
 * is as little proved as the parameters of the address, and is used for a refusal alone.
 *
 * @param redirectUri empty where it names none
 * @param responseMode empty where it names none
 * @param state empty where it names none
 */
record RequestObject(String redirectUri, String responseMode, String state) {

    private static final RequestObject NONE = new RequestObject("", "", "");

    /** A longer one is refused for its length. */
    private static final int MAX_CHARACTERS = 6000;

    /** Reads the parameter {@code request}; nothing where it is none, or encrypted. */
    static RequestObject read(String jwt) {
        if (jwt.isEmpty() || jwt.length() > MAX_CHARACTERS) {
            return NONE;
        }
        try {
            JWTClaimsSet claims = JWTParser.parse(jwt).getJWTClaimsSet();
            return claims == null
                    ? NONE
                    : new RequestObject(
                            text(claims, "redirect_uri"),
                            text(claims, "response_mode"),
                            text(claims, "state"));
        } catch (ParseException | RuntimeException e) {
            return NONE;
        }
    }

    private static String text(JWTClaimsSet claims, String name) {
        return claims.getClaim(name) instanceof String text ? text : "";
    }
}
