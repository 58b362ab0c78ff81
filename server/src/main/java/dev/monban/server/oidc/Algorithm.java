package dev.monban.server.oidc;

import com.nimbusds.jose.JWSAlgorithm;
import java.util.Optional;

/** The algorithms with which tokens are signed (RFC 7518, section 3.1; RFC 8037, section 3.1). */
public enum Algorithm {
    ES256,
    RS256,
    EDDSA;

    public JWSAlgorithm jws() {
        return switch (this) {
            case ES256 -> JWSAlgorithm.ES256;
            case RS256 -> JWSAlgorithm.RS256;
            case EDDSA -> JWSAlgorithm.EdDSA;
        };
    }

    /** The name in headers and in the declared state. */
    public String code() {
        return jws().getName();
    }

    public static Optional<Algorithm> ofCode(String code) {
        for (Algorithm algorithm : values()) {
            if (algorithm.code().equals(code)) {
                return Optional.of(algorithm);
            }
        }
        return Optional.empty();
    }
}
