package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What organisations want of their people, and devices that people trust. */
class PolicyTest {

    private static final String PASSWORD = "right-password-";
    private static final String[] OFFICE = Person.OFFICE;

    private static Operators operators;
    private static GateProcess gate;
    private static Party crm;

    @BeforeAll
    static void open() throws IOException {
        operators = new Operators();
        gate =
                GateProcess.start(
                        state(),
                        "--source-rate",
                        "5000",
                        "--argon2",
                        "7168,1",
                        "--trusted-proxy",
                        "127.0.0.1/32");
        crm = new Party(gate, "crm");
    }

    @AfterAll
    static void close() {
        gate.close();
        operators.close();
    }

    private static String state() {
        StringBuilder state = new StringBuilder("issuer: ISSUER\n").append(operators.declared());
        state.append(
                """
                tenants:
                  - {id: free, name: Free}
                  - {id: strict, name: Strict, require: [{level: aal2, from: 2026-01-01}]}
                  - id: stricter
                    name: Stricter
                    require: [{level: aal2, trustedDevices: false}]
                  - {id: keys, name: Keys, require: [{level: phr, from: "2026-01-01T09:00:00+09:00"}]}
                  - {id: soon, name: Soon, require: [{level: aal2, from: 2099-04-01}]}
                  - {id: admins, name: Admins, require: [{level: aal2, roles: [admin]}]}
                  - {id: ops, name: Ops, operator: true, require: [{level: aal2}]}
                accounts:
                """);
        int number = 0;
        for (String tenant :
                new String[] {"free", "strict", "stricter", "keys", "soon", "admins", "ops"}) {
            for (int i = 0; i < 6; i++) {
                state.append(
                        "  - {identifier: p%d@%s.example, tenant: %s, name: Person %d, language: en, roles: [%s], password: {plain: %s%d}}\n"
                                .formatted(
                                        number,
                                        tenant,
                                        tenant,
                                        number,
                                        i % 2 == 0 ? "admin" : "agent",
                                        PASSWORD,
                                        number));
                number++;
            }
        }
        return state
                + "clients: [{id: crm, name: CRM, redirectUris: [\""
                + House.CALLBACK
                + "\"], secret: {plain: "
                + House.SECRET
                + "}, grants: [authorization_code], scopes: [openid, profile, email]}]\n";
    }

    /** The n-th of a tenant, of which there are six each, admins and agents in turn. */
    private static Person person(int tenant, int n) {
        String[] names = {"free", "strict", "stricter", "keys", "soon", "admins", "ops"};
        int number = tenant * 6 + n;
        return new Person(
                gate,
                operators,
                "p" + number + "@" + names[tenant] + ".example",
                PASSWORD + number,
                new Visitor(gate));
    }

    private static String claim(String answer, String name) throws ParseException {
        String code = Visitor.parameter(answer, "code").orElseThrow();
        String token = String.valueOf(Party.json(crm.redeem(code)).get("id_token"));
        return String.valueOf(SignedJWT.parse(token).getJWTClaimsSet().getClaim(name));
    }

    @Test
    void aClientThatAsksForNothingGetsTheOrganisationsPolicy() throws Exception {
        Person person = person(1, 0);
        String login = person.authorize();
        assertTrue(login.startsWith("/login"), login);
        // Whoever has the password alone does not get as far as adding a factor.
        int mails = operators.mails(person.name()).size();
        HttpResponse<String> asked = person.signIn(login);
        assertEquals(200, asked.statusCode());
        assertEquals(303, person.visitor().get("/account", OFFICE).statusCode());
        String level = person.follow(Visitor.location(person.mailCode(asked, mails)));
        assertTrue(level.startsWith("/authorize/level"), level);
        // There is no way around: not by "later", not silently, not by another request.
        Map<String, String> later = Visitor.hidden(person.visitor().get("/account").body());
        later.put("request", Visitor.parameter(level, "request").orElseThrow());
        String still =
                person.follow(Visitor.location(person.visitor().post("/authorize/level", later)));
        assertTrue(still.startsWith("/authorize/level"), still);
        String silent = person.authorize("prompt", "none");
        assertEquals("interaction_required", Visitor.parameter(silent, "error").orElse(silent));
        assertTrue(person.authorize().startsWith("/authorize/level"));
        HttpResponse<String> page = person.visitor().get(still, OFFICE);
        assertEquals(200, page.statusCode());
        assertFalse(page.body().contains("action=\"/authorize/level\""));
        String link = page.body().replaceAll("(?s).*href=\"(/account/app[^\"]*)\".*", "$1");
        PhoneApp app = PhoneApp.add(person.visitor(), link, 0, OFFICE);
        String answer = person.follow(app.onwards());
        assertEquals("aal2", claim(answer, "acr"));
        // The next morning the code is asked for with the password.
        person.signOut();
        HttpResponse<String> code = person.signIn(person.authorize());
        assertEquals(200, code.statusCode());
        String back = Visitor.location(person.code(code, app.code(1), false));
        assertEquals("[mfa, otp, pwd]", claim(person.follow(back), "amr"));
    }

    @Test
    void aPolicyToComeIsAnnouncedAtEachSignIn() {
        Person person = person(4, 0);
        for (int morning = 0; morning < 2; morning++) {
            String announced = person.follow(person.enter(person.authorize()));
            assertTrue(announced.startsWith("/authorize/level"), announced);
            HttpResponse<String> page = person.visitor().get(announced, OFFICE);
            assertTrue(page.body().contains("2099"), page.body());
            assertTrue(person.visitor().get("/account", OFFICE).body().contains("2099"));
            HttpResponse<String> later =
                    person.visitor().post("/authorize/level", Visitor.hidden(page.body()), OFFICE);
            String answer = person.follow(Visitor.location(later));
            assertTrue(Visitor.parameter(answer, "code").isPresent(), answer);
            // Once a sign-in is enough: other systems open without a word.
            assertTrue(Visitor.parameter(person.authorize(), "code").isPresent());
            person.signOut();
        }
    }

    @Test
    void aPolicyConcernsItsRoles() {
        Person admin = person(5, 0);
        Person agent = person(5, 1);
        assertTrue(admin.follow(admin.enter(admin.authorize())).startsWith("/authorize/level"));
        String answer = agent.follow(agent.enter(agent.authorize()));
        assertTrue(Visitor.parameter(answer, "code").isPresent(), answer);
    }

    @Test
    void aCodeIsNotEnoughWhereAPasskeyIsWanted() throws Exception {
        Person person = person(3, 0);
        assertEquals("/account", person.enter("/login"));
        PhoneApp app = PhoneApp.add(person.visitor(), "/account/app", 0, OFFICE);
        assertEquals("/account", app.onwards());
        String level = person.authorize();
        assertTrue(level.startsWith("/authorize/level"), level);
        String page = person.visitor().get(level, OFFICE).body();
        assertTrue(page.contains("/account/passkey?request="));
        assertFalse(page.contains("/account/app?request="));
    }

    @Test
    void operatorsMeetTheirOwnPolicy() throws Exception {
        Person operator = person(6, 0);
        assertEquals("/account", operator.enter("/login"));
        assertEquals("/account", Visitor.location(operator.visitor().get("/console", OFFICE)));
        PhoneApp.add(operator.visitor(), "/account/app", 0, OFFICE);
        assertEquals(200, operator.visitor().get("/console", OFFICE).statusCode());
    }

    /** The page where a device is let in is a way into the organisation's systems too. */
    @Test
    void aDeviceIsLetInByNobodyWhoMayNotComeIn() {
        Person person = person(1, 1);
        assertEquals("/account", person.enter("/login"));
        assertEquals(
                "/account",
                Visitor.location(person.visitor().get("/device?user_code=BCDF-GHJK", OFFICE)));
    }

    @Test
    void aTrustedDeviceStandsForTheCodeUntilItIsEnded() throws Exception {
        Person person = person(1, 2);
        assertEquals("/account", person.enter("/login"));
        PhoneApp app = PhoneApp.add(person.visitor(), "/account/app", 0, OFFICE);
        person.signOut();
        HttpResponse<String> asked = person.signIn("/login");
        assertEquals(303, person.code(asked, app.code(1), true).statusCode());
        Operators.await(() -> operators.hasMail(person.name(), "A device is trusted now"));
        person.signOut();
        String answer = person.follow(person.enter(person.authorize()));
        // It says honestly what it was.
        assertEquals("aal1", claim(answer, "acr"));
        // Not in another browser, and not where more is asked for.
        assertEquals(200, person.signIn(new Visitor(gate), "/login").statusCode());
        String login = person.authorize("acr_values", "aal2");
        assertTrue(login.startsWith("/login"), login);
        assertEquals(200, person.signIn(login).statusCode());
        person.signOut();
        String strong = person.authorize("acr_values", "aal2");
        assertEquals(200, person.signIn(strong).statusCode());
        // Ended on the own page, the code is asked for again.
        assertEquals(303, person.signIn("/login").statusCode());
        String page = person.visitor().get("/account", OFFICE).body();
        Map<String, String> end = Visitor.hidden(page);
        end.put("device", page.replaceAll("(?s).*name=\"device\" value=\"([^\"]+)\".*", "$1"));
        assertEquals(303, person.visitor().post("/account/trusted/end", end, OFFICE).statusCode());
        person.signOut();
        assertEquals(200, person.signIn("/login").statusCode());
    }

    @Test
    void trustEndsWithThePassword() throws Exception {
        Person person = person(0, 0);
        assertEquals("/account", person.enter("/login"));
        PhoneApp app = PhoneApp.add(person.visitor(), "/account/app", 0, OFFICE);
        person.signOut();
        HttpResponse<String> asked = person.signIn("/login");
        assertEquals(303, person.code(asked, app.code(1), true).statusCode());
        Map<String, String> change =
                Visitor.hidden(person.visitor().get("/account/password", OFFICE).body());
        change.put("password", person.password());
        change.put("new_password", "quite another one for today");
        assertEquals(303, person.visitor().post("/account/password", change, OFFICE).statusCode());
        person.signOut();
        Person changed = person.withPassword("quite another one for today");
        assertEquals(200, changed.signIn("/login").statusCode());
    }

    @Test
    void anOrganisationMayWantNoTrustedDevices() throws Exception {
        Person person = person(2, 0);
        assertEquals("/account", person.enter("/login"));
        PhoneApp app = PhoneApp.add(person.visitor(), "/account/app", 0, OFFICE);
        person.signOut();
        HttpResponse<String> asked = person.signIn("/login");
        assertEquals(303, person.code(asked, app.code(1), true).statusCode());
        person.signOut();
        assertEquals(200, person.signIn("/login").statusCode());
    }
}
