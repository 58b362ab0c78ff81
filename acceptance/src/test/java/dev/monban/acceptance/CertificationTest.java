package dev.monban.acceptance;

import static dev.monban.acceptance.Party.error;
import static dev.monban.acceptance.Party.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The 35 modules of the OpenID Foundation's plan for the certification "Basic OP", played from
 * outside as far as a program can: a client without PKCE, with its secret, and RS256. What only a
 * person can judge is the look of pages: the second sign-in form (prompt-login, max-age-1), the
 * page of an unregistered address, and display=page and popup; here their content is checked. The
 * half minute of codereuse-30seconds is not waited for.
 */
class CertificationTest {

    private static final int MODULES = 35;

    final GateProcess gate = House.gate();
    final Party party = new Party(gate, "certified");

    @ParameterizedTest(name = "{0}")
    @MethodSource("dev.monban.acceptance.CertificationModules#all")
    void passes(CertificationModules.Module module) throws Exception {
        module.play().of(this);
    }

    @Test
    void theListIsWhole() {
        assertEquals(
                MODULES,
                CertificationModules.all()
                        .map(CertificationModules.Module::name)
                        .distinct()
                        .count());
    }

    /** What a sign-in gave. */
    record Signed(JWTClaimsSet claims, Map<String, Object> tokens) {
        String access() {
            return String.valueOf(tokens.get("access_token"));
        }
    }

    private static final List<String> NO_PKCE =
            List.of("code_challenge", "", "code_challenge_method", "", "scope", "openid");

    static String[] bare(String... changes) {
        return Stream.concat(NO_PKCE.stream(), Arrays.stream(changes)).toArray(String[]::new);
    }

    Signed signIn(Visitor visitor, String... changes) throws Exception {
        String answer = party.answer(visitor, bare(changes));
        return redeemed(visitor, answer);
    }

    Signed redeemed(Visitor visitor, String answer) throws Exception {
        assertEquals(gate.issuer(), Visitor.parameter(answer, "iss").orElseThrow(), answer);
        assertEquals("the-state", Visitor.parameter(answer, "state").orElseThrow());
        String code = Visitor.parameter(answer, "code").orElseThrow();
        HttpResponse<String> tokens = party.redeem(code, "code_verifier", "");
        assertEquals(200, tokens.statusCode(), tokens.body());
        assertEquals("no-store", tokens.headers().firstValue("Cache-Control").orElse(""));
        return signed(visitor, json(tokens));
    }

    /** OpenID Connect Core 1.0, 3.1.3.7. */
    Signed signed(Visitor visitor, Map<String, Object> tokens) throws Exception {
        assertEquals("Bearer", tokens.get("token_type"));
        SignedJWT jwt = SignedJWT.parse(String.valueOf(tokens.get("id_token")));
        assertEquals(JWSAlgorithm.RS256, jwt.getHeader().getAlgorithm());
        JWKSet keys = JWKSet.parse(visitor.get("/jwks").body());
        assertTrue(
                jwt.verify(
                        new RSASSAVerifier(
                                keys.getKeyByKeyId(jwt.getHeader().getKeyID()).toRSAKey())));
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        assertEquals(gate.issuer(), claims.getIssuer());
        assertEquals(List.of("certified"), claims.getAudience());
        assertTrue(claims.getExpirationTime().toInstant().isAfter(Instant.now()));
        assertTrue(claims.getSubject().length() <= 255);
        String access = String.valueOf(tokens.get("access_token"));
        byte[] hash =
                MessageDigest.getInstance("SHA-256")
                        .digest(access.getBytes(StandardCharsets.US_ASCII));
        assertEquals(
                Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 16)),
                claims.getStringClaim("at_hash"));
        return new Signed(claims, tokens);
    }

    Map<String, Object> userInfo(String access) {
        HttpResponse<String> info =
                new Visitor(gate).get("/userinfo", "Authorization", "Bearer " + access);
        assertEquals(200, info.statusCode(), info.body());
        return json(info);
    }

    void server() throws Exception {
        Visitor visitor = new Visitor(gate);
        Map<String, Object> metadata = json(visitor.get("/.well-known/openid-configuration"));
        assertEquals(gate.issuer(), metadata.get("issuer"));
        for (String endpoint :
                List.of("authorization", "token", "userinfo", "pushed_authorization_request")) {
            assertTrue(
                    String.valueOf(metadata.get(endpoint + "_endpoint")).startsWith(gate.issuer()));
        }
        Signed signed = signIn(visitor);
        assertEquals("the-nonce", signed.claims().getClaim("nonce"));
        assertEquals(signed.claims().getSubject(), userInfo(signed.access()).get("sub"));
    }

    void refused(String error, String... changes) {
        String location =
                Visitor.location(new Visitor(gate).get(Party.path(party.request(bare(changes)))));
        assertTrue(location.startsWith(House.CALLBACK + "?"), location);
        assertEquals(error, Visitor.parameter(location, "error").orElseThrow());
        assertEquals("the-state", Visitor.parameter(location, "state").orElseThrow());
        assertEquals(gate.issuer(), Visitor.parameter(location, "iss").orElseThrow());
    }

    void userInfo(String method, boolean header) throws Exception {
        Visitor visitor = new Visitor(gate);
        Signed signed = signIn(visitor);
        HttpResponse<String> info =
                method.equals("GET")
                        ? visitor.get("/userinfo", "Authorization", "Bearer " + signed.access())
                        : header
                                ? visitor.send(
                                        "POST",
                                        "/userinfo",
                                        null,
                                        "Authorization",
                                        "Bearer " + signed.access())
                                : visitor.post(
                                        "/userinfo", Map.of("access_token", signed.access()));
        assertEquals(200, info.statusCode(), info.body());
        assertEquals(signed.claims().getSubject(), json(info).get("sub"));
    }

    void scope(String scope, String claims) throws Exception {
        Map<String, Object> info = userInfo(signIn(new Visitor(gate), "scope", scope).access());
        for (String claim : claims.split(" ", -1)) {
            assertNotEquals(null, info.get(claim), claim + " in " + info);
        }
    }

    void scopeThatIsNotOffered(String scope) throws Exception {
        Map<String, Object> metadata =
                json(new Visitor(gate).get("/.well-known/openid-configuration"));
        assertFalse(
                Objects.requireNonNull((List<?>) metadata.get("scopes_supported")).contains(scope));
        Signed signed = signIn(new Visitor(gate), "scope", "openid " + scope);
        assertEquals("openid", signed.tokens().get("scope"));
    }

    void otherOrder() throws Exception {
        List<Map.Entry<String, String>> pairs =
                new ArrayList<>(party.request(bare("scope", "email openid")).entrySet());
        Collections.reverse(pairs);
        Map<String, String> reversed = new LinkedHashMap<>();
        pairs.forEach(pair -> reversed.put(pair.getKey(), pair.getValue()));
        Visitor visitor = new Visitor(gate);
        HttpResponse<String> login =
                visitor.signIn(
                        Visitor.location(visitor.get(Party.path(reversed))),
                        House.SATO,
                        House.SATO_PASSWORD);
        String answer = Visitor.location(visitor.get(Visitor.location(login)));
        assertEquals(House.SATO, userInfo(redeemed(visitor, answer).access()).get("email"));
    }

    void asksAgain(String parameter, String value) throws Exception {
        Visitor visitor = new Visitor(gate);
        long first = authTime(signIn(visitor));
        awaitSecond(first + 2);
        HttpResponse<String> asked = visitor.get(Party.path(party.request(bare(parameter, value))));
        String form = Visitor.location(asked);
        assertTrue(form.startsWith("/login?"), form);
        // The name is known from the session, and filled in.
        assertTrue(visitor.get(form).body().contains("value=\"" + House.SATO + "\""));
        HttpResponse<String> login = visitor.signIn(form, House.SATO, House.SATO_PASSWORD);
        String answer = Visitor.location(visitor.get(Visitor.location(login)));
        assertTrue(authTime(redeemed(visitor, answer)) > first);
    }

    void goesOn(String parameter, String value) throws Exception {
        Visitor visitor = new Visitor(gate);
        Signed first = signIn(visitor);
        String answer =
                Visitor.location(visitor.get(Party.path(party.request(bare(parameter, value)))));
        Signed second = redeemed(visitor, answer);
        assertEquals(first.claims().getSubject(), second.claims().getSubject());
        assertEquals(authTime(first), authTime(second));
    }

    void idTokenHint() throws Exception {
        Visitor visitor = new Visitor(gate);
        Signed first = signIn(visitor);
        String answer =
                Visitor.location(
                        visitor.get(
                                Party.path(
                                        party.request(
                                                bare(
                                                        "prompt",
                                                        "none",
                                                        "id_token_hint",
                                                        String.valueOf(
                                                                first.tokens()
                                                                        .get("id_token")))))));
        assertEquals(first.claims().getSubject(), redeemed(visitor, answer).claims().getSubject());
    }

    void formHolds(String text, String... changes) {
        Visitor visitor = new Visitor(gate);
        String form = Visitor.location(visitor.get(Party.path(party.request(bare(changes)))));
        HttpResponse<String> page = visitor.get(form);
        assertEquals(200, page.statusCode());
        assertTrue(page.body().contains(text), page.body());
    }

    void uiLocales() throws Exception {
        formHolds("lang=\"en\"", "ui_locales", "en");
        formHolds("lang=\"ja\"", "ui_locales", "ja");
        signIn(new Visitor(gate), "ui_locales", "se");
    }

    void codeReuse() throws Exception {
        Visitor visitor = new Visitor(gate);
        String code = Visitor.parameter(party.answer(visitor, bare()), "code").orElseThrow();
        String access =
                String.valueOf(json(party.redeem(code, "code_verifier", "")).get("access_token"));
        assertEquals("400 invalid_grant", error(party.redeem(code, "code_verifier", "")));
        assertEquals(
                401, visitor.get("/userinfo", "Authorization", "Bearer " + access).statusCode());
    }

    void ownPage(String... changes) {
        HttpResponse<String> page = new Visitor(gate).get(Party.path(party.request(bare(changes))));
        assertEquals(400, page.statusCode());
        assertEquals("", Visitor.location(page));
        assertTrue(page.body().contains("<h1>"), page.body());
    }

    void byPost() throws Exception {
        Visitor visitor = new Visitor(gate);
        HttpResponse<String> asked = visitor.postAndFollow("/authorize", party.request(bare()));
        HttpResponse<String> login =
                visitor.signIn(Visitor.location(asked), House.SATO, House.SATO_PASSWORD);
        redeemed(visitor, Visitor.location(visitor.get(Visitor.location(login))));
    }

    void secretInTheForm() throws Exception {
        Visitor visitor = new Visitor(gate);
        String code = Visitor.parameter(party.answer(visitor, bare()), "code").orElseThrow();
        HttpResponse<String> tokens =
                party.redeem(
                        code,
                        "code_verifier",
                        "",
                        "client_id",
                        "certified",
                        "client_secret",
                        House.SECRET);
        assertEquals(200, tokens.statusCode(), tokens.body());
        signed(visitor, json(tokens));
    }

    static String object(String... claims) {
        JWTClaimsSet.Builder object = new JWTClaimsSet.Builder();
        for (int i = 0; i < claims.length; i += 2) {
            object.claim(claims[i], claims[i + 1]);
        }
        return new PlainJWT(object.build()).serialize();
    }

    void requestObject() {
        refused("request_not_supported", "request", object("scope", "openid profile"));
        // By the response mode that only the object names.
        HttpResponse<String> posted =
                new Visitor(gate)
                        .get(
                                Party.path(
                                        party.request(
                                                bare(
                                                        "request",
                                                        object("response_mode", "form_post")))));
        assertEquals(200, posted.statusCode());
        assertTrue(posted.body().contains("action=\"" + House.CALLBACK + "\""), posted.body());
        assertTrue(posted.body().contains("request_not_supported"));
    }

    void requestObjectWithAddress() {
        String unregistered = House.CALLBACK + "/unregistered";
        refused("request_not_supported", "request", object("redirect_uri", unregistered));
        refused(
                "request_not_supported",
                "request",
                object("redirect_uri", House.CALLBACK),
                "redirect_uri",
                unregistered);
        ownPage("request", object("redirect_uri", unregistered), "redirect_uri", unregistered);
    }

    void claimsEssential() throws Exception {
        Signed signed =
                signIn(
                        new Visitor(gate),
                        "claims",
                        "{\"userinfo\":{\"name\":{\"essential\":true}},\"id_token\":{\"email\":null}}");
        assertEquals("佐藤 結衣", userInfo(signed.access()).get("name"));
        assertEquals(House.SATO, signed.claims().getClaim("email"));
        assertNull(signed.claims().getClaim("name"));
    }

    void refreshToken() throws Exception {
        Visitor visitor = new Visitor(gate);
        Signed first = signIn(visitor, "scope", "openid offline_access", "prompt", "consent");
        String token = String.valueOf(first.tokens().get("refresh_token"));
        HttpResponse<String> other = new Party(gate, "crm").refresh(token);
        assertEquals("400 invalid_grant", error(other));
        Signed second = signed(visitor, json(party.refresh(token)));
        assertEquals(first.claims().getSubject(), second.claims().getSubject());
        assertEquals(authTime(first), authTime(second));
        assertNull(second.claims().getClaim("nonce"), "OpenID Connect Core 1.0, 12.2");
        assertFalse(
                second.claims()
                        .getIssueTime()
                        .toInstant()
                        .isBefore(first.claims().getIssueTime().toInstant()));
    }

    void validPkce() throws Exception {
        Visitor visitor = new Visitor(gate);
        String code = party.code(visitor, "scope", "openid");
        HttpResponse<String> tokens = party.redeem(code);
        assertEquals(200, tokens.statusCode(), tokens.body());
        signed(visitor, json(tokens));
    }

    static long authTime(Signed signed) throws Exception {
        return Optional.ofNullable(signed.claims().getLongClaim("auth_time")).orElseThrow();
    }

    /** Until the clock shows this second: auth_time counts in seconds. */
    static void awaitSecond(long epochSecond) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (Instant.now().getEpochSecond() < epochSecond) {
            assertTrue(System.nanoTime() < until, "the clock stands still");
            LockSupport.parkNanos(20_000_000);
        }
    }
}
