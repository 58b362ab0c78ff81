package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.acceptance.OtherProvider.Mood;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Providers, people and browsers that lie about who signed in where. */
class FederationAttackTest extends Federation {

    @Test
    void whatABrowserBringsIsNoOutage() {
        // Somebody with an account of their own, and so at a device that the gate knows.
        Person evil = person(STRANGER);
        evil.enter("/login");
        Person ueda = person("ueda@kita.example");
        Person forged = new Person(gate, operators, ueda.name(), PASSWORD, evil.visitor());
        for (int i = 0; i < 3; i++) {
            String back = OtherProvider.at(setOut(forged));
            String error = back.replaceAll("code=[^&]*", "error=server_error");
            assertNotEquals(back, error);
            assertEquals(502, evil.get(error).statusCode());
            assertEquals(400, evil.get(back).statusCode());
            String other = OtherProvider.at(setOut(forged));
            assertEquals(502, evil.get(other.replaceAll("iss=[^&]*", "iss=x")).statusCode());
            String bent = setOut(forged).replaceAll("nonce=[^&]*", "nonce=another");
            assertEquals(502, evil.get(OtherProvider.at(bent)).statusCode());
        }
        // Nor is whoever nobody here is the trouble of the one whom they name.
        Person maeda = person("maeda@kita.example");
        northern.knows("maeda-0", maeda.name(), true);
        assertSignedIn(maeda, goThere(maeda));
        northern.knows("nobody-0", "nobody@kita.example", true);
        Person named = new Person(gate, operators, maeda.name(), PASSWORD, evil.visitor());
        for (int i = 0; i < 3; i++) {
            assertEquals(403, goThere(named).statusCode());
        }
        // It is one as soon as the provider fails indeed.
        northern.knows("ueda-0", ueda.name(), true);
        assertSignedIn(ueda, goThere(ueda));
        northern.is(Mood.SECRET_EXPIRED);
        String back = OtherProvider.at(setOut(ueda));
        assertEquals(502, ueda.get(back).statusCode());
        for (int i = 0; i < 3; i++) {
            assertEquals(400, ueda.get(back).statusCode());
        }
        assertEquals(502, goThere(ueda).statusCode());
        Operators.await(() -> !outages("北海保険").isEmpty());
        assertEquals(1, outages("北海保険").size());
        assertTrue(outages("北海保険").getFirst().contains("これまでに 1 人"));
        assertEquals(3, log("kita").filter(l -> l.contains("it answered server_error")).count());
        Operators.await(() -> !operators.cards(false).isEmpty());
        assertTrue(
                operators.cards(false).stream()
                        .noneMatch(c -> c.contains("鈴.") || c.contains("前.")),
                operators.cards(false).toString());
    }

    private static List<String> outages(String organisation) {
        return operators.slackMessages(false).stream()
                .filter(m -> m.contains("組織全体がサインインできません") && m.contains(organisation))
                .toList();
    }

    private static Stream<String> log(String tenant) {
        return gate.log().lines().filter(l -> l.contains("the identity provider of " + tenant));
    }

    @Test
    void whoeverWaitsForAProviderWaitsTogether() throws Exception {
        try (OtherProvider ours = southern;
                ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            ours.is(Mood.DOWN);
            List<Future<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                Person mori = person("mori@minami.example");
                answers.add(
                        many.submit(() ->
                                mori.fill(
                                                "/login/organisation",
                                                "/login/organisation",
                                                "identifier",
                                                mori.name())
                                        .statusCode()));
            }
            for (Future<Integer> answer : answers) {
                assertEquals(502, answer.get());
            }
            int asked = ours.discoveries();
            assertTrue(asked > 0 && asked < 10, asked + " times");
        }
    }

    @Test
    void whatNoBrowserSendsIsNoFaultOfOurs() {
        Person ito = person(ITO);
        String back = OtherProvider.at(setOut(ito));
        for (String code : new String[] {"%20", "%00", "", "x".repeat(3_000), "%ff"}) {
            int status = ito.get(back.replaceAll("code=[^&]*", "code=" + code)).statusCode();
            assertTrue(status == 502 || status == 400, code + " gives " + status);
        }
        Map<String, String> form = Visitor.hidden(ito.get("/login/organisation").body());
        form.put("identifier", ITO);
        for (String request : new String[] {"x", "x".repeat(5_000)}) {
            form.put("request", request);
            assertEquals(400, ito.post("/login/organisation", form).statusCode());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Mood.class,
            names = {
                "OTHER_ISSUER",
                "OTHER_AUDIENCE",
                "OTHER_NONCE",
                "OTHER_KEY",
                "UNSIGNED",
                "SIGNED_WITH_THE_SECRET",
                "EXPIRED",
                "ANSWER_OF_ANOTHER_ISSUER",
                "ENDLESS",
                "NO_ID_TOKEN",
                "BLANK_SUBJECT",
                "UNPRINTABLE_SUBJECT",
                "THIN_OF_SOMEBODY_ELSE",
                "SECRET_EXPIRED"
            })
    void whatIsNoAnswerLetsNobodyIn(Mood mood) {
        Person abe = person("abe@yamada.example");
        provider.knows("abe-" + mood, abe.name(), true);
        provider.is(mood);
        HttpResponse<String> answer = goThere(abe);
        assertEquals(502, answer.statusCode(), answer.body());
        assertNotSignedIn(abe);
        assertTrue(
                gate.log().contains(mood.complaint),
                mood.complaint + " is not in " + log("yamada").toList());
    }

    @Test
    void anOrganisationSpeaksForItsOwnPeopleAlone() {
        for (String claimed : new String[] {STRANGER, "mole@yamada.example"}) {
            Person evil = person("evil@yamada.example");
            provider.knows("evil " + claimed, claimed, true);
            assertEquals(403, goThere(evil).statusCode());
            assertNotSignedIn(evil);
        }
        // One of theirs, but not of the domains that it answers for.
        Person kojima = person("evil@yamada.example");
        provider.knows("kojima", "kojima@other.example", true);
        assertEquals(403, goThere(kojima).statusCode());
        assertNotSignedIn(kojima);
        // An address that nobody has verified.
        Person abe = person("abe@yamada.example");
        provider.knows("abe unverified", abe.name(), false);
        assertEquals(403, goThere(abe).statusCode());
        assertNotSignedIn(abe);
        // Somebody new there who got an old address.
        Person ito = person(ITO);
        provider.knows("ito-0", ITO, true);
        assertEquals(303, goThere(ito).statusCode());
        Person heir = ito.elsewhere();
        provider.knows("ito-1", ITO, true);
        assertEquals(403, goThere(heir).statusCode());
        assertNotSignedIn(heir);
    }

    @Test
    void anAnswerIsGoodForItsBrowserOnce() {
        provider.knows("ito-0", ITO, true);
        Person evil = person(ITO);
        String back = OtherProvider.at(setOut(evil));
        // The victim is to be signed in as somebody else.
        Person victim = person(STRANGER);
        assertEquals(400, victim.get(back).statusCode());
        Person third = person(STRANGER);
        third.get("/login/organisation");
        assertEquals(400, third.get(back).statusCode());
        assertNotSignedIn(victim);
        assertNotSignedIn(third);
        assertEquals(303, evil.get(back).statusCode());
        assertEquals(400, evil.get(back).statusCode());
        // What was changed on the way, what never was one.
        String state = Visitor.parameter(back, "state").orElseThrow();
        String other = back.replace("/back/yamada", "/back/kita");
        assertNotEquals(back, other);
        assertEquals(400, evil.get(other).statusCode());
        char last = state.charAt(state.length() / 2);
        String bent = state.replace(last, last == 'A' ? 'B' : 'A');
        for (String sent : new String[] {bent, "", "A", state + state, "%00"}) {
            assertEquals(
                    400,
                    evil.get(
                                    "/login/organisation/back/yamada?"
                                            + Visitor.encode(Map.of("state", sent, "code", "x")))
                            .statusCode(),
                    sent);
        }
    }

    @Test
    void itGivesNothingAwayAndGoesNowhereElse() {
        for (String name :
                new String[] {STRANGER, "nobody@nowhere.example", "yamada.example@", "@", "x"}) {
            Person person = person(name);
            HttpResponse<String> page =
                    person.fill("/login/organisation", "/login/organisation", "identifier", name);
            assertEquals(422, page.statusCode());
            assertTrue(page.body().contains("このログイン名の組織では使えません"), page.body());
        }
        // Whether there is such a person in the organisation, it does not say.
        Person known = person("abe@yamada.example");
        Person unknown = person("xyz@yamada.example");
        String one = setOut(known).replaceAll("(state|nonce|code_challenge)=[^&]*", "");
        String other = setOut(unknown).replaceAll("(state|nonce|code_challenge)=[^&]*", "");
        assertEquals(one.replace("abe", "xyz"), other);
        assertFalse(one.contains(OtherProvider.SECRET));
        // No form of another site sets out: it ends at the gate's own form.
        HttpResponse<String> foreign =
                new Visitor(gate)
                        .post(
                                "/login/organisation",
                                Map.of("identifier", ITO, "form_token", "x"),
                                Person.OFFICE);
        assertEquals(303, foreign.statusCode());
        assertEquals("/login/organisation?stale=1", Visitor.location(foreign));
    }
}
