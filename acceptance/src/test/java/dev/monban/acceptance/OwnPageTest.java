package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What people may change of their accounts, and what a thief of a session may not. */
class OwnPageTest {

    private static final String PASSWORD = "right-password-1";

    private static Operators operators;
    private static GateProcess gate;

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
    }

    @AfterAll
    static void close() {
        gate.close();
        operators.close();
    }

    private static String state() {
        StringBuilder state = new StringBuilder("issuer: ISSUER\n").append(operators.declared());
        state.append("tenants: [{id: yamada, name: Yamada}]\naccounts:\n");
        for (String name : new String[] {"a", "b", "c", "d", "e", "f"}) {
            state.append(
                    "  - {identifier: %s@yamada.example, tenant: yamada, name: %s, language: en, password: {plain: %s}}\n"
                            .formatted(name, name, PASSWORD));
        }
        return state
                + """
                clients:
                  - id: partner
                    name: Partner
                    thirdParty: true
                    redirectUris: ["CALLBACK"]
                    secret: {plain: SECRET}
                    grants: [authorization_code, refresh_token]
                    scopes: [openid, profile, email, offline_access]
                """
                        .replace("CALLBACK", House.CALLBACK)
                        .replace("SECRET", House.SECRET);
    }

    private static Person at(String name) {
        Person person =
                new Person(gate, operators, name + "@yamada.example", PASSWORD, new Visitor(gate));
        assertEquals("/account", person.enter("/login"));
        return person;
    }

    @Test
    void languageAndTimeZoneAreThePersonsOwn() throws Exception {
        Person person = at("a");
        HttpResponse<String> saved =
                person.fill(
                        "/account/settings",
                        "/account/settings",
                        "language",
                        "ja",
                        "time_zone",
                        "Europe/Berlin");
        assertEquals("/account?lang=ja", Visitor.location(saved));
        assertTrue(person.get("/account?lang=ja").body().contains("CE"), "times of Berlin");
        assertEquals(
                400,
                person.fill(
                                "/account/settings",
                                "/account/settings",
                                "language",
                                "ja",
                                "time_zone",
                                "Mars/Base")
                        .statusCode());
        // What was declared does not come back over what the person chose.
        gate.kill();
        gate.startAgain();
        String after = person.get("/account?lang=en").body();
        assertTrue(after.contains("Europe/Berlin"), after);
        assertTrue(after.contains("日本語</dd>"), after);
    }

    private static HttpResponse<String> ask(Person person, String address) {
        return person.fill(
                "/account/mail", "/account/mail", "email", address, "password", PASSWORD);
    }

    private static HttpResponse<String> prove(
            Person person, HttpResponse<String> page, String code) {
        Map<String, String> form = Visitor.hidden(page.body());
        form.put("code", code);
        return person.post("/account/mail/code", form);
    }

    @Test
    void anAddressIsProvedAndTheOldOneIsTold() throws Exception {
        Person person = at("b");
        String address = "b.new@yamada.example";
        assertEquals(422, ask(person, "no address").statusCode());
        assertEquals(422, ask(person, "a@b.example\r\nBcc: c@d.example").statusCode());
        HttpResponse<String> page = ask(person, address);
        assertEquals(200, page.statusCode());
        String code = operators.code(address, 0, 8);
        assertEquals(422, prove(person, page, wrong(code)).statusCode());
        assertTrue(person.get("/account").body().contains("b@yamada.example</dd>"));
        // The code is the owner's alone: not another session's, and no sign-in.
        Person other = at("c");
        String challenge = Visitor.hidden(page.body()).getOrDefault("challenge", "");
        HttpResponse<String> stolen =
                other.fill(
                        "/account/mail",
                        "/account/mail/code",
                        "challenge",
                        challenge,
                        "code",
                        code);
        assertEquals(422, stolen.statusCode());
        Map<String, String> signIn =
                Visitor.hidden(other.visitor().get("/login?again=1", Person.OFFICE).body());
        signIn.put("challenge", challenge);
        signIn.put("code", code);
        assertEquals(422, other.visitor().post("/login/code", signIn).statusCode());
        assertEquals("/account", Visitor.location(prove(person, page, code)));
        assertTrue(person.get("/account").body().contains(address + "</dd>"));
        Operators.await(
                () -> operators.hasMail("b@yamada.example", "Your mail address was changed"));
        Operators.await(() -> operators.hasMail(address, "Your mail address was changed"));
        assertEquals(422, prove(person, page, code).statusCode(), "good once");
    }

    private static String wrong(String code) {
        return code.equals("00000000") ? "11111111" : "00000000";
    }

    @Test
    void aCodeHasFiveTries() throws Exception {
        Person person = at("c");
        String address = "c.new@yamada.example";
        HttpResponse<String> page = ask(person, address);
        String code = operators.code(address, 0, 8);
        for (int i = 0; i < 5; i++) {
            assertEquals(422, prove(person, page, wrong(code)).statusCode());
        }
        assertEquals(422, prove(person, page, code).statusCode());
        assertTrue(person.get("/account").body().contains("c@yamada.example</dd>"));
    }

    /** Nor is a session without the password, where that is all there is. */
    @Test
    void aSessionWithoutThePasswordChangesNoAddress() {
        Person thief = at("f");
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> wrong =
                    thief.fill(
                            "/account/mail",
                            "/account/mail",
                            "email",
                            "thief@evil.example",
                            "password",
                            "a guess");
            assertEquals(422, wrong.statusCode());
        }
        assertEquals(0, operators.mails("thief@evil.example").size());
        HttpResponse<String> last =
                thief.fill(
                        "/account/mail",
                        "/account/mail",
                        "email",
                        "x@evil.example",
                        "password",
                        "");
        assertEquals("/login", Visitor.location(last));
        assertEquals(303, thief.get("/account").statusCode(), "the session has ended");
    }

    /** A session without the factor is not enough to take the account over by its mail. */
    @Test
    void aStolenSessionChangesNoAddress() throws Exception {
        Person thief = at("d");
        Person owner = at("d");
        PhoneApp.add(owner.visitor(), "/account/app", 0, Person.OFFICE);
        assertEquals("/login?again=1", Visitor.location(thief.get("/account/mail")));
        HttpResponse<String> posted =
                thief.fill("/account", "/account/mail", "email", "thief@evil.example");
        assertEquals("/login?again=1", Visitor.location(posted));
        assertEquals(0, operators.mails("thief@evil.example").size());
        assertTrue(owner.get("/account").body().contains("d@yamada.example</dd>"));
    }

    @Test
    void whatAClientHasCanBeTakenBack() throws Exception {
        Person person = at("e");
        Party partner = new Party(gate, "partner");
        String[] scope = {"scope", "openid profile offline_access", "prompt", "consent"};
        String location = person.follow(Party.path(partner.request(scope)));
        assertTrue(location.startsWith("/authorize/consent"), location);
        String answer =
                Visitor.location(person.fill(location, "/authorize/consent", "choice", "allow"));
        Map<String, Object> tokens =
                Party.json(partner.redeem(Visitor.parameter(answer, "code").orElseThrow()));
        String refresh = String.valueOf(tokens.get("refresh_token"));
        String access = String.valueOf(tokens.get("access_token"));
        assertTrue(partner.isActive(access));
        String page = person.get("/account?lang=en").body();
        assertTrue(page.contains("<strong>Partner</strong>"), page);
        assertTrue(page.contains("keeps its access after you sign out"), page);
        assertEquals(
                303,
                person.fill("/account", "/account/client/end", "client", "partner").statusCode());
        assertFalse(person.get("/account").body().contains("<strong>Partner</strong>"));
        assertEquals(400, partner.refresh(refresh).statusCode());
        Operators.await(() -> !partner.isActive(access));
        String again = person.follow(Party.path(partner.request("scope", "openid profile")));
        assertTrue(again.startsWith("/authorize/consent"), again);
    }
}
