package dev.monban.acceptance;

import static dev.monban.acceptance.Party.error;
import static dev.monban.acceptance.Party.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What attackers send to the protocol's endpoints, and how it fails. */
class ProtocolAttackTest {

    private final GateProcess gate = House.gate();
    private final Party crm = new Party(gate, "crm");

    @Test
    void aCodeIsGoodOnceAndASecondUseTakesBackWhatTheFirstGave() {
        String code = crm.code(new Visitor(gate), "scope", "openid offline_access");
        Map<String, Object> tokens = json(crm.redeem(code));
        String access = String.valueOf(tokens.get("access_token"));
        assertTrue(crm.isActive(access));
        assertEquals("400 invalid_grant", error(crm.redeem(code)));
        assertFalse(crm.isActive(access));
        assertEquals(
                "400 invalid_grant",
                error(crm.refresh(String.valueOf(tokens.get("refresh_token")))));
    }

    @Test
    void ofManyThatRedeemACodeAtOnceNobodyKeepsTokens() throws Exception {
        String code = crm.code(new Visitor(gate), "scope", "openid offline_access");
        List<HttpResponse<String>> answers = atOnce(20, () -> crm.redeem(code));
        List<HttpResponse<String>> given =
                answers.stream().filter(a -> a.statusCode() == 200).toList();
        assertTrue(given.size() <= 1, "codes redeemed: " + given.size());
        for (HttpResponse<String> answer : given) {
            assertFalse(crm.isActive(String.valueOf(json(answer).get("access_token"))));
        }
    }

    @Test
    void anOldRefreshTokenRevokesItsFamily() {
        String first = refreshToken();
        String second = refreshed(crm.refresh(first));
        String third = refreshed(crm.refresh(second));
        assertEquals("400 invalid_grant", error(crm.refresh(first)));
        assertEquals("400 invalid_grant", error(crm.refresh(third)));
    }

    @Test
    void aLostAnswerIsGivenOnceMoreAndNothingNewIsMade() {
        String first = refreshToken();
        String second = refreshed(crm.refresh(first));
        assertEquals(second, refreshed(crm.refresh(first)));
        String third = refreshed(crm.refresh(second));
        assertEquals("400 invalid_grant", error(crm.refresh(first)));
        assertEquals("400 invalid_grant", error(crm.refresh(third)));
    }

    @Test
    void ofManyThatRefreshAtOnceAllGetTheSameNextToken() throws Exception {
        String first = refreshToken();
        List<HttpResponse<String>> answers = atOnce(20, () -> crm.refresh(first));
        assertEquals(
                1,
                answers.stream()
                        .filter(a -> a.statusCode() == 200)
                        .map(ProtocolAttackTest::refreshed)
                        .distinct()
                        .count());
    }

    @Test
    void anotherClientsTokenAndCodeAreWorthNothing() {
        Party opaque = new Party(gate, "opaque");
        assertEquals("400 invalid_grant", error(opaque.redeem(crm.code(new Visitor(gate)))));
        String refresh = refreshToken();
        assertEquals("400 invalid_grant", error(opaque.refresh(refresh)));
        assertEquals(200, crm.refresh(refresh).statusCode());
    }

    @ParameterizedTest(name = "{0} = {1}: {2}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
"""
code_challenge        | ''                       | invalid_request
code_challenge_method | plain                    | invalid_request
code_challenge_method | ''                       | invalid_request
code_challenge        | short                    | invalid_request
response_type         | token                    | unsupported_response_type
response_type         | code id_token            | unsupported_response_type
response_type         | ''                       | invalid_request
response_mode         | fragment                 | invalid_request
scope                 | ''                       | invalid_scope
scope                 | nothing-of-this          | invalid_scope
prompt                | none login               | invalid_request
prompt                | unknown                  | invalid_request
prompt                | none                     | login_required
max_age               | -5                       | invalid_request
max_age               | soon                     | invalid_request
request               | eyJhbGciOiJub25lIn0.e30. | request_not_supported
request_uri           | https://evil.example/r   | request_uri_not_supported
id_token_hint         | nonsense                 | invalid_request
claims                | {"id_token":             | invalid_request
claims                | {"id_token":{"acr":{"essential":true,"value":"aal2"}}} | login
ui_locales            | -                        | login
""")
    void aBadRequestIsToldToTheClient(String parameter, String value, String outcome) {
        String sent = value == null ? "-" : value;
        String location =
                Visitor.location(new Visitor(gate).get(Party.path(crm.request(parameter, sent))));
        if (outcome.equals("login")) {
            assertTrue(
                    location.startsWith("/login?request=")
                            || location.contains("error=invalid_request"),
                    location);
            return;
        }
        assertTrue(location.startsWith(House.CALLBACK + "?"), location);
        assertEquals(outcome, Visitor.parameter(location, "error").orElseThrow());
        assertEquals("the-state", Visitor.parameter(location, "state").orElseThrow());
        assertEquals(gate.issuer(), Visitor.parameter(location, "iss").orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:4711/callback/",
                "http://localhost:4711/callback/../evil",
                "http://localhost:4711/callback?next=evil",
                "http://localhost:4711/callback#fragment",
                "http://localhost:4711/%63allback",
                "http://localhost:4711@evil.example/callback",
                "http://localhost:4712/callback",
                "http://localhost.evil.example:4711/callback",
                "https://localhost:4711/callback",
                "http://127.0.0.1:5000/native/../x",
                "http://x@127.0.0.1:5000/native",
                "//evil.example",
                "javascript:alert(1)",
                "http://localhost:4711/callback\r\nSet-Cookie: a=b",
            })
    void nothingIsSentToAnAddressThatIsNotRegistered(String address) {
        HttpResponse<String> answer =
                new Visitor(gate).get(Party.path(crm.request("redirect_uri", address)));
        assertEquals(400, answer.statusCode());
        assertEquals("", Visitor.location(answer));
        assertFalse(answer.body().contains("//evil"));
    }

    @Test
    void aProgramOnADeskGetsItsPortFromTheSystem() {
        String location =
                crm.answer(new Visitor(gate), "redirect_uri", "http://127.0.0.1:51004/native");
        assertTrue(location.startsWith("http://127.0.0.1:51004/native?code="), location);
    }

    @Test
    void theWrongVerifierGetsNothing() {
        for (String verifier : List.of("", "x".repeat(50), Party.challenge(Party.VERIFIER))) {
            String code = crm.code(new Visitor(gate));
            assertEquals("400 invalid_grant", error(crm.redeem(code, "code_verifier", verifier)));
        }
        String code = crm.code(new Visitor(gate));
        assertEquals(
                "400 invalid_grant",
                error(crm.redeem(code, "redirect_uri", "http://localhost:4711/other")));
    }

    @Test
    void answersNameTheirIssuerSoThatNobodyMixesThemUp() {
        String location = crm.answer(new Visitor(gate));
        assertEquals(gate.issuer(), Visitor.parameter(location, "iss").orElseThrow());
    }

    @Test
    void forgedAccessTokensAreWorthNothing() throws JOSEException, ParseException {
        Map<String, Object> tokens = crm.tokens(new Visitor(gate));
        String good = String.valueOf(tokens.get("access_token"));
        assertEquals(200, userInfo(good).statusCode());
        SignedJWT jwt = SignedJWT.parse(good);
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        String kid = jwt.getHeader().getKeyID();
        ECKey published =
                JWKSet.parse(new Visitor(gate).get("/jwks").body()).getKeyByKeyId(kid).toECKey();
        ECKey foreign = new ECKeyGenerator(Curve.P_256).keyID("foreign").generate();
        List<String> forged = new ArrayList<>();
        forged.add(unsigned("{\"alg\":\"none\",\"typ\":\"at+jwt\"}", claims));
        forged.add(unsigned("{\"alg\":\"none\",\"kid\":\"" + kid + "\"}", claims));
        forged.add(byPublicKey(published, kid, claims));
        forged.add(signed(foreign, "foreign", "at+jwt", claims));
        forged.add(signed(foreign, kid, "at+jwt", claims));
        forged.add(signed(foreign, "../../dev/null", "at+jwt", claims));
        forged.add(String.valueOf(tokens.get("id_token")));
        forged.add(good.substring(0, good.lastIndexOf('.') + 1));
        forged.add(good + "x");
        for (String token : forged) {
            HttpResponse<String> answer = userInfo(token);
            assertEquals(401, answer.statusCode(), token);
            assertTrue(
                    answer.headers()
                            .firstValue("WWW-Authenticate")
                            .orElse("")
                            .contains("invalid_token"));
            assertFalse(crm.isActive(token), token);
        }
    }

    @Test
    void expiredAndFutureAssertionsAreRefused() throws JOSEException {
        Instant now = Instant.now();
        String expired = assertion(gate.issuer(), now.minusSeconds(300), "expired");
        String forAnHour = assertion(gate.issuer(), now.plusSeconds(3600), "hour" + now);
        String forLonger = assertion(gate.issuer(), now.plusSeconds(3720), "longer");
        assertEquals("401 invalid_client", error(byAssertion(expired)));
        assertEquals("401 invalid_client", error(byAssertion(forLonger)));
        assertEquals(200, byAssertion(forAnHour).statusCode());
    }

    @Test
    void anAssertionIsGoodOnceAndForThisGateAlone() throws JOSEException {
        Instant soon = Instant.now().plusSeconds(60);
        String assertion = assertion(gate.issuer(), soon, "used-" + System.nanoTime());
        assertEquals(200, byAssertion(assertion).statusCode());
        assertEquals("401 invalid_client", error(byAssertion(assertion)));
        String elsewhere = assertion("https://other.example", soon, "elsewhere");
        assertEquals("401 invalid_client", error(byAssertion(elsewhere)));
    }

    @Test
    void aClientProvesItselfInItsOneWay() {
        Map<String, String> ask = Map.of("grant_type", "client_credentials");
        assertEquals(200, crm.token(ask).statusCode());
        Visitor plain = new Visitor(gate);
        for (String authorization :
                List.of(
                        Party.basic("crm", "wrong"),
                        Party.basic("nobody", House.SECRET),
                        Party.basic("machine", House.SECRET),
                        Party.basic("spa", ""),
                        "Basic ???",
                        "Basic",
                        "Negotiate abc")) {
            HttpResponse<String> answer = plain.post("/token", ask, "Authorization", authorization);
            assertEquals("401 invalid_client", error(answer), authorization);
            assertTrue(answer.headers().firstValue("WWW-Authenticate").isPresent());
        }
        assertEquals(
                "400 invalid_request",
                error(
                        plain.post(
                                "/token",
                                Map.of(
                                        "grant_type", "client_credentials",
                                        "client_id", "crm",
                                        "client_secret", House.SECRET),
                                "Authorization",
                                Party.basic("crm", House.SECRET))));
        assertEquals(
                "401 invalid_client",
                error(
                        plain.post(
                                "/token",
                                Map.of("grant_type", "client_credentials", "client_id", "crm"))));
    }

    @Test
    void aPushedRequestIsItsClientsAndAnsweredOnce() {
        Party pusher = new Party(gate, "pusher");
        Map<String, Object> pushed =
                json(pusher.post("/par", pusher.request("client_id", "", "scope", "openid")));
        String uri = String.valueOf(pushed.get("request_uri"));
        Visitor visitor = new Visitor(gate);
        String path = "/authorize?client_id=pusher&request_uri=" + uri;
        assertEquals(400, visitor.get("/authorize?client_id=crm&request_uri=" + uri).statusCode());
        String login = Visitor.location(visitor.get(path));
        String next = Visitor.location(visitor.signIn(login, House.SATO, House.SATO_PASSWORD));
        String answer = Visitor.location(visitor.get(next));
        assertTrue(Visitor.parameter(answer, "code").isPresent(), answer);
        assertEquals(400, visitor.get(path).statusCode());
        assertTrue(Visitor.location(visitor.get(next)).contains("error=invalid_request"));
        String unpushed =
                Visitor.location(visitor.get(Party.path(pusher.request("scope", "openid"))));
        assertEquals("invalid_request", Visitor.parameter(unpushed, "error").orElseThrow());
    }

    private HttpResponse<String> byAssertion(String assertion) {
        return new Visitor(gate)
                .post(
                        "/token",
                        Map.of(
                                "grant_type", "client_credentials",
                                "client_assertion_type",
                                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                                "client_assertion", assertion));
    }

    private static String assertion(String audience, Instant until, String id)
            throws JOSEException {
        SignedJWT jwt =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("assertion").build(),
                        new JWTClaimsSet.Builder()
                                .issuer("machine")
                                .subject("machine")
                                .audience(audience)
                                .expirationTime(Date.from(until))
                                .jwtID(id)
                                .build());
        jwt.sign(new ECDSASigner(Keys.assertion()));
        return jwt.serialize();
    }

    private HttpResponse<String> userInfo(String token) {
        return new Visitor(gate).get("/userinfo", "Authorization", "Bearer " + token);
    }

    private String refreshToken() {
        return refreshed(crm.redeem(crm.code(new Visitor(gate))));
    }

    private static String refreshed(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer.body());
        return String.valueOf(json(answer).get("refresh_token"));
    }

    private static String unsigned(String header, JWTClaimsSet claims) {
        return encode(header) + "." + encode(claims.toString()) + ".";
    }

    private static String byPublicKey(ECKey key, String kid, JWTClaimsSet claims)
            throws JOSEException {
        SignedJWT jwt =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.HS256)
                                .keyID(kid)
                                .type(new JOSEObjectType("at+jwt"))
                                .build(),
                        claims);
        jwt.sign(new MACSigner(key.toECPublicKey().getEncoded()));
        return jwt.serialize();
    }

    private static String signed(ECKey key, String kid, String type, JWTClaimsSet claims)
            throws JOSEException {
        SignedJWT jwt =
                new SignedJWT(
                        new JWSHeader.Builder(JWSAlgorithm.ES256)
                                .keyID(kid)
                                .type(new JOSEObjectType(type))
                                .build(),
                        claims);
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<HttpResponse<String>> atOnce(
            int times, java.util.concurrent.Callable<HttpResponse<String>> request)
            throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> futures = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                futures.add(
                        threads.submit(() -> {
                            start.await();
                            return request.call();
                        }));
            }
            start.countDown();
            List<HttpResponse<String>> answers = new ArrayList<>();
            for (Future<HttpResponse<String>> future : futures) {
                answers.add(future.get());
            }
            return answers;
        }
    }
}
