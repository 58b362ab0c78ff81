package dev.monban.acceptance;

import static dev.monban.acceptance.Party.error;
import static dev.monban.acceptance.Party.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that proves itself may do without PKCE where that is declared; nobody else may. */
class WithoutPkceTest {

    private static final String[] BARE = {
        "code_challenge", "", "code_challenge_method", "", "nonce", ""
    };

    private final GateProcess gate = House.gate();
    private final Party plain = new Party(gate, "plain");

    @Test
    void aLoadBalancerSignsInWithStateAlone() {
        Visitor visitor = new Visitor(gate);
        String answer = plain.answer(visitor, BARE);
        assertEquals("the-state", Visitor.parameter(answer, "state").orElseThrow());
        String code = Visitor.parameter(answer, "code").orElseThrow();
        HttpResponse<String> tokens = plain.redeem(code, "code_verifier", "");
        assertEquals(200, tokens.statusCode(), tokens.body());
        assertFalse(tokens.body().contains("nonce"));
        HttpResponse<String> info =
                visitor.get(
                        "/userinfo", "Authorization", "Bearer " + json(tokens).get("access_token"));
        assertEquals(House.SATO, json(info).get("email"));
        assertTrue(
                gate.log().contains("client plain asks for codes with neither code_challenge"),
                "the log names a client without any protection of its codes");
    }

    @Test
    void aChallengeThatIsTakenOutOnTheWayIsNoticed() {
        String code = plain.code(new Visitor(gate), BARE);
        assertEquals("400 invalid_grant", error(plain.redeem(code)));
        assertEquals(
                "400 invalid_grant",
                error(plain.redeem(code, "code_verifier", "an-invented-one-".repeat(4))));
        // The refusals cost the code nothing: its own client still redeems it.
        assertEquals(200, plain.redeem(code, "code_verifier", "").statusCode());
    }

    @Test
    void aChallengeThatIsSentIsHeldTo() {
        for (String verifier : new String[] {"", "the-wrong-verifier-".repeat(3)}) {
            String code = plain.code(new Visitor(gate));
            assertEquals("400 invalid_grant", error(plain.redeem(code, "code_verifier", verifier)));
        }
    }

    @Test
    void aCodeOfOneClientIsWorthNothingAtAnother() {
        String code = plain.code(new Visitor(gate), BARE);
        Party crm = new Party(gate, "crm");
        assertEquals("400 invalid_grant", error(crm.redeem(code, "code_verifier", "")));
    }

    @Test
    void aCodeIsGoodOnceWithoutPkceToo() {
        String code = plain.code(new Visitor(gate), BARE);
        Map<String, Object> tokens = json(plain.redeem(code, "code_verifier", ""));
        assertEquals("400 invalid_grant", error(plain.redeem(code, "code_verifier", "")));
        assertFalse(plain.isActive(String.valueOf(tokens.get("access_token"))));
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
"""
# client | prompt | outcome
crm      | -      | invalid_request
spa      | -      | invalid_request
crm      | none   | login_required
spa      | none   | login_required
plain    | none   | login_required
crm      | none login | invalid_request
""")
    void whoMayNotOmitItIsToldAtTheClient(String client, String prompt, String outcome) {
        Party party = new Party(gate, client);
        Map<String, String> request = party.request(BARE);
        if (prompt != null) {
            request.put("prompt", prompt);
        }
        String location = Visitor.location(new Visitor(gate).get(Party.path(request)));
        assertTrue(location.startsWith(House.CALLBACK + "?"), location);
        assertEquals(outcome, Visitor.parameter(location, "error").orElseThrow());
        assertEquals("the-state", Visitor.parameter(location, "state").orElseThrow());
    }

    @Test
    void aSilentRequestWithoutItIsToldWhatIsMissingOnceSomebodyIsSignedIn() {
        Visitor visitor = new Visitor(gate);
        Party crm = new Party(gate, "crm");
        crm.code(visitor);
        Map<String, String> request = crm.request(BARE);
        request.put("prompt", "none");
        String location = Visitor.location(visitor.get(Party.path(request)));
        assertEquals("invalid_request", Visitor.parameter(location, "error").orElseThrow());
        assertTrue(Visitor.parameter(location, "code").isEmpty(), location);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            textBlock =
"""
code_challenge_method | ''
code_challenge_method | plain
code_challenge        | ''
code_challenge        | short
""")
    void halfOfItIsRefusedAlsoWhereAllOfItMayBeOmitted(String parameter, String value) {
        String location =
                Visitor.location(
                        new Visitor(gate).get(Party.path(plain.request(parameter, value))));
        assertEquals("invalid_request", Visitor.parameter(location, "error").orElseThrow());
    }

    @Test
    void aPushedRequestFollowsTheSameRule() {
        Map<String, String> request = plain.request(BARE);
        request.remove("client_id");
        assertEquals(201, plain.post("/par", request).statusCode());
        Party pusher = new Party(gate, "pusher");
        Map<String, String> refused = pusher.request(BARE);
        refused.remove("client_id");
        refused.put("prompt", "none");
        assertEquals("400 invalid_request", error(pusher.post("/par", refused)));
    }
}
