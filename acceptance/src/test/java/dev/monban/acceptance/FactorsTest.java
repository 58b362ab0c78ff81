package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Second factors from outside, without a script: codes come from {@code oathtool}, an independent
 * implementation.
 */
class FactorsTest {

    private static final String PASSWORD = "right-password-";
    private static final int PEOPLE = 30;
    private static final String PLACE = "203.0.113.7";

    private static Operators operators;
    private static GateProcess gate;
    private static int next;

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
        StringBuilder state =
                new StringBuilder("issuer: ISSUER\n")
                        .append(operators.declared())
                        .append("tenants: [{id: yamada, name: 山田保険事務所}]\naccounts:\n");
        for (int i = 0; i < PEOPLE; i++) {
            state.append(
                    "  - {identifier: %s, tenant: yamada, name: Person %d, language: en, password: {plain: %s%d}}\n"
                            .formatted(person(i), i, PASSWORD, i));
        }
        return state
                + "clients: [{id: crm, name: CRM, redirectUris: [\""
                + House.CALLBACK
                + "\"], secret: {plain: "
                + House.SECRET
                + "}, grants: [authorization_code], scopes: [openid]}]\n";
    }

    private static String person(int i) {
        return "person" + i + "@yamada.example";
    }

    /** Somebody with an app. */
    private static final class Person {
        final int number = next++;
        final Visitor visitor = new Visitor(gate);
        final PhoneApp app;

        /** The code that the app was added with; it is used. */
        final String first;

        final List<String> recoveryCodes;

        Person() throws IOException {
            this(0);
        }

        /** With a clock that is so many steps ahead when the app is added. */
        Person(int steps) throws IOException {
            assertEquals(303, password(visitor).statusCode());
            app = PhoneApp.add(visitor, "/account/app", steps, "X-Forwarded-For", PLACE);
            first = app.first();
            recoveryCodes = app.recoveryCodes();
        }

        /** The code that an app shows whose clock is so many steps ahead. */
        String code(int steps) throws IOException {
            return app.code(steps);
        }

        HttpResponse<String> password(Visitor visitor) {
            return password(visitor, PLACE);
        }

        HttpResponse<String> password(Visitor visitor, String place) {
            Map<String, String> form =
                    Visitor.hidden(visitor.get("/login?again=1", "X-Forwarded-For", place).body());
            form.put("identifier", person(number));
            form.put("password", PASSWORD + number);
            return visitor.post("/login", form, "X-Forwarded-For", place);
        }

        /** Signs in as far as the code. */
        Map<String, String> asked(Visitor visitor, String place) {
            HttpResponse<String> page = password(visitor, place);
            assertEquals(200, page.statusCode());
            Map<String, String> form = Visitor.hidden(page.body());
            assertTrue(form.containsKey("challenge"));
            return form;
        }

        HttpResponse<String> code(
                Visitor visitor, Map<String, String> form, String code, String place) {
            Map<String, String> filled = new HashMap<>(form);
            filled.put("code", code);
            return visitor.post("/login/code", filled, "X-Forwarded-For", place);
        }
    }

    @Test
    void aCodeFromTheAppIsAskedForAndWorksOnce() throws Exception {
        Person person = new Person();
        Visitor visitor = new Visitor(gate);
        Map<String, String> form = person.asked(visitor, PLACE);
        // Between the steps nobody is signed in.
        assertEquals(303, visitor.get("/account").statusCode());
        // The code that enrolled the app is used; the next one is good.
        assertEquals(422, person.code(visitor, form, person.first, PLACE).statusCode());
        String code = person.code(1);
        assertEquals(303, person.code(visitor, form, code, PLACE).statusCode());
        assertEquals(200, visitor.get("/account").statusCode());
        Visitor other = new Visitor(gate);
        Map<String, String> again = person.asked(other, PLACE);
        assertEquals(422, person.code(other, again, code, PLACE).statusCode());
        Operators.await(
                () -> operators.hasMail(person(person.number), "A way to sign in was added"));
    }

    @Test
    void aCodeInParallelWorksOnce() throws Exception {
        Person person = new Person();
        List<Map<String, String>> forms = new ArrayList<>();
        List<Visitor> visitors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Visitor visitor = new Visitor(gate);
            visitors.add(visitor);
            forms.add(person.asked(visitor, PLACE));
        }
        String code = person.code(1);
        List<Callable<Integer>> tries = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int n = i;
            tries.add(() -> person.code(visitors.get(n), forms.get(n), code, PLACE).statusCode());
        }
        assertEquals(1, together(tries).getOrDefault(303, 0));
    }

    private static Map<Integer, Integer> together(List<Callable<Integer>> tries) throws Exception {
        Map<Integer, Integer> statuses = new HashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> status : threads.invokeAll(tries)) {
                statuses.merge(status.get(), 1, Integer::sum);
            }
        }
        return statuses;
    }

    /** A phone that was right when it was added, and is not any more. */
    @Test
    void aClockThatGoesOffIsLearntFromTwoCodes() throws Exception {
        for (int steps : new int[] {3, 5, 9}) {
            Person person = new Person();
            Visitor visitor = new Visitor(gate);
            Map<String, String> form = person.asked(visitor, PLACE);
            String first = person.code(steps);
            assertEquals(422, person.code(visitor, form, first, PLACE).statusCode());
            assertEquals(422, person.code(visitor, form, first, PLACE).statusCode(), "not twice");
            assertEquals(
                    303,
                    person.code(visitor, form, person.code(steps + 1), PLACE).statusCode(),
                    "steps " + steps);
            Visitor later = new Visitor(gate);
            Map<String, String> again = person.asked(later, PLACE);
            assertEquals(
                    303,
                    person.code(later, again, person.code(steps + 2), PLACE).statusCode(),
                    "from now on it is known");
        }
    }

    @Test
    void aClockThatIsOffWhenTheAppIsAddedIsKnown() throws Exception {
        for (int steps = -9; steps <= 9; steps += 3) {
            Person person = new Person(steps);
            Visitor visitor = new Visitor(gate);
            Map<String, String> form = person.asked(visitor, PLACE);
            assertEquals(
                    303,
                    person.code(visitor, form, person.code(steps + 1), PLACE).statusCode(),
                    "steps " + steps);
        }
    }

    @Test
    void aRecoveryCodeWorksOnceAndWithThePasswordOnly() throws Exception {
        Person person = new Person();
        Visitor visitor = new Visitor(gate);
        String paper = person.recoveryCodes.get(3);
        Map<String, String> form = person.asked(visitor, PLACE);
        assertEquals(422, person.code(visitor, form, "aaaa-bbbb-cccc", PLACE).statusCode());
        String typed = paper.replace("-", " ").toUpperCase(java.util.Locale.ROOT);
        assertEquals(303, person.code(visitor, form, typed, PLACE).statusCode());
        assertTrue(visitor.get("/account").body().contains("回復コード"));
        assertTrue(visitor.get("/account?lang=en").body().contains("9 of ten are left"));
        Visitor other = new Visitor(gate);
        Map<String, String> again = person.asked(other, PLACE);
        assertEquals(422, person.code(other, again, paper, PLACE).statusCode());
        Operators.await(() -> operators.hasMail(person(person.number), "A recovery code was used"));
    }

    /** At most five codes of a million are looked at, so that the odds stay below 10⁻⁴. */
    @Test
    void aThousandGuessesInParallelAreFive() throws Exception {
        Person person = new Person();
        List<Callable<Integer>> tries = new ArrayList<>();
        List<Map<String, String>> forms = new ArrayList<>();
        List<Visitor> visitors = new ArrayList<>();
        Queue<HttpResponse<String>> waits = new ConcurrentLinkedQueue<>();
        String elsewhere = "198.51.100.9";
        for (int i = 0; i < 20; i++) {
            Visitor visitor = new Visitor(gate);
            HttpResponse<String> page = person.password(visitor, elsewhere);
            if (page.statusCode() == 200) {
                visitors.add(visitor);
                forms.add(Visitor.hidden(page.body()));
            }
        }
        assertTrue(forms.size() >= 5);
        for (int i = 0; i < 1000; i++) {
            int n = i % forms.size();
            String guess = "%06d".formatted(i);
            tries.add(() -> {
                HttpResponse<String> answer =
                        person.code(visitors.get(n), forms.get(n), guess, elsewhere);
                if (answer.statusCode() == 429) {
                    waits.add(answer);
                }
                return answer.statusCode();
            });
        }
        Map<Integer, Integer> statuses = together(tries);
        System.out.println("a thousand codes: " + statuses);
        assertEquals(0, statuses.getOrDefault(303, 0));
        assertTrue(statuses.getOrDefault(429, 0) > 0, statuses.toString());
        assertEquals(0, statuses.getOrDefault(500, 0));
        // The page says when to try again.
        HttpResponse<String> wait = waits.element();
        int seconds = Integer.parseInt(wait.headers().firstValue("Retry-After").orElse("0"));
        assertTrue(seconds > 0);
        String when =
                seconds < 90
                        ? "約 " + Math.ceilDiv(seconds, 5) * 5 + " 秒後"
                        : "約 " + Math.ceilDiv(seconds, 60) + " 分後";
        assertTrue(wait.body().contains(when), wait.body());
        // The owner, on the own device, is not kept out.
        HttpResponse<String> asked = person.password(person.visitor);
        assertEquals(200, asked.statusCode());
        assertEquals(
                303,
                person.code(person.visitor, Visitor.hidden(asked.body()), person.code(1), PLACE)
                        .statusCode());
    }

    @Test
    void factorsAreChangedOnlyByWhoeverProvesThem() throws Exception {
        Person person = new Person();
        // A session that was started without the factor does not stand any more for changing it.
        Map<String, String> form = Visitor.hidden(person.visitor.get("/account").body());
        form.put("id", "00000000-0000-0000-0000-000000000000");
        assertEquals(303, person.visitor.post("/account/app/remove", form).statusCode());
        // Another's draft is of no use.
        Person other = new Person();
        Map<String, String> theirs =
                Visitor.hidden(other.visitor.get("/account/app", "X-Forwarded-For", PLACE).body());
        Map<String, String> mine =
                Visitor.hidden(person.visitor.get("/account/app", "X-Forwarded-For", PLACE).body());
        mine.put("ticket", String.valueOf(theirs.get("ticket")));
        mine.put("code", "123456");
        mine.put("name", "x");
        HttpResponse<String> refused = person.visitor.post("/account/app", mine);
        assertEquals(303, refused.statusCode());
        // Without the token of the page, nothing.
        mine.remove("form_token");
        assertEquals(403, person.visitor.post("/account/app", mine).statusCode());
        assertEquals(403, person.visitor.post("/account/recovery", Map.of()).statusCode());
    }

    /** With a password alone, a session cannot touch the factors of an account that has some. */
    @Test
    void aSessionWithoutTheFactorCannotAddOne() throws Exception {
        int number = next++;
        Visitor thief = new Visitor(gate);
        Map<String, String> form =
                Visitor.hidden(thief.get("/login", "X-Forwarded-For", PLACE).body());
        form.put("identifier", person(number));
        form.put("password", PASSWORD + number);
        assertEquals(303, thief.post("/login", form, "X-Forwarded-For", PLACE).statusCode());
        next = number;
        Person owner = new Person();
        HttpResponse<String> page = thief.get("/account/app");
        assertEquals(303, page.statusCode());
        assertEquals("/login?again=1", page.headers().firstValue("Location").orElse(""));
        assertFalse(owner.app.key().isEmpty());
    }

    /** The answer to an authorization request, with a factor where the gate asks for one. */
    private static String answer(Person person, Visitor visitor, String code, String... request)
            throws IOException {
        Party crm = new Party(gate, "crm");
        String location = Visitor.location(visitor.get(Party.path(crm.request(request))));
        if (!location.startsWith("/login")) {
            return location;
        }
        Map<String, String> form =
                Visitor.hidden(visitor.get(location, "X-Forwarded-For", PLACE).body());
        form.put("identifier", person(person.number));
        form.put("password", PASSWORD + person.number);
        HttpResponse<String> page = visitor.post("/login", form, "X-Forwarded-For", PLACE);
        if (page.statusCode() == 200) {
            form = Visitor.hidden(page.body());
            form.put("code", code);
            page = visitor.post("/login/code", form, "X-Forwarded-For", PLACE);
        }
        assertEquals(303, page.statusCode());
        return Visitor.location(visitor.get(Visitor.location(page)));
    }

    private static Map<String, Object> claims(String answer) throws java.text.ParseException {
        Party crm = new Party(gate, "crm");
        String code = Visitor.parameter(answer, "code").orElseThrow();
        String token = String.valueOf(Party.json(crm.redeem(code)).get("id_token"));
        return com.nimbusds.jwt.SignedJWT.parse(token).getJWTClaimsSet().getClaims();
    }

    @Test
    void aClientThatAsksForALevelGetsIt() throws Exception {
        Person person = new Person();
        Visitor visitor = new Visitor(gate);
        Map<String, Object> claims =
                claims(answer(person, visitor, person.code(1), "acr_values", "aal2"));
        assertEquals("aal2", claims.get("acr"));
        assertEquals(List.of("mfa", "otp", "pwd"), claims.get("amr"));
        // Asking for less, or for nothing, gets the same session without another form.
        assertEquals("aal2", claims(answer(person, visitor, "")).get("acr"));
        assertEquals("aal2", claims(answer(person, visitor, "", "acr_values", "aal1")).get("acr"));
        // What nobody can reach is said to the client.
        String refused = answer(person, visitor, "", "acr_values", "phr");
        assertTrue(refused.contains("error=unmet_authentication_requirements"), refused);
        // A client may ask for one of several, and for a proof that is fresh.
        assertEquals(
                "aal2", claims(answer(person, visitor, "", "acr_values", "phr aal2")).get("acr"));
        // Words of others bind nobody.
        assertEquals(
                "aal2",
                claims(answer(person, visitor, "", "acr_values", "urn:mace:incommon:iap:silver"))
                        .get("acr"));
    }

    @Test
    void aPersonWithoutAFactorCannotBeAskedForOne() throws Exception {
        int number = next++;
        Visitor visitor = new Visitor(gate);
        Map<String, String> form =
                Visitor.hidden(visitor.get("/login", "X-Forwarded-For", PLACE).body());
        form.put("identifier", person(number));
        form.put("password", PASSWORD + number);
        assertEquals(303, visitor.post("/login", form, "X-Forwarded-For", PLACE).statusCode());
        Party crm = new Party(gate, "crm");
        String refused =
                Visitor.location(visitor.get(Party.path(crm.request("acr_values", "aal2"))));
        assertTrue(refused.contains("error=unmet_authentication_requirements"), refused);
        assertTrue(Visitor.location(visitor.get(Party.path(crm.request()))).contains("code="));
    }

    /** A reset replaces the password and nothing else. */
    @Test
    void aResetLeavesTheFactor() throws Exception {
        Person person = new Person();
        Visitor visitor = new Visitor(gate);
        String name = person(person.number);
        Map<String, String> form =
                Visitor.hidden(visitor.get("/reset", "X-Forwarded-For", PLACE).body());
        form.put("identifier", name);
        int before = operators.mails(name).size();
        form = Visitor.hidden(visitor.post("/reset", form, "X-Forwarded-For", PLACE).body());
        Operators.await(() -> operators.hasMail(name, "Your code for a new password"));
        form.put("code", operators.code(name, before, 8));
        Map<String, String> choose =
                Visitor.hidden(visitor.post("/reset/code", form, "X-Forwarded-For", PLACE).body());
        choose.put("new_password", "an umbrella for the rainy season");
        assertEquals(422, visitor.post("/login/password", choose).statusCode());
        assertEquals(303, visitor.post("/reset/password", choose).statusCode());
        Map<String, String> login =
                Visitor.hidden(visitor.get("/login", "X-Forwarded-For", PLACE).body());
        login.put("identifier", name);
        login.put("password", "an umbrella for the rainy season");
        HttpResponse<String> asked = visitor.post("/login", login, "X-Forwarded-For", PLACE);
        assertEquals(200, asked.statusCode(), "the factor is asked for");
        assertEquals(
                303,
                person.code(visitor, Visitor.hidden(asked.body()), person.code(1), PLACE)
                        .statusCode());
    }
}
