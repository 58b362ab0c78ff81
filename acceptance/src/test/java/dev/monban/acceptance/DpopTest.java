package dev.monban.acceptance;

import static dev.monban.acceptance.Party.error;
import static dev.monban.acceptance.Party.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Proofs of a key (RFC 9449), made by hand, good ones and others. */
class DpopTest {

    private final GateProcess gate = House.gate();
    private final Visitor back = new Visitor(gate);
    private final ECKey key = key();
    private String nonce = "";

    @Test
    void theAddressIsComparedWithoutQueryAndFragment() throws Exception {
        for (String suffix : new String[] {"?tenant=1", "#part", "?a=b#c"}) {
            Map<String, Object> tokens = json(redeem("bound", key, "/token" + suffix));
            String access = String.valueOf(tokens.get("access_token"));
            HttpResponse<String> info =
                    userInfo(access, proof(key, "GET", "/userinfo" + suffix, access));
            assertEquals(200, info.statusCode(), info.body());
        }
    }

    @Test
    void aProofIsGoodOnceWhateverItsQuery() throws Exception {
        String access = String.valueOf(json(redeem("bound", key, "/token")).get("access_token"));
        String proof = proof(key, "GET", "/userinfo?x=1", access);
        assertEquals(200, userInfo(access, proof).statusCode());
        HttpResponse<String> again =
                back.get("/userinfo?x=2", "Authorization", "DPoP " + access, "DPoP", proof);
        assertEquals(401, again.statusCode());
        assertTrue(again.body().contains("dpop_replayed"), again.body());
    }

    @Test
    void everyRefusalReachesTheLogAndTellsTheNextNonce() throws Exception {
        HttpResponse<String> first = redeem("bound", key, "/token", "");
        assertEquals("400 use_dpop_nonce", error(first));
        HttpResponse<String> elsewhere = redeem("bound", key, "/par");
        assertEquals("400 invalid_dpop_proof", error(elsewhere));
        assertTrue(elsewhere.headers().firstValue("DPoP-Nonce").isPresent());
        assertTrue(gate.log().contains("dpop_address"), "htu is named in the log");
        String access = String.valueOf(json(redeem("bound", key, "/token")).get("access_token"));
        HttpResponse<String> otherKey = userInfo(access, proof(key(), "GET", "/userinfo", access));
        assertEquals(401, otherKey.statusCode());
        assertTrue(otherKey.headers().firstValue("DPoP-Nonce").isPresent());
        assertTrue(gate.log().contains("dpop_other_key"), "the key is named in the log");
        HttpResponse<String> none = back.get("/userinfo", "Authorization", "DPoP " + access);
        assertEquals(401, none.statusCode());
        assertTrue(none.headers().firstValue("DPoP-Nonce").isPresent());
        // A refusal that has nothing to do with the proof reaches the log too, beside a proof.
        Map<String, String> unknown = new HashMap<>(Map.of("grant_type", "refresh_token"));
        unknown.put("refresh_token", "mnb_rt_nonsense");
        unknown.put("client_id", "bound");
        assertEquals(
                "400 invalid_grant",
                error(back.post("/token", unknown, "DPoP", proof(key, "POST", "/token", null))));
        assertTrue(gate.log().contains("refused invalid_grant at /token"), gate.log());
    }

    /** RFC 9449, section 5: its refresh tokens are bound to its authentication, not to a key. */
    @Test
    void aClientThatProvesItselfMayRefreshWithAnotherKey() throws Exception {
        HttpResponse<String> redeemed = redeem("crm", key, "/token");
        String first = String.valueOf(json(redeemed).get("refresh_token"));
        ECKey next = key();
        HttpResponse<String> refreshed = refresh("crm", first, next);
        assertEquals(200, refreshed.statusCode(), refreshed.body());
        assertEquals("DPoP", json(refreshed).get("token_type"));
        assertEquals(next.computeThumbprint().toString(), thumbprintIn(refreshed));
        // The answer is lost, and the client has made yet another key.
        ECKey third = key();
        HttpResponse<String> again = refresh("crm", first, third);
        assertEquals(json(refreshed).get("refresh_token"), json(again).get("refresh_token"));
        assertEquals(third.computeThumbprint().toString(), thumbprintIn(again));
    }

    @Test
    void aClientThatProvesNothingElseKeepsItsKey() throws Exception {
        String first = String.valueOf(json(redeem("bound", key, "/token")).get("refresh_token"));
        assertEquals("400 invalid_grant", error(refresh("bound", first, key())));
        assertEquals(200, refresh("bound", first, key).statusCode());
        assertEquals("400 invalid_grant", error(refresh("bound", first, key())));
        // The thief's attempts ended nothing: the owner's lost answer is given again.
        assertEquals(200, refresh("bound", first, key).statusCode());
    }

    private HttpResponse<String> redeem(String client, ECKey with, String address)
            throws JOSEException {
        return redeem(client, with, address, nonce());
    }

    private HttpResponse<String> redeem(String client, ECKey with, String address, String nonce)
            throws JOSEException {
        this.nonce = nonce;
        String code = new Party(gate, client).code(new Visitor(gate), "scope", "openid profile");
        Map<String, String> form = new HashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", House.CALLBACK);
        form.put("code_verifier", Party.VERIFIER);
        return token(client, form, proof(with, "POST", address, null));
    }

    private HttpResponse<String> refresh(String client, String token, ECKey with)
            throws JOSEException {
        Map<String, String> form = new HashMap<>();
        form.put("grant_type", "refresh_token");
        form.put("refresh_token", token);
        return token(client, form, proof(with, "POST", "/token", null));
    }

    private HttpResponse<String> token(String client, Map<String, String> form, String proof) {
        if (client.equals("crm")) {
            return back.post(
                    "/token",
                    form,
                    "DPoP",
                    proof,
                    "Authorization",
                    Party.basic(client, House.SECRET));
        }
        form.put("client_id", client);
        return back.post("/token", form, "DPoP", proof);
    }

    private HttpResponse<String> userInfo(String access, String proof) {
        return back.get("/userinfo", "Authorization", "DPoP " + access, "DPoP", proof);
    }

    /** Today's nonce, asked for as a client does that has none. */
    private String nonce() {
        return back.post("/token", Map.of("grant_type", "x"), "DPoP", "none")
                .headers()
                .firstValue("DPoP-Nonce")
                .orElseThrow();
    }

    private String proof(ECKey with, String method, String path, @Nullable String token)
            throws JOSEException {
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder()
                        .jwtID(UUID.randomUUID().toString())
                        .claim("htm", method)
                        .claim("htu", gate.issuer() + path)
                        .issueTime(Date.from(Instant.now()));
        if (!nonce.isEmpty()) {
            claims.claim("nonce", nonce);
        }
        if (token != null) {
            claims.claim("ath", hash(token));
        }
        SignedJWT jwt =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256)
                                .type(new JOSEObjectType("dpop+jwt"))
                                .jwk(with.toPublicJWK())
                                .build(),
                        claims.build());
        jwt.sign(new ECDSASigner(with));
        return jwt.serialize();
    }

    private static String thumbprintIn(HttpResponse<String> tokens) throws ParseException {
        return String.valueOf(
                SignedJWT.parse(String.valueOf(json(tokens).get("access_token")))
                        .getJWTClaimsSet()
                        .getJSONObjectClaim("cnf")
                        .get("jkt"));
    }

    private static String hash(String text) {
        try {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_256).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}
