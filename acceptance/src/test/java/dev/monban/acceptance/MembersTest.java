package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How people come to an organisation, and how those who lost everything come back. */
class MembersTest {

    private static final String PASSWORD = "right-password-";
    private static final String NEW = "an umbrella for the rainy season";

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
                        "--recovery-waits",
                        "20s,0s",
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
        state.append(
                """
                tenants:
                  - {id: yamada, name: Yamada}
                  - {id: sakura, name: Sakura}
                  - {id: ops, name: Ops, operator: true}
                accounts:
                """);
        for (String name :
                List.of(
                        "boss@yamada admin",
                        "deputy@yamada admin",
                        "other@sakura admin",
                        "operator@ops admin",
                        "a@yamada agent",
                        "b@yamada agent",
                        "c@yamada agent",
                        "d@yamada agent",
                        "e@yamada agent",
                        "g@yamada agent",
                        "h@yamada agent")) {
            String[] words = name.split(" ", -1);
            String tenant = words[0].substring(words[0].indexOf('@') + 1);
            state.append(
                    "  - {identifier: %s.example, tenant: %s, name: %s, language: en, roles: [%s], password: {plain: %s1}}\n"
                            .formatted(words[0], tenant, words[0], words[1], PASSWORD));
        }
        return state.toString();
    }

    private static Person person(String name) {
        return new Person(gate, operators, name, PASSWORD + 1, new Visitor(gate));
    }

    /** Signed in. */
    private static Person at(String name) {
        Person person = person(name);
        assertEquals("/account", person.enter("/login"));
        return person;
    }

    private static HttpResponse<String> invite(Person boss, String email, String... more) {
        List<String> values =
                new ArrayList<>(List.of("email", email, "name", "Guest", "language", "en"));
        values.addAll(List.of(more));
        return boss.fill("/members/invite", "/members/invite", values.toArray(String[]::new));
    }

    /** The code in the last invitation to an address. */
    private static String invitationCode(String to, int mailsBefore) throws Exception {
        Operators.await(() -> operators.mails(to).size() > mailsBefore);
        List<MimeMessage> mails = operators.mails(to);
        String text = String.valueOf(mails.getLast().getContent());
        assertFalse(text.contains("http"), "no links in mails");
        Matcher code = Pattern.compile("\\b([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})\\b").matcher(text);
        assertTrue(code.find(), text);
        return code.group(1);
    }

    private static HttpResponse<String> activate(Person guest, String email, String code) {
        return guest.fill("/activate", "/activate", "identifier", email, "code", code);
    }

    private static HttpResponse<String> choose(Person guest, HttpResponse<String> page) {
        Map<String, String> form = Visitor.hidden(page.body());
        form.put("new_password", NEW);
        return guest.post("/activate/password", form);
    }

    @Test
    void somebodyComesByInvitation() throws Exception {
        Person boss = at("boss@yamada.example");
        String email = "new@yamada.example";
        assertEquals(422, invite(boss, "not an address").statusCode());
        assertEquals(303, invite(boss, "New@Yamada.example", "role", "agent").statusCode());
        String first = invitationCode(email, 0);
        // Sent again, the first code is good no more.
        String list = boss.get("/members").body();
        assertTrue(list.contains(email));
        String id = list.replaceAll("(?s).*name=\"id\" value=\"([^\"]+)\".*", "$1");
        assertEquals(303, boss.fill("/members", "/members/invite/again", "id", id).statusCode());
        String code = invitationCode(email, 1);
        Person guest = person(email).withPassword(NEW);
        assertEquals(422, activate(guest, email, first).statusCode());
        assertEquals(422, activate(guest, "other@yamada.example", code).statusCode());
        HttpResponse<String> page = activate(guest, email, code.toUpperCase(java.util.Locale.ROOT));
        assertEquals(200, page.statusCode());
        assertEquals("/login?welcome=1", Visitor.location(choose(guest, page)));
        assertEquals(422, choose(guest, page).statusCode(), "a ticket is good once");
        assertEquals(422, activate(guest, email, code).statusCode(), "a code is good once");
        assertEquals("/account", guest.enter("/login"));
        assertTrue(boss.get("/members?q=new@").body().contains(email));
        // An agent looks after nobody.
        assertEquals(404, guest.get("/members").statusCode());
        assertEquals(422, invite(boss, email).statusCode());
    }

    @Test
    void aCodeInParallelMakesOneAccount() throws Exception {
        Person boss = at("boss@yamada.example");
        String email = "parallel@yamada.example";
        assertEquals(303, invite(boss, email).statusCode());
        String code = invitationCode(email, 0);
        List<Callable<Integer>> tries = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Person guest = person(email);
            tries.add(() -> activate(guest, email, code).statusCode());
        }
        int accepted = 0;
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> done : pool.invokeAll(tries)) {
                accepted += done.get() == 200 ? 1 : 0;
            }
        }
        assertEquals(1, accepted);
    }

    @Test
    void aWithdrawnInvitationOpensNothing() throws Exception {
        Person boss = at("boss@yamada.example");
        String email = "unwanted@yamada.example";
        assertEquals(303, invite(boss, email).statusCode());
        String code = invitationCode(email, 0);
        String list = boss.get("/members").body();
        String id =
                list.substring(list.indexOf(email))
                        .replaceAll("(?s)^.*?name=\"id\" value=\"([^\"]+)\".*", "$1");
        // Another organisation's administrator does not reach it.
        Person other = at("other@sakura.example");
        other.fill("/members/invite", "/members/invite/withdraw", "id", id);
        assertTrue(boss.get("/members").body().contains(email));
        assertEquals(303, boss.fill("/members", "/members/invite/withdraw", "id", id).statusCode());
        assertFalse(boss.get("/members").body().contains(email));
        assertEquals(422, activate(person(email), email, code).statusCode());
    }

    /** Neither who invites nor who tries codes learns who has an account. */
    @Test
    void invitationsTellNothing() throws Exception {
        Person other = at("other@sakura.example");
        HttpResponse<String> elsewhere = invite(other, "a@yamada.example");
        HttpResponse<String> nowhere = invite(other, "nobody@sakura.example");
        assertEquals(nowhere.statusCode(), elsewhere.statusCode());
        String list = other.get("/members").body();
        assertTrue(list.contains("a@yamada.example") && list.contains("nobody@sakura.example"));
        Operators.await(() -> operators.hasMail("a@yamada.example", "An invitation to Sakura"));
        String text = String.valueOf(operators.mails("a@yamada.example").getLast().getContent());
        assertTrue(text.contains("another organisation"), text);
        List<String> shapes = new ArrayList<>();
        for (String name :
                List.of("a@yamada.example", "nobody@sakura.example", "x@x.example", "?")) {
            HttpResponse<String> page = activate(person(name), name, "2222-2222-2222");
            shapes.add(page.statusCode() + Agencies.shape(page.body()));
        }
        assertEquals(1, shapes.stream().distinct().count());
        // In turns, so that the machine's moods strike both alike.
        Visitor visitor = new Visitor(gate);
        Map<String, String> form = Visitor.hidden(visitor.get("/activate", Person.OFFICE).body());
        form.put("code", "2222-2222-2222");
        int pairs = 60;
        int slower = 0;
        for (int i = 0; i < pairs; i++) {
            slower +=
                    timed(visitor, form, "nobody@sakura.example")
                                    > timed(visitor, form, "nobody" + i + "@sakura.example")
                            ? 1
                            : 0;
        }
        System.out.printf("invitation: open / none, slower in %d of %d%n", slower, pairs);
        // Under equality, outside of this in one of 10 million runs.
        assertTrue(slower > 9 && slower < 51, "slower in " + slower + " of " + pairs);
    }

    private static long timed(Visitor visitor, Map<String, String> form, String identifier) {
        form.put("identifier", identifier);
        long began = System.nanoTime();
        assertEquals(422, visitor.post("/activate", form, Person.OFFICE).statusCode());
        return System.nanoTime() - began;
    }

    private static String idOf(Person boss, String name) {
        String list = boss.get("/members?q=" + name).body();
        return list.replaceAll("(?s).*/members/person\\?id=([0-9a-f-]{36}).*", "$1");
    }

    private static HttpResponse<String> decide(Person boss, String id, String what) {
        return boss.fill(
                "/members/person?id=" + id, "/members/person/" + what, "id", id, "spoken", "1");
    }

    /** Whether a code comes, once the person says that every factor is lost. */
    private static boolean comesBack(Person lost) {
        int mails = operators.mails(lost.name()).size();
        HttpResponse<String> page = lost.lost(lost.signIn("/login"));
        return codeCame(lost.name(), mails)
                && Visitor.location(lost.mailCode(page, mails)).equals("/account");
    }

    private static boolean codeCame(String name, int before) {
        long until = System.nanoTime() + 3_000_000_000L;
        while (System.nanoTime() < until) {
            List<MimeMessage> mails = operators.mails(name);
            if (mails.subList(before, mails.size()).stream()
                    .anyMatch(mail -> Operators.text(mail).matches("(?s).*\\b\\d{6}\\b.*"))) {
                return true;
            }
            java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
        }
        return false;
    }

    @Test
    void oneAdministratorAndTheWaitLetSomebodyBackIn() throws Exception {
        Person lost = at("a@yamada.example");
        PhoneApp.add(lost.visitor(), "/account/app", 0, Person.OFFICE);
        Person boss = at("boss@yamada.example");
        String id = idOf(boss, "a@yamada");
        assertEquals(303, decide(boss, id, "recover").statusCode());
        Operators.await(() ->
                operators.hasMail("a@yamada.example", "You are being let back in to your account"));
        Operators.await(
                () -> operators.hasMail("deputy@yamada.example", "Somebody is being let back in"));
        // Twice is once; and nobody confirms what they began.
        assertEquals(422, decide(boss, id, "recover").statusCode());
        assertEquals(422, decide(boss, id, "confirm").statusCode());
        // Before the wait is over no code comes, and the page is the same.
        Person again = lost.elsewhere();
        HttpResponse<String> asked = again.signIn("/login");
        assertTrue(asked.body().contains("name=\"trust\""), "the factor is asked for");
        String early = Agencies.shape(again.lost(asked).body());
        assertFalse(codeCame(lost.name(), operators.mails(lost.name()).size()));
        Operators.await(() -> comesBack(again));
        assertTrue(early.contains("/login/code"));
        String account = again.get("/account?lang=en").body();
        assertTrue(account.contains("Only your password protects this account"), account);
        Operators.await(
                () -> operators.hasMail("a@yamada.example", "Your second factors are gone"));
        PhoneApp.add(again.visitor(), "/account/app", 0, Person.OFFICE);
    }

    @Test
    void twoAdministratorsShortenTheWait() throws Exception {
        Person lost = at("b@yamada.example");
        PhoneApp.add(lost.visitor(), "/account/app", 0, Person.OFFICE);
        Person boss = at("boss@yamada.example");
        String id = idOf(boss, "b@yamada");
        assertEquals(303, decide(boss, id, "recover").statusCode());
        Person deputy = at("deputy@yamada.example");
        assertEquals(303, decide(deputy, id, "confirm").statusCode());
        // A guess at the code is none; the code from the mail is.
        Person thief = lost.elsewhere();
        int before = operators.mails(lost.name()).size();
        Map<String, String> guess = Visitor.hidden(thief.lost(thief.signIn("/login")).body());
        assertTrue(codeCame(lost.name(), before));
        guess.put("code", "000000");
        assertEquals(422, thief.post("/login/code", guess).statusCode());
        assertTrue(lost.get("/account").statusCode() == 200, "nothing has changed yet");
        assertTrue(comesBack(lost.elsewhere()));
        // Whoever has the lost phone is signed out with it.
        assertEquals(303, lost.get("/account").statusCode());
    }

    /** Somebody who was invited meanwhile is no second administrator. */
    @Test
    void whoCameAfterTheBeginningConfirmsNothing() throws Exception {
        Person lost = at("g@yamada.example");
        PhoneApp.add(lost.visitor(), "/account/app", 0, Person.OFFICE);
        Person boss = at("boss@yamada.example");
        String id = idOf(boss, "g@yamada");
        assertEquals(303, decide(boss, id, "recover").statusCode());
        String email = "accomplice@yamada.example";
        assertEquals(303, invite(boss, email, "role", "admin").statusCode());
        Operators.await(
                () -> operators.hasMail("deputy@yamada.example", "An administrator was invited"));
        Person accomplice = person(email).withPassword(NEW);
        choose(accomplice, activate(accomplice, email, invitationCode(email, 0)));
        assertEquals("/account", accomplice.enter("/login"));
        assertEquals(422, decide(accomplice, id, "confirm").statusCode());
        assertFalse(comesBack(lost.elsewhere()));
    }

    /** Then mail and password would be one and the same proof. */
    @Test
    void aPasswordThatCameByMailEndsIt() throws Exception {
        Person lost = at("h@yamada.example");
        PhoneApp.add(lost.visitor(), "/account/app", 0, Person.OFFICE);
        Person boss = at("boss@yamada.example");
        String id = idOf(boss, "h@yamada");
        assertEquals(303, decide(boss, id, "recover").statusCode());
        assertEquals(303, decide(at("deputy@yamada.example"), id, "confirm").statusCode());
        Person thief = lost.elsewhere();
        int mails = operators.mails(lost.name()).size();
        HttpResponse<String> asked = thief.fill("/reset", "/reset", "identifier", lost.name());
        Map<String, String> code = Visitor.hidden(asked.body());
        code.put("code", operators.code(lost.name(), mails, 8));
        Map<String, String> choose = Visitor.hidden(thief.post("/reset/code", code).body());
        choose.put("new_password", NEW);
        assertEquals("/login?changed=1", Visitor.location(thief.post("/reset/password", choose)));
        assertFalse(comesBack(thief.withPassword(NEW)));
    }

    /** Nothing is lost yet, so nothing is opened that would lie in wait. */
    @Test
    void whoHasNoFactorHasLostNone() {
        Person boss = at("boss@yamada.example");
        assertEquals(422, decide(boss, idOf(boss, "d@yamada"), "recover").statusCode());
    }

    /** Whoever has the phone after all stops it by using it. */
    @Test
    void aSignInWithTheFactorStopsIt() throws Exception {
        Person owner = at("c@yamada.example");
        PhoneApp app = PhoneApp.add(owner.visitor(), "/account/app", 0, Person.OFFICE);
        Person boss = at("boss@yamada.example");
        String id = idOf(boss, "c@yamada");
        assertEquals(303, decide(boss, id, "recover").statusCode());
        assertTrue(owner.get("/account").body().contains("/account/recovery/stop"));
        owner.signOut();
        assertEquals(303, owner.code(owner.signIn("/login"), app.code(1), false).statusCode());
        assertFalse(owner.get("/account").body().contains("/account/recovery/stop"));
        Operators.await(
                () -> operators.hasMail("c@yamada.example", "Nobody is let back in any more"));
        assertEquals(422, decide(at("deputy@yamada.example"), id, "confirm").statusCode());
    }

    @Test
    void nobodyHelpsThemselvesOrPeopleElsewhere() throws Exception {
        Person boss = at("boss@yamada.example");
        String own = idOf(boss, "boss@yamada");
        assertFalse(
                boss.get("/members/person?id=" + own).body().contains("/members/person/recover"));
        assertEquals(
                422,
                boss.fill("/members/invite", "/members/person/recover", "id", own, "spoken", "1")
                        .statusCode());
        Person other = at("other@sakura.example");
        String id = idOf(boss, "d@yamada");
        for (String what : List.of("recover", "confirm", "stop", "sign-out")) {
            HttpResponse<String> answer =
                    other.fill(
                            "/members/invite", "/members/person/" + what, "id", id, "spoken", "1");
            assertEquals(404, answer.statusCode(), what);
        }
        assertEquals(404, other.get("/members/person?id=" + id).statusCode());
        assertEquals(404, other.get("/members?tenant=yamada").statusCode());
        Person agent = at("d@yamada.example");
        assertEquals(404, agent.get("/members").statusCode());
        assertEquals(
                404,
                agent.fill("/account", "/members/person/recover", "id", id, "spoken", "1")
                        .statusCode());
        // Those who run the gate look after every organisation.
        Person operator = at("operator@ops.example");
        assertEquals(200, operator.get("/members?tenant=yamada").statusCode());
    }

    @Test
    void anAdministratorSignsSomebodyOut() throws Exception {
        Person agent = at("e@yamada.example");
        Person boss = at("boss@yamada.example");
        String id = idOf(boss, "e@yamada");
        assertEquals(200, agent.get("/account").statusCode());
        assertEquals(303, decide(boss, id, "sign-out").statusCode());
        assertEquals(303, agent.get("/account").statusCode());
        Operators.await(
                () -> operators.hasMail("e@yamada.example", "You were signed out everywhere"));
    }
}
