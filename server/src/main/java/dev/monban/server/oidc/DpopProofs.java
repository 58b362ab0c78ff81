package dev.monban.server.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.monban.server.platform.Tokens;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks DPoP proofs step by step as RFC 9449, section 4.3, has them; Nimbus parses them and checks
 * the signatures. Its own verifier of proofs compares {@code htu} as a text with its query, reads
 * the machine's clock, and names no cause.
 */
final class DpopProofs {

    static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256, JWSAlgorithm.PS256);

    private static final JOSEObjectType TYPE = new JOSEObjectType("dpop+jwt");

    /** A proof with a key of RSA 4096 has about 2,000. */
    private static final int MAX_CHARACTERS = 8192;

    static final Duration SKEW = Duration.ofSeconds(10);
    static final Duration LASTS = Duration.ofSeconds(60);

    private DpopProofs() {}

    /** A proof is refused. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final DpopFault fault;

        Refused(DpopFault fault) {
            super(fault.code(), null, false, false);
            this.fault = fault;
        }

        DpopFault fault() {
            return fault;
        }
    }

    /**
     * The request that a proof has to be about.
     *
     * @param address without query and fragment
     * @param accessToken the token that is sent with it; {@code null} where none is
     * @param keyThumbprint the key that this token is bound to; {@code null} where none is
     */
    record Expected(
            String method,
            URI address,
            @Nullable String accessToken,
            @Nullable String keyThumbprint,
            Set<String> nonces,
            Instant now) {}

    /**
     * A sound proof; whether it was seen before is still to be asked.
     *
     * @param keyThumbprint of the key that signed it (RFC 7638)
     */
    record Proof(String keyThumbprint, String id) {}

    /**
     * @param sent the values of the header DPoP
     * @throws Refused with the first thing that is wrong
     */
    static Proof check(List<String> sent, Expected expected) throws Refused {
        require(sent.size() == 1, DpopFault.NOT_ONE);
        SignedJWT jwt = parse(sent.getFirst());
        JWSHeader header = jwt.getHeader();
        require(TYPE.equals(header.getType()), DpopFault.TYPE);
        require(ALGORITHMS.contains(header.getAlgorithm()), DpopFault.ALGORITHM);
        JWK key = header.getJWK();
        require(key instanceof AsymmetricJWK && !key.isPrivate(), DpopFault.KEY);
        require(isSigned(jwt, (AsymmetricJWK) key), DpopFault.SIGNATURE);
        JWTClaimsSet claims = claims(jwt);
        String id = claims.getJWTID();
        Date issued = claims.getIssueTime();
        String method = text(claims, "htm");
        String address = text(claims, "htu");
        if (id == null || id.isEmpty() || issued == null || method == null || address == null) {
            throw new Refused(DpopFault.CLAIMS);
        }
        require(expected.method().equals(method), DpopFault.METHOD);
        require(isAt(address, expected.address()), DpopFault.ADDRESS);
        String nonce = text(claims, "nonce");
        require(nonce != null && expected.nonces().contains(nonce), DpopFault.NONCE);
        Instant at = issued.toInstant();
        require(
                !at.isBefore(expected.now().minus(LASTS)) && !at.isAfter(expected.now().plus(SKEW)),
                DpopFault.TIME);
        String token = expected.accessToken();
        require(
                token == null || Tokens.base64Url(Tokens.hash(token)).equals(text(claims, "ath")),
                DpopFault.TOKEN);
        String thumbprint = thumbprint(key);
        String bound = expected.keyThumbprint();
        require(bound == null || bound.equals(thumbprint), DpopFault.OTHER_KEY);
        return new Proof(thumbprint, id);
    }

    private static void require(boolean holds, DpopFault otherwise) throws Refused {
        if (!holds) {
            throw new Refused(otherwise);
        }
    }

    private static SignedJWT parse(String text) throws Refused {
        try {
            require(text.length() <= MAX_CHARACTERS, DpopFault.UNREADABLE);
            return SignedJWT.parse(text);
        } catch (ParseException | RuntimeException e) {
            throw new Refused(DpopFault.UNREADABLE);
        }
    }

    private static JWTClaimsSet claims(SignedJWT jwt) throws Refused {
        try {
            return jwt.getJWTClaimsSet();
        } catch (ParseException | RuntimeException e) {
            throw new Refused(DpopFault.CLAIMS);
        }
    }

    private static @Nullable String text(JWTClaimsSet claims, String name) throws Refused {
        try {
            return claims.getStringClaim(name);
        } catch (ParseException e) {
            throw new Refused(DpopFault.CLAIMS);
        }
    }

    private static boolean isSigned(SignedJWT jwt, AsymmetricJWK key) {
        try {
            return jwt.verify(
                    new DefaultJWSVerifierFactory()
                            .createJWSVerifier(jwt.getHeader(), key.toPublicKey()));
        } catch (JOSEException | RuntimeException e) {
            return false;
        }
    }

    private static String thumbprint(JWK key) throws Refused {
        try {
            return key.computeThumbprint().toString();
        } catch (JOSEException e) {
            throw new Refused(DpopFault.KEY);
        }
    }

    /**
     * Compares without query and fragment, and after the normalisation of RFC 3986, sections 6.2.2
     * and 6.2.3, that section 4.3 recommends: letters of scheme and host, the scheme's own port, an
     * empty path, dots in the path.
     */
    static boolean isAt(String sent, URI address) {
        try {
            URI uri = new URI(sent);
            return uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && normalised(uri).equals(normalised(address));
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String normalised(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        int own = scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : -1;
        int port = uri.getPort() < 0 ? own : uri.getPort();
        String path = uri.normalize().getRawPath();
        return scheme
                + "://"
                + uri.getHost().toLowerCase(Locale.ROOT)
                + ":"
                + port
                + (path.isEmpty() ? "/" : path);
    }
}
