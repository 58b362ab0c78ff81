package dev.monban.acceptance;

import com.nimbusds.jose.jwk.ECKey;
import java.text.ParseException;

/** The key of RFC 7515, appendix A.3, which everybody has: good for tests and nothing else. */
final class Keys {

    private Keys() {}

    static ECKey assertion() {
        try {
            return ECKey.parse(
                    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"assertion\","
                            + "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                            + "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
                            + "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}");
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
