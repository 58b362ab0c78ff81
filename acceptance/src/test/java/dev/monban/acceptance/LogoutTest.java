package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Signing out, at one place and everywhere. */
class LogoutTest {

    private final GateProcess gate = House.gate();
    private final Party crm = new Party(gate, "crm");

    @Test
    void aSignedLogoutTokenArrivesAlsoAfterTheOtherSideWasOutOfOrder()
            throws InterruptedException, ParseException, JOSEException {
        House.LISTENER.forget();
        House.LISTENER.breakFor(1);
        Visitor visitor = new Visitor(gate);
        Map<String, Object> tokens = crm.tokens(visitor);
        SignedJWT idToken = SignedJWT.parse(String.valueOf(tokens.get("id_token")));
        String access = String.valueOf(tokens.get("access_token"));
        HttpResponse<String> answer =
                visitor.get(
                        "/logout?id_token_hint="
                                + tokens.get("id_token")
                                + "&state=back&post_logout_redirect_uri="
                                + House.HOME);
        assertEquals(303, answer.statusCode());
        assertEquals(House.HOME + "?state=back", Visitor.location(answer));
        assertEquals("/login", Visitor.location(visitor.get("/account")));
        assertFalse(crm.isActive(access));
        assertEquals(
                "400 invalid_grant",
                Party.error(crm.refresh(String.valueOf(tokens.get("refresh_token")))));

        SignedJWT logout = SignedJWT.parse(House.LISTENER.next());
        var claims = logout.getJWTClaimsSet();
        assertEquals("logout+jwt", logout.getHeader().getType().getType());
        assertTrue(
                logout.verify(
                        new ECDSAVerifier(
                                JWKSet.parse(new Visitor(gate).get("/jwks").body())
                                        .getKeyByKeyId(logout.getHeader().getKeyID())
                                        .toECKey())));
        assertEquals(gate.issuer(), claims.getIssuer());
        assertEquals(List.of("crm"), claims.getAudience());
        assertEquals(idToken.getJWTClaimsSet().getSubject(), claims.getSubject());
        assertEquals(idToken.getJWTClaimsSet().getClaim("sid"), claims.getClaim("sid"));
        assertTrue(
                claims.getJSONObjectClaim("events")
                        .containsKey("http://schemas.openid.net/event/backchannel-logout"));
        assertEquals(null, claims.getClaim("nonce"));
    }

    @Test
    void withoutAHintThePersonIsAsked() {
        Visitor visitor = new Visitor(gate);
        crm.tokens(visitor);
        HttpResponse<String> page =
                visitor.get("/logout?client_id=crm&post_logout_redirect_uri=" + House.HOME);
        assertEquals(200, page.statusCode());
        assertEquals(200, visitor.get("/account").statusCode());
        HttpResponse<String> answer = visitor.post("/logout/confirm", Visitor.hidden(page.body()));
        assertEquals(House.HOME, Visitor.location(answer));
        assertEquals("/login", Visitor.location(visitor.get("/account")));
    }

    @Test
    void signingOutLeadsToRegisteredAddressesAlone() {
        Visitor visitor = new Visitor(gate);
        Map<String, Object> tokens = crm.tokens(visitor);
        for (String address :
                List.of(
                        "https://evil.example/",
                        House.HOME + "more",
                        House.HOME + "?x=1",
                        "//evil.example")) {
            HttpResponse<String> answer =
                    visitor.get(
                            "/logout?id_token_hint="
                                    + tokens.get("id_token")
                                    + "&post_logout_redirect_uri="
                                    + address);
            assertEquals(400, answer.statusCode(), address);
            assertEquals("", Visitor.location(answer));
        }
        Map<String, String> form = Visitor.hidden(visitor.get("/logout?client_id=crm").body());
        form.put("back", "https://evil.example/");
        assertEquals("/signed-out", Visitor.location(visitor.post("/logout/confirm", form)));
    }

    @Test
    void offlineAccessOutlivesTheSessionAndNothingElseDoes() {
        Visitor visitor = new Visitor(gate);
        Map<String, Object> offline = crm.tokens(visitor, "scope", "openid offline_access");
        Map<String, Object> online = crm.tokens(visitor);
        Map<String, String> form = Visitor.hidden(visitor.get("/account").body());
        assertEquals(303, visitor.post("/account/sign-out", form).statusCode());
        assertEquals(200, crm.refresh(String.valueOf(offline.get("refresh_token"))).statusCode());
        assertEquals(400, crm.refresh(String.valueOf(online.get("refresh_token"))).statusCode());
    }

    @Test
    void everywhereMeansEverywhere() {
        Visitor one = new Visitor(gate);
        Visitor other = new Visitor(gate);
        one.signIn("/login", House.JONES, House.JONES_PASSWORD);
        other.signIn("/login", House.JONES, House.JONES_PASSWORD);
        Map<String, String> form = Visitor.hidden(one.get("/account").body());
        one.post("/account/sign-out-everywhere", form);
        assertEquals("/login", Visitor.location(one.get("/account")));
        assertEquals("/login", Visitor.location(other.get("/account")));
    }

    @Test
    void nobodyEndsTheSessionOfAnother() {
        Visitor sato = new Visitor(gate);
        Visitor jones = new Visitor(gate);
        Map<String, Object> tokens = crm.tokens(sato);
        jones.signIn("/login", House.JONES, House.JONES_PASSWORD);
        String session = sessionOf(tokens);
        Map<String, String> form = Visitor.hidden(jones.get("/account").body());
        form.put("session", session);
        jones.post("/account/session/end", form);
        assertEquals(200, sato.get("/account").statusCode());
    }

    private static String sessionOf(Map<String, Object> tokens) {
        try {
            return SignedJWT.parse(String.valueOf(tokens.get("id_token")))
                    .getJWTClaimsSet()
                    .getStringClaim("sid");
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
