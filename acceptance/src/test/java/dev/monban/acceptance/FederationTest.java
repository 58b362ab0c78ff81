package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.monban.acceptance.OtherProvider.Mood;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Organisations that sign their people in themselves: by their provider, or by one who lies. */
class FederationTest {

    private static final String PASSWORD = "right-password-1";
    private static final String SATO = "sato@yamada.example";
    private static final String ITO = "ito@yamada.example";
    private static final String STRANGER = "suzuki@tanaka.example";

    private static Operators operators;
    private static OtherProvider provider;
    private static GateProcess gate;

    @BeforeAll
    static void open() throws IOException {
        operators = new Operators();
        provider = new OtherProvider();
        gate =
                GateProcess.start(
                        """
                        issuer: ISSUER
                        DECLARED
                        tenants:
                          - {id: yamada, name: 山田保険事務所, identityProvider: PROVIDER}
                          - {id: tanaka, name: 田中保険}
                        accounts:
                          - {identifier: sato@yamada.example, tenant: yamada, name: 佐藤 花子, password: {plain: PASSWORD}}
                          - {identifier: ito@yamada.example, tenant: yamada, name: 伊藤 誠, password: {plain: PASSWORD}}
                          - {identifier: abe@yamada.example, tenant: yamada, name: 阿部 学, password: {plain: PASSWORD}}
                          - {identifier: kojima@other.example, tenant: yamada, name: 小島 恵, password: {plain: PASSWORD}}
                          - {identifier: suzuki@tanaka.example, tenant: tanaka, name: 鈴木 一郎, password: {plain: PASSWORD}}
                          - {identifier: mole@yamada.example, tenant: tanaka, name: 田中 潜, password: {plain: PASSWORD}}
                        clients:
                          - {id: crm, name: 契約管理, redirectUris: ["CALLBACK"], grants: [authorization_code], scopes: [openid, profile, email], secret: {plain: "PASSWORD-PASSWORD-PASSWORD"}}
                        """
                                .replace("DECLARED", operators.declared())
                                .replace("PROVIDER", provider.declared("yamada.example"))
                                .replace("CALLBACK", House.CALLBACK)
                                .replace("PASSWORD", PASSWORD),
                        "--source-rate",
                        "5000",
                        "--argon2",
                        "7168,1",
                        "--trusted-proxy",
                        "127.0.0.1/32");
    }

    @AfterAll
    static void close() {
        gate.close();
        provider.close();
        operators.close();
    }

    @BeforeEach
    void allIsWell() {
        provider.is(Mood.WELL);
    }

    private static Person person(String name) {
        return new Person(gate, operators, name, PASSWORD, new Visitor(gate));
    }

    /** Where a browser is sent that sets out with this login name. */
    private static String setOut(Person person) {
        HttpResponse<String> page =
                person.fill(
                        "/login/organisation", "/login/organisation", "identifier", person.name());
        assertEquals(200, page.statusCode(), page.body());
        Matcher link = Pattern.compile("href=\"(http://127[^\"]+)\"").matcher(page.body());
        assertTrue(link.find(), page.body());
        return link.group(1).replace("&amp;", "&");
    }

    private static HttpResponse<String> goThere(Person person) {
        return person.get(OtherProvider.at(setOut(person)));
    }

    private static void assertSignedIn(Person person, HttpResponse<String> answer) {
        assertEquals(303, answer.statusCode(), answer.body());
        assertEquals("/account", Visitor.location(answer));
        assertTrue(person.get("/account").body().contains(person.name()));
    }

    private static void assertNotSignedIn(Person person) {
        assertEquals(303, person.get("/account").statusCode());
    }

    @Test
    void peopleSignInAtTheirOrganisation() {
        Person ito = person(ITO);
        provider.knows("ito-0", "Ito@Yamada.example", true);
        assertSignedIn(ito, goThere(ito));
        // From now on by the subject: the address there may change.
        Person again = ito.elsewhere();
        provider.knows("ito-0", "another@yamada.example", false);
        assertSignedIn(again, goThere(again));
    }

    @Test
    void whoCameForAClientGoesOnThere() {
        Person ito = person(ITO);
        provider.knows("ito-0", ITO, true);
        String login = ito.authorize("prompt", "login");
        assertTrue(login.startsWith("/login?request="), login);
        String page = login.replace("/login?", "/login/organisation?");
        HttpResponse<String> there =
                ito.fill(page, "/login/organisation", "identifier", ito.name());
        Matcher link = Pattern.compile("href=\"(http://127[^\"]+)\"").matcher(there.body());
        assertTrue(link.find(), there.body());
        HttpResponse<String> back = ito.get(OtherProvider.at(link.group(1).replace("&amp;", "&")));
        assertEquals(303, back.statusCode(), back.body());
        String end = ito.follow(Visitor.location(back));
        assertTrue(end.startsWith(House.CALLBACK), end);
        assertTrue(Visitor.parameter(end, "code").isPresent(), end);
    }

    @Test
    void theirOwnFactorIsAskedForAllTheSame() throws IOException {
        Person sato = person(SATO);
        sato.enter("/login");
        PhoneApp app = PhoneApp.add(sato.visitor(), "/account/app", 0, Person.OFFICE);
        sato.signOut();
        provider.knows("sato-0", SATO, true);
        HttpResponse<String> asked = goThere(sato);
        assertEquals(200, asked.statusCode());
        assertNotSignedIn(sato);
        assertEquals(422, sato.code(asked, "000000", false).statusCode());
        assertSignedIn(sato, sato.code(asked, app.code(1), false));
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
                "SECRET_EXPIRED"
            })
    void whatIsNoAnswerLetsNobodyIn(Mood mood) {
        Person abe = person("abe@yamada.example");
        provider.knows("abe-" + mood, abe.name(), true);
        provider.is(mood);
        HttpResponse<String> answer = goThere(abe);
        assertEquals(502, answer.statusCode(), answer.body());
        assertNotSignedIn(abe);
        assertTrue(gate.log().contains(mood.complaint), mood.complaint);
    }

    @Test
    void whoIsRefusedThereIsToldSo() {
        Person abe = person("abe@yamada.example");
        provider.knows("abe", abe.name(), true);
        provider.is(Mood.ACCESS_DENIED);
        HttpResponse<String> answer = goThere(abe);
        assertEquals(403, answer.statusCode());
        assertTrue(answer.body().contains("断られたか、中止されました"), answer.body());
        provider.is(Mood.WELL);
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
        Person other = person(STRANGER);
        assertNotEquals("", setOut(person(ITO)));
        other.get("/login/organisation");
        assertEquals(400, other.get(back).statusCode());
        assertNotSignedIn(victim);
        assertNotSignedIn(other);
        assertEquals(303, evil.get(back).statusCode());
        assertEquals(400, evil.get(back).statusCode());
        // What was changed on the way, what never was one.
        String state = Visitor.parameter(back, "state").orElseThrow();
        char last = state.charAt(state.length() / 2);
        String bent = state.replace(last, last == 'A' ? 'B' : 'A');
        for (String sent : new String[] {bent, "", "A", state + state, "%00"}) {
            assertEquals(
                    400,
                    evil.get(
                                    "/login/organisation/back?"
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
        // No form of another site sets out.
        assertEquals(
                403,
                new Visitor(gate)
                        .post(
                                "/login/organisation",
                                Map.of("identifier", ITO, "form_token", "x"),
                                Person.OFFICE)
                        .statusCode());
    }

    @Test
    void thePagesAreForEverybody() throws IOException {
        List<String> barriers = new ArrayList<>();
        try (Chromium chromium = new Chromium()) {
            for (String language : List.of("ja", "en")) {
                for (int width : List.of(320, Chromium.WIDE)) {
                    try (BrowserContext context =
                            chromium.context(language, width, language.equals("en"), true)) {
                        Page page = context.newPage();
                        String at = "-" + language + "-" + width;
                        page.navigate(gate.issuer() + "/login");
                        barriers.addAll(look(page, "organisation-login" + at));
                        page.locator("a[href^='/login/organisation']").click();
                        page.locator("#identifier").fill(STRANGER);
                        page.locator("button.primary").click();
                        barriers.addAll(look(page, "organisation-nowhere" + at));
                        page.locator("#identifier").fill(ITO);
                        page.locator("button.primary").click();
                        barriers.addAll(look(page, "organisation-there" + at));
                        provider.is(Mood.SECRET_EXPIRED);
                        page.locator("a.button.primary").click();
                        barriers.addAll(look(page, "organisation-down" + at));
                        provider.is(Mood.WELL);
                    }
                }
            }
            Chromium.writeContactSheet();
        }
        assertEquals(List.of(), barriers);
    }

    private static List<String> look(Page page, String name) {
        assertTrue(
                (boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
                name + " is wider than its window");
        return Chromium.look(page, name);
    }
}
