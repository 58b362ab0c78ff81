package dev.monban.acceptance;

import static dev.monban.acceptance.Party.error;
import static dev.monban.acceptance.Party.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.JWTParser;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What authorization requests may carry, how much of it, and what is given for it. */
class AuthorizationRequestTest {

    private static final int STATE_BYTES = 4096;

    private final GateProcess gate = House.gate();
    private final Party crm = new Party(gate, "crm");

    @ParameterizedTest
    @CsvSource({"A", "/", "&", "é", "佐"})
    void aStateOfFourKilobytesComesBackExactly(String letter) {
        int bytes = letter.getBytes(StandardCharsets.UTF_8).length;
        String state = letter.repeat(STATE_BYTES / bytes);
        Visitor visitor = new Visitor(gate);
        // By POST where the address would be longer than 16 KB.
        HttpResponse<String> asked =
                visitor.postAndFollow("/authorize", crm.request("state", state));
        HttpResponse<String> login =
                visitor.signIn(Visitor.location(asked), House.SATO, House.SATO_PASSWORD);
        String answer = Visitor.location(visitor.get(Visitor.location(login)));
        assertEquals(state, Visitor.parameter(answer, "state").orElseThrow());
        assertEquals(200, crm.redeem(Visitor.parameter(answer, "code").orElseThrow()).statusCode());
    }

    /** The worst that fits: no letter follows from another, and all is encoded. */
    @Test
    void aStateThatCannotBeCompressedGoesThroughThePagesToo() {
        long seed = System.nanoTime();
        StringBuilder state = new StringBuilder();
        Random random = new Random(seed);
        while (state.length() < STATE_BYTES) {
            state.append((char) (' ' + random.nextInt(95)));
        }
        String location =
                crm.answer(
                        new Visitor(gate),
                        "state",
                        state.toString(),
                        "login_hint",
                        "x".repeat(1500));
        assertEquals(
                state.toString(),
                Visitor.parameter(location, "state").orElseThrow(),
                "seed " + seed);
    }

    @Test
    void aLargerStateIsRefusedWithTheClause() {
        String location =
                Visitor.location(
                        new Visitor(gate)
                                .get(
                                        Party.path(
                                                crm.request(
                                                        "state", "s".repeat(STATE_BYTES + 1)))));
        assertTrue(location.startsWith(House.CALLBACK + "?"), location);
        assertEquals("invalid_request", Visitor.parameter(location, "error").orElseThrow());
        String told = Visitor.parameter(location, "error_description").orElseThrow();
        assertTrue(told.contains("4096") && told.contains("RFC 6749"), told);
        assertTrue(Visitor.parameter(location, "state").isEmpty(), "it cannot be returned whole");
    }

    /** RFC 6749, 3.1: what is sent twice is an error, and the client hears of it. */
    @ParameterizedTest
    @CsvSource({
        "scope=openid, invalid_request",
        "nonce=another, invalid_request",
        "code_challenge_method=plain, invalid_request",
        "response_mode=query&response_mode=form_post, invalid_request",
        "x=1&x=2, invalid_request",
        "state=another, invalid_request",
    })
    void aParameterThatIsSentTwiceIsToldToTheClient(String more, String code) {
        for (String method : new String[] {"GET", "POST"}) {
            String query = Visitor.encode(crm.request()) + "&" + more;
            Visitor visitor = new Visitor(gate);
            String location =
                    Visitor.location(
                            method.equals("GET")
                                    ? visitor.get("/authorize?" + query)
                                    : visitor.send("POST", "/authorize", query));
            assertTrue(location.startsWith(House.CALLBACK + "?"), method + location);
            assertEquals(code, Visitor.parameter(location, "error").orElseThrow());
            assertEquals(
                    more.startsWith("state") ? "" : "the-state",
                    Visitor.parameter(location, "state").orElse(""));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "client_id=crm",
        "client_id=partner",
        "redirect_uri=http://localhost:4711/callback"
    })
    void whoAsksAndWhereToIsNeverGuessed(String more) {
        HttpResponse<String> page =
                new Visitor(gate).get("/authorize?" + Visitor.encode(crm.request()) + "&" + more);
        assertEquals(400, page.statusCode());
        assertEquals("", Visitor.location(page));
    }

    /** RFC 6749, 3.1 and RFC 8707, 2. */
    @Test
    void whatIsUnknownOrEmptyIsIgnored() {
        String query =
                Visitor.encode(crm.request())
                        + "&resource=https://a.example&resource=not%20one"
                        + "&request=&request_uri=&claims=&id_token_hint=&max_age=&prompt="
                        + "&dpop_jkt=&registration=&response_mode=&unknown="
                        + "x".repeat(3000);
        String location = Visitor.location(new Visitor(gate).get("/authorize?" + query));
        assertTrue(location.startsWith("/login?"), location);
    }

    @Test
    void aRequestThatIsTooLongIsToldToTheClient() {
        String location =
                Visitor.location(
                        new Visitor(gate)
                                .post("/authorize", crm.request("unknown", "x".repeat(50_000))));
        assertEquals("invalid_request", Visitor.parameter(location, "error").orElseThrow());
        assertTrue(Visitor.parameter(location, "error_description").orElseThrow().contains("/par"));
    }

    @Test
    void registrationIsRefusedByItsOwnName() {
        String location =
                Visitor.location(
                        new Visitor(gate).get(Party.path(crm.request("registration", "{}"))));
        assertEquals(
                "registration_not_supported", Visitor.parameter(location, "error").orElseThrow());
    }

    /** What the operator did not allow a client comes by no other name. */
    @Test
    void aClaimByNameDoesNotReachBeyondWhatTheClientWasDeclaredFor() {
        Party narrow = new Party(gate, "narrow");
        Map<String, Object> tokens =
                narrow.tokens(
                        new Visitor(gate),
                        "scope",
                        "openid",
                        "claims",
                        "{\"userinfo\":{\"email\":{\"essential\":true},\"name\":null}}");
        Map<String, Object> info = userInfo(tokens);
        assertNull(info.get("email"));
        assertNull(info.get("name"));
        assertNotEquals(null, info.get("sub"));
    }

    /** Somebody else's client gets by name only what the person was shown and agreed to. */
    @Test
    void aClaimByNameIsAskedAboutAsItsScopeIs() {
        Party partner = new Party(gate, "partner");
        Visitor visitor = new Visitor(gate);
        // Agreed to openid alone, earlier or now.
        partner.code(visitor, "scope", "openid");
        String location =
                Visitor.location(
                        visitor.get(
                                Party.path(
                                        partner.request(
                                                "scope",
                                                "openid",
                                                "prompt",
                                                "consent",
                                                "claims",
                                                "{\"userinfo\":{\"email\":null}}"))));
        assertTrue(location.startsWith("/authorize/consent"), location);
        HttpResponse<String> plain =
                visitor.get(
                        Visitor.location(
                                visitor.get(
                                        Party.path(
                                                partner.request(
                                                        "scope", "openid", "prompt", "consent")))));
        HttpResponse<String> page = visitor.get(location);
        assertEquals(
                1,
                items(page.body()) - items(plain.body()),
                "the page names the mail address beside the rest: " + page.body());
        Map<String, String> form = Visitor.hidden(page.body());
        form.put("choice", "allow");
        String answer = Visitor.location(visitor.post("/authorize/consent", form));
        Map<String, Object> tokens =
                json(partner.redeem(Visitor.parameter(answer, "code").orElseThrow()));
        assertEquals("openid", tokens.get("scope"));
        assertEquals(House.SATO, userInfo(tokens).get("email"));
        // The person's own page says so too, where it can be taken back.
        assertTrue(visitor.get("/account").body().contains("外部パートナー"));
    }

    private static int items(String html) {
        return html.split("<li").length;
    }

    /** RFC 6749, section 6: a narrower token is one that its client may give away. */
    @Test
    void aNarrowedTokenCarriesNoClaimByName() throws ParseException {
        Map<String, Object> tokens =
                crm.tokens(
                        new Visitor(gate),
                        "scope",
                        "openid profile offline_access",
                        "claims",
                        "{\"userinfo\":{\"email\":null},\"id_token\":{\"email\":null}}");
        assertEquals(House.SATO, userInfo(tokens).get("email"));
        Map<String, Object> narrowed =
                json(crm.refresh(String.valueOf(tokens.get("refresh_token")), "scope", "openid"));
        assertEquals("openid", narrowed.get("scope"));
        assertNull(userInfo(narrowed).get("email"));
        assertNull(userInfo(narrowed).get("name"));
        assertNull(
                JWTParser.parse(String.valueOf(narrowed.get("id_token")))
                        .getJWTClaimsSet()
                        .getClaim("email"));
    }

    @Test
    void hostileClaimsCostNothingAndAreToldToTheClient() {
        String deep = "{\"userinfo\":" + "{\"a\":".repeat(680) + "1" + "}".repeat(680) + "}";
        String lists =
                "{\"userinfo\":{\"a\":{\"values\":" + "[".repeat(1990) + "]".repeat(1990) + "}}}";
        String unknown = "{\"x\":1,\"userinfo\":{\"unheard\":null,\"name\":{\"colour\":\"red\"}}}";
        for (String claims :
                new String[] {
                    deep, lists, unknown, "{\"userinfo\":5}", "[]", "null", "{\"id_token\":null}"
                }) {
            Visitor visitor = new Visitor(gate);
            String location =
                    Visitor.location(
                            visitor.postAndFollow("/authorize", crm.request("claims", claims)));
            assertTrue(
                    location.startsWith("/login?") || location.contains("error=invalid_request"),
                    claims.substring(0, Math.min(60, claims.length())) + ": " + location);
        }
        String large = "{\"userinfo\":{" + "\"name\":null,".repeat(4600) + "\"x\":null}}";
        String location =
                Visitor.location(
                        new Visitor(gate)
                                .send(
                                        "POST",
                                        "/authorize",
                                        "client_id=crm&redirect_uri="
                                                + House.CALLBACK
                                                + "&response_type=code&scope=openid&state=s&claims="
                                                + large));
        assertTrue(location.isEmpty() || location.contains("error=invalid_request"), location);
        // Pushed ones follow the same rule.
        Map<String, String> push = crm.request("claims", deep);
        push.remove("client_id");
        HttpResponse<String> pushed = crm.post("/par", push);
        assertTrue(
                pushed.statusCode() == 201 || error(pushed).equals("400 invalid_request"),
                pushed.body());
        assertFalse(gate.log().contains("StackOverflowError"));
    }

    private Map<String, Object> userInfo(Map<String, Object> tokens) {
        HttpResponse<String> info =
                new Visitor(gate)
                        .get("/userinfo", "Authorization", "Bearer " + tokens.get("access_token"));
        assertEquals(200, info.statusCode(), info.body());
        return json(info);
    }
}
