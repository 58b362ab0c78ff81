package dev.monban.server.oidc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.monban.server.platform.Tokens;
import java.net.URI;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every check of RFC 9449, section 4.3, by a proof that fails it alone. */
class DpopProofsTest {

    private static final Instant NOW = Instant.parse("2026-11-24T03:00:00Z");
    private static final URI TOKEN = URI.create("https://login.example/token");
    private static final ECKey KEY = key();
    private static final ECKey OTHER = key();

    private String type = "dpop+jwt";
    private @Nullable ECKey shown = KEY.toPublicJWK();
    private final JWTClaimsSet.Builder claims =
            new JWTClaimsSet.Builder()
                    .jwtID("one")
                    .claim("htm", "POST")
                    .claim("htu", TOKEN.toString())
                    .claim("nonce", "today")
                    .issueTime(Date.from(NOW));

    @Test
    void aSoundProofNamesItsKeyAndItself() throws Exception {
        DpopProofs.Proof proof = check(signed(KEY));
        assertEquals(KEY.computeThumbprint().toString(), proof.keyThumbprint());
        assertEquals("one", proof.id());
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
"""
# claim | value | fault
jti     | -     | CLAIMS
jti     | ''    | CLAIMS
htm     | -     | CLAIMS
htm     | GET   | METHOD
htm     | post  | METHOD
htu     | -     | CLAIMS
htu     | https://login.example/par         | ADDRESS
htu     | http://login.example/token        | ADDRESS
htu     | https://login.example:8443/token  | ADDRESS
htu     | https://login.example.evil/token  | ADDRESS
htu     | https://x@login.example/token     | ADDRESS
htu     | https://login.example/token/      | ADDRESS
htu     | https://login.example/%74oken     | ADDRESS
htu     | /token                            | ADDRESS
htu     | not an address                    | ADDRESS
nonce   | -     | NONCE
nonce   | other | NONCE
""")
    void namesTheClaimThatIsWrong(String claim, @Nullable String value, DpopFault fault)
            throws JOSEException {
        claims.claim(claim, value);
        assertRefused(fault, signed(KEY));
    }

    @ParameterizedTest
    @CsvSource({
        "https://login.example/token?x=1",
        "https://login.example/token#part",
        "https://login.example/token?x=1#part",
        "https://LOGIN.example/token",
        "HTTPS://login.example/token",
        "https://login.example:443/token",
        "https://login.example/x/../token",
    })
    void comparesTheAddressWithoutQueryAndFragmentAndNormalised(String address) throws Exception {
        claims.claim("htu", address);
        assertEquals("one", check(signed(KEY)).id());
    }

    @ParameterizedTest(name = "issued {0} s ago")
    @CsvSource({"-11, TIME", "-10, -", "60, -", "61, TIME"})
    void isGoodForAMinute(long secondsAgo, String fault) throws Exception {
        claims.issueTime(Date.from(NOW.minusSeconds(secondsAgo)));
        if (fault.equals("-")) {
            assertEquals("one", check(signed(KEY)).id());
        } else {
            assertRefused(DpopFault.valueOf(fault), signed(KEY));
        }
    }

    @Test
    void namesWhatIsWrongWithTheWhole() throws Exception {
        assertRefused(DpopFault.UNREADABLE, "a.b.c");
        assertRefused(DpopFault.UNREADABLE, "x".repeat(100_000));
        assertRefused(DpopFault.SIGNATURE, signed(OTHER));
        String good = signed(KEY);
        assertEquals(
                DpopFault.NOT_ONE,
                assertThrows(
                                DpopProofs.Refused.class,
                                () -> DpopProofs.check(List.of(good, good), expected(null, null)))
                        .fault());
        shown = null;
        assertRefused(DpopFault.KEY, signed(KEY));
        shown = KEY.toPublicJWK();
        type = "JWT";
        assertRefused(DpopFault.TYPE, signed(KEY));
        SignedJWT symmetric =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .type(new JOSEObjectType("dpop+jwt"))
                                .build(),
                        claims.build());
        symmetric.sign(new MACSigner(new byte[32]));
        assertRefused(DpopFault.ALGORITHM, symmetric.serialize());
    }

    @Test
    void bindsTheProofToTheTokenAndTheTokenToTheKey() throws Exception {
        String bound = KEY.computeThumbprint().toString();
        assertRefused(DpopFault.TOKEN, signed(KEY), "the-token", bound);
        claims.claim("ath", Tokens.base64Url(Tokens.hash("another-token")));
        assertRefused(DpopFault.TOKEN, signed(KEY), "the-token", bound);
        claims.claim("ath", Tokens.base64Url(Tokens.hash("the-token")));
        assertEquals(
                "one", DpopProofs.check(List.of(signed(KEY)), expected("the-token", bound)).id());
        assertRefused(
                DpopFault.OTHER_KEY,
                signed(KEY),
                "the-token",
                OTHER.computeThumbprint().toString());
    }

    private static DpopProofs.Proof check(String proof) throws DpopProofs.Refused {
        return DpopProofs.check(List.of(proof), expected(null, null));
    }

    private static DpopProofs.Expected expected(@Nullable String token, @Nullable String key) {
        return new DpopProofs.Expected("POST", TOKEN, token, key, Set.of("today", "before"), NOW);
    }

    private static void assertRefused(DpopFault fault, String proof) {
        assertRefused(fault, proof, null, null);
    }

    private static void assertRefused(
            DpopFault fault, String proof, @Nullable String token, @Nullable String key) {
        assertEquals(
                fault,
                assertThrows(
                                DpopProofs.Refused.class,
                                () -> DpopProofs.check(List.of(proof), expected(token, key)))
                        .fault());
    }

    private String signed(ECKey key) throws JOSEException {
        SignedJWT jwt =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256)
                                .type(new JOSEObjectType(type))
                                .jwk(shown)
                                .build(),
                        claims.build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
