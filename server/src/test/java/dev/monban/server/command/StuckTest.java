package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.command.ClockedGate.Answer;
import dev.monban.server.command.ClockedGate.Person;
import dev.monban.server.declare.State;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.notify.Channel;
import dev.monban.server.notify.Subscription;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Sql;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People who are stuck, and those who help them, at a gate whose clock the test sets. */
class StuckTest {

    private static final Instant BEGIN = Instant.parse("2027-01-11T00:00:00Z");
    private static final String OFFICE = "203.0.113.1";
    private static final Duration SILENCE = Duration.ofSeconds(95);
    private static final Pattern CASE = Pattern.compile("/desk/case\\?id=([0-9a-f-]{36})");

    @TempDir private static Path folder;

    private static Database database;
    private static ClockedGate gate;
    private static Person support;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh("desk");
        gate = new ClockedGate(folder, database, state(), BEGIN);
        support = gate.new Person("help@ops.example", "192.0.2.1");
        support.enter();
    }

    @AfterAll
    static void close() {
        gate.close();
        database.close();
    }

    private static State state() {
        List<State.Account> accounts = new ArrayList<>();
        for (String name :
                List.of("boss", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")) {
            accounts.add(account(name, "time", name.equals("boss") ? "admin" : "agent"));
        }
        accounts.add(account("own", "time", "support"));
        accounts.add(account("x", "other", "agent"));
        accounts.add(account("help", "ops", "support"));
        accounts.add(account("colleague", "ops", "support"));
        return new State(
                "http://localhost:1",
                Optional.empty(),
                List.of(
                        new Subscription(
                                new Channel.ByWebhook("hook", "http://127.0.0.1:1/", new byte[32]),
                                Set.of())),
                List.of(
                        new State.Tenant("time", "Time", false, Set.of()),
                        new State.Tenant("other", "Other", false, Set.of()),
                        new State.Tenant("ops", "Operations", true, Set.of())),
                accounts,
                List.of());
    }

    private static State.Account account(String name, String tenant, String role) {
        String identifier = name + "@" + tenant + ".example";
        return new State.Account(
                identifier,
                tenant,
                name,
                Optional.of(identifier),
                Language.EN,
                Optional.of(ClockedGate.PASSWORD),
                List.of(role),
                false);
    }

    private static Person agent(String name) {
        Person person = gate.new Person(name + "@time.example", OFFICE);
        person.enter();
        return person;
    }

    /** What honest sign-ins cost is what may be spent on those that went wrong. */
    private static void manySignIn() {
        Person busy = agent("g");
        for (int i = 0; i < 15; i++) {
            gate.later(Duration.ofSeconds(6));
            busy.enter();
        }
    }

    /** What the desk tells of somebody, once it tells of them. */
    private static Answer caseOf(Person who, String name) {
        String path =
                ClockedGate.await(() -> {
                    String list = list(who);
                    String open = list.substring(0, list.indexOf("id=\"call\""));
                    Matcher one =
                            Pattern.compile(
                                            "<strong>" + name + "</strong>.*?" + CASE,
                                            Pattern.DOTALL)
                                    .matcher(open);
                    return one.find()
                            ? Optional.of("/desk/case?id=" + one.group(1))
                            : Optional.empty();
                });
        return who.get(path);
    }

    private static String list(Person who) {
        Answer list = who.get("/desk");
        assertEquals(200, list.status(), list.location());
        return list.body();
    }

    private static String id(Answer shown) {
        return shown.form().getOrDefault("id", "");
    }

    private static void awaitClosed(String id) {
        assertTrue(
                ClockedGate.await(() ->
                        Optional.of(!list(support).split("id=\"call\"", 2)[0].contains(id))
                                .filter(solved -> solved)));
    }

    private static Answer step(Person who, Answer shown, String step) {
        return who.fill(shown, "/desk/case/step", "step", step);
    }

    private static long remarks(String near) {
        return count("select count(*) as count from watch.remark where near = ?", near);
    }

    @Test
    void capsLockIsSeenAndTheCaseClosesItself() {
        manySignIn();
        Person a = agent("a");
        gate.later(Duration.ofSeconds(1));
        for (int i = 0; i < 2; i++) {
            Answer wrong = a.password(ClockedGate.PASSWORD.toUpperCase(Locale.ROOT));
            assertEquals(422, wrong.status());
        }
        ClockedGate.await(() -> Optional.of(remarks("caps_lock")).filter(n -> n > 0));
        gate.later(SILENCE);
        Answer shown = caseOf(support, "a");
        // Whoever guesses and then calls must not learn how near they were.
        String before = shown.body() + list(support) + support.get("/desk/why?q=" + a.name).body();
        assertTrue(before.contains("Password trouble"), before);
        assertFalse(before.toLowerCase(Locale.ROOT).contains("caps"), before);
        // Their own mailbox is told at once.
        assertEquals(303, step(support, shown, "explain").status());
        gate.awaitMail(a.name, "About your sign-in");
        assertTrue(
                gate.mailsTo(a.name).stream()
                        .anyMatch(mail -> ClockedGate.text(mail).contains("switch it off")));
        String after = proved(shown, a.name);
        assertTrue(after.contains("Caps lock on"), after);
        assertTrue(after.contains("caps lock</span>"), after);
        assertTrue(after.contains("They type the password with caps lock on."), after);
        a.enter();
        awaitClosed(id(shown));
    }

    /** It is known what went wrong, and nobody reads it. */
    @Test
    void aPasswordInTheNamesPlaceIsNobodysBusiness() {
        Person j = agent("j");
        for (int i = 0; i < 2; i++) {
            assertEquals(422, j.password(ClockedGate.PASSWORD, j.name).status());
        }
        ClockedGate.await(() -> Optional.of(remarks("swapped")).filter(n -> n > 0));
        assertEquals(0, attempts(ClockedGate.PASSWORD));
        gate.later(SILENCE);
        String swapped = proved(caseOf(support, "j"), j.name);
        assertTrue(swapped.contains("Login name and password swapped"), swapped);
        Person k = agent("k");
        for (int i = 0; i < 2; i++) {
            assertEquals(422, k.password("P@ssword.of.2026", "anything").status());
        }
        gate.later(SILENCE);
        Answer shown = caseOf(support, "•••");
        assertTrue(shown.body().contains("Wrong login name"), shown.body());
        String all = list(support) + shown.body();
        assertFalse(all.toLowerCase(Locale.ROOT).contains("p@ssword"), all);
    }

    private static long attempts(String identifier) {
        return count(
                "select count(*) as count from watch.attempt where identifier = ?", identifier);
    }

    private static long count(String sql, String value) {
        return database.query(
                c -> Sql.one(c, sql, row -> row.bigNumber("count"), value).orElse(0L));
    }

    /** Choosing another password ends with being in, and so does the case. */
    @Test
    void whoeverHasToChooseAnotherPasswordIsInWithIt() {
        Person l = agent("l");
        for (int i = 0; i < 2; i++) {
            assertEquals(422, l.password("wrong number " + i).status());
        }
        gate.later(SILENCE);
        Answer shown = caseOf(support, "l");
        database.transaction(c ->
                Sql.update(
                        c,
                        "update account.account set password_expired_at = ? where identifier = ?",
                        gate.now(),
                        l.name));
        Answer page = l.password();
        assertEquals(200, page.status(), page.body());
        Answer in = l.fill(page, "/login/password", "new_password", "umbrella stand by the door");
        assertEquals(303, in.status(), in.body());
        awaitClosed(id(shown));
    }

    @Test
    void thePreviousPasswordIsKnown() {
        manySignIn();
        Person b = agent("b");
        Answer page = b.get("/account/password");
        Answer changed =
                b.fill(
                        page,
                        "/account/password",
                        "password",
                        ClockedGate.PASSWORD,
                        "new_password",
                        "umbrella stand by the door");
        assertEquals(303, changed.status(), changed.body());
        for (int i = 0; i < 2; i++) {
            assertEquals(422, b.password().status());
        }
        ClockedGate.await(() -> Optional.of(remarks("old_password")).filter(n -> n > 0));
        gate.later(SILENCE);
        String shown = proved(caseOf(support, "b"), b.name);
        assertTrue(shown.contains("The previous password"), shown);
    }

    @Test
    void whoeverCallsShowsWhoTheyAre() {
        Person c = agent("c");
        for (int i = 0; i < 2; i++) {
            assertEquals(422, c.password("wrong number " + i).status());
        }
        gate.later(SILENCE);
        Answer shown = caseOf(support, "c");
        assertEquals(403, step(support, shown, "unlock").status());
        int mails = gate.mailsTo(c.name).size();
        assertEquals(303, step(support, shown, "send_code").status());
        String code = ClockedGate.await(() -> gate.codeIn(c.name, mails));
        // Guessing five times ends the code; another one starts anew.
        for (int i = 0; i < 5; i++) {
            assertEquals(422, readBack(support, shown, i + code.substring(1) + "0").status());
        }
        assertEquals(422, readBack(support, shown, code).status());
        gate.later(Duration.ofSeconds(1));
        int before = gate.mailsTo(c.name).size();
        assertEquals(303, step(support, shown, "send_code").status());
        String another = ClockedGate.await(() -> gate.codeIn(c.name, before));
        // A code that one of support had sent is no proof to another.
        Person colleague = gate.new Person("colleague@ops.example", "192.0.2.2");
        colleague.enter();
        Answer theirs = caseOf(colleague, "c");
        assertEquals(422, readBack(colleague, theirs, another).status());
        assertEquals(303, readBack(support, shown, another).status());
        assertEquals(403, step(colleague, theirs, "unlock").status());
        assertEquals(303, step(support, shown, "unlock").status());
        gate.awaitMail(c.name, "You can sign in again");
        // What was proved ends with the call.
        gate.later(Duration.ofMinutes(21));
        support.enter();
        assertEquals(403, step(support, shown, "unlock").status());
        Answer now = support.get("/desk/case?id=" + id(shown));
        assertTrue(now.body().contains("help unlocked the account"), now.body());
        for (String secret :
                List.of(code, another, "wrong number", ClockedGate.PASSWORD, "$argon2")) {
            assertFalse(now.body().contains(secret), secret);
        }
    }

    /** The case, once the caller has read back the code. */
    private static String proved(Answer shown, String name) {
        int mails = gate.mailsTo(name).size();
        assertEquals(303, step(support, shown, "send_code").status());
        String code = ClockedGate.await(() -> gate.codeIn(name, mails));
        assertEquals(303, readBack(support, shown, code).status());
        return support.get("/desk/case?id=" + id(shown)).body();
    }

    private static Answer readBack(Person who, Answer shown, String code) {
        return who.fill(shown, "/desk/case/read-back", "code", code);
    }

    @Test
    void supportHelpsTheirOwnAndNeverThemselvesOrTheirSuperiors() {
        Person own = gate.new Person("own@time.example", OFFICE);
        own.enter();
        Person x = gate.new Person("x@other.example", "203.0.113.9");
        x.enter();
        for (int i = 0; i < 2; i++) {
            assertEquals(422, x.password("wrong number " + i).status());
        }
        gate.later(SILENCE);
        Answer others = caseOf(support, "x");
        assertFalse(list(own).contains(id(others)));
        assertEquals(404, own.get("/desk/case?id=" + id(others)).status());
        Answer any = own.get("/desk");
        assertEquals(
                404, own.fill(any, "/desk/case/step", "id", id(others), "step", "reset").status());
        assertEquals(
                404, own.fill(any, "/desk/case/read-back", "id", id(others), "code", "1").status());
        // Nobody whom they do not help is even there.
        Answer outside = own.fill(any, "/desk/open", "identifier", "x@other.example");
        Answer nobody = own.fill(any, "/desk/open", "identifier", "nobody@other.example");
        assertEquals(422, outside.status());
        assertEquals(422, nobody.status());
        assertEquals(
                outside.body()
                        .replace("x@other", "nobody@other")
                        .replaceAll("value=\"[^\"]*\"", ""),
                nobody.body().replaceAll("value=\"[^\"]*\"", ""));
        for (String superior : List.of("own@time.example", "boss@time.example")) {
            Answer opened = own.fill(any, "/desk/open", "identifier", superior);
            Answer shown = own.get(opened.location());
            int mails = gate.mailsTo(superior).size();
            for (String step : List.of("send_code", "reset", "unlock", "hand_over", "close")) {
                assertEquals(403, step(own, shown, step).status(), superior + " " + step);
            }
            assertEquals(mails, gate.mailsTo(superior).size());
        }
        assertEquals(404, agent("d").get("/desk").status());
    }

    @Test
    void attackersAreNoCases() {
        Person e = agent("e");
        assertEquals("/account", e.get("/account").location().isEmpty() ? "/account" : "");
        for (String name : List.of("e", "f", "g", "nobody")) {
            Person stranger = gate.new Person(name + "@time.example", "198.51.100.77");
            for (int i = 0; i < 3; i++) {
                Answer refused = stranger.password("guess number " + i);
                assertTrue(refused.status() == 422 || refused.asksForCode(), refused.body());
            }
        }
        gate.later(Duration.ofMinutes(45));
        support.enter();
        // Somebody honest who comes later is found; so the others would have been by then.
        Person d = agent("d");
        for (int i = 0; i < 2; i++) {
            assertEquals(422, d.password("wrong number " + i).status());
        }
        gate.later(SILENCE);
        assertFalse(id(caseOf(support, "d")).isEmpty());
        for (String name : List.of("e", "f", "g", "nobody@time.example")) {
            assertFalse(list(support).contains("<strong>" + name + "<"), name);
        }
    }

    /** Somebody in the office at another browser, who has tried for too long. */
    @Test
    void whoIsUnlockedNeedNotWait() {
        String elsewhere = "203.0.114.9";
        gate.new Person("h@time.example", elsewhere).enter();
        Person other = gate.new Person("h@time.example", elsewhere);
        int tries = 0;
        Answer answer = other.password("wrong number");
        while (answer.status() == 422) {
            tries++;
            assertTrue(tries < 100);
            gate.later(Duration.ofSeconds(6));
            answer = other.password("wrong number " + tries);
        }
        assertEquals(429, answer.status());
        gate.later(Duration.ofSeconds(6));
        assertEquals(429, other.password().status());
        support.enter();
        Answer opened = support.fill(support.get("/desk"), "/desk/open", "identifier", other.name);
        Answer shown = support.get(opened.location());
        int mails = gate.mailsTo(other.name).size();
        assertEquals(303, step(support, shown, "send_code").status());
        String code = ClockedGate.await(() -> gate.codeIn(other.name, mails));
        assertEquals(303, readBack(support, shown, code).status());
        assertEquals(303, step(support, shown, "unlock").status());
        ClockedGate.await(() -> {
            gate.later(Duration.ofSeconds(6));
            Answer now = other.password();
            return Optional.of(now.status()).filter(status -> status != 429);
        });
    }

    /** Another case for the same person brings no more codes to guess. */
    @Test
    void limitsAreThePersonsAndNotTheCases() {
        agent("i");
        support.enter();
        int sent = 0;
        for (int i = 0; i < 8; i++) {
            Answer opened =
                    support.fill(
                            support.get("/desk"), "/desk/open", "identifier", "i@time.example");
            Answer shown = support.get(opened.location());
            sent += step(support, shown, "send_code").status() == 303 ? 1 : 0;
            assertEquals(303, step(support, shown, "close").status());
            gate.later(Duration.ofSeconds(10));
        }
        assertEquals(5, sent);
    }

    /** Two people of an organisation whose identity provider does not answer. */
    @Test
    void anOrganisationThatIsTurnedAwayIsToldOf() {
        agent("f");
        agent("g");
        int written =
                database.query(c ->
                        Sql.update(
                                c,
                                """
                                insert into watch.attempt (attempt_id, at, tenant_id, identifier,
                                    account_id, address, step, outcome, reason, reasons, policy)
                                select gen_random_uuid(), ?, tenant_id, identifier, account_id, ?,
                                       'federated', 'rejected', 'idp_error', '{known_address}', 'test'
                                from account.account
                                where identifier in ('f@time.example', 'g@time.example')
                                """,
                                gate.now(),
                                OFFICE));
        assertEquals(2, written);
        ClockedGate.await(() -> Optional.of(told("tenant_outage")).filter(n -> n > 0));
        assertEquals(1, told("tenant_outage"));
    }

    private static long told(String about) {
        return database.query(c ->
                Sql.one(
                                c,
                                "select count(*) as count from notify.outbox where payload like '%' || ? || '%'",
                                row -> row.bigNumber("count"),
                                about)
                        .orElse(0L));
    }
}
