package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.command.ClockedGate.Answer;
import dev.monban.server.command.ClockedGate.Person;
import dev.monban.server.platform.Sql;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** People who are stuck, and cases that open and close by themselves. */
class StuckTest extends AtTheDesk {

    private static final String STRANGER = "198.51.100.77";

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

    /** Another node runs a later release, which knows more causes, ends and steps. */
    @Test
    void whatALaterReleaseHasFoundIsShownAsAValue() {
        Answer opened =
                support.fill(support.get("/desk"), "/desk/open", "identifier", "c@time.example");
        String id = id(support.get(opened.location()));
        set("update desk.support_case set cause = 'left_handed' where case_id = ?::uuid", id);
        Answer before = support.get("/desk/case?id=" + id);
        assertEquals(200, before.status(), before.body());
        assertTrue(before.body().contains("Cause known to a newer release"), before.body());
        assertFalse(before.body().contains("left_handed"), before.body());
        assertTrue(list(support).contains("Cause known to a newer release"));
        String after = proved(before, "c@time.example");
        assertTrue(after.contains("left_handed"), after);
        assertTrue(after.contains("A newer release found this cause."), after);
        set(
                "update desk.support_case set closed_at = opened_at, closed_because = 'forgiven'"
                        + " where case_id = ?::uuid",
                id);
        Answer closed = support.get("/desk/case?id=" + id);
        assertEquals(200, closed.status(), closed.body());
        assertTrue(closed.body().contains("forgiven"), closed.body());
    }

    private void set(String sql, String id) {
        database.transact(c -> assertEquals(1, Sql.update(c, sql, id)));
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
        // For a stranger nothing is exchanged: it would tell that there is such an account.
        Person stranger = gate.new Person("r@nowhere.example", STRANGER);
        assertEquals(422, stranger.password(stranger.name, j.name).status());
        assertEquals(1, attempts(stranger.name));
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

    private long attemptsOf(String address) {
        return count("select count(*) as count from watch.attempt where address = ?", address);
    }

    private long attempts(String identifier) {
        return count(
                "select count(*) as count from watch.attempt where identifier = ?", identifier);
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
    void attackersAreNoCases() {
        Person e = agent("e");
        assertEquals("/account", e.get("/account").location().isEmpty() ? "/account" : "");
        for (String name : List.of("e", "f", "g", "nobody")) {
            Person stranger = gate.new Person(name + "@time.example", STRANGER);
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
        assertTrue(attemptsOf(STRANGER) > 0);
        assertEquals(
                0,
                count(
                        """
                        select count(*) as count from desk.support_case c
                        join watch.attempt a on a.attempt_id = any (c.attempts)
                        where a.address = ?
                        """,
                        STRANGER));
    }

    /**
     * An organisation whose people are all stuck is helped otherwise, and so is whoever always is.
     */
    @Test
    void casesThatOpenThemselvesAreNotWithoutEnd() {
        Person x = gate.new Person("x@other.example", "203.0.113.9");
        Person m = agent("m");
        x.enter();
        opened("x@other.example", 60);
        opened(m.name, 3);
        Person n = agent("n");
        for (Person stuck : List.of(x, m, n)) {
            gate.later(Duration.ofSeconds(10));
            for (int i = 0; i < 2; i++) {
                assertEquals(422, stuck.password("wrong number " + i).status());
            }
        }
        gate.later(SILENCE);
        // Whoever is found last; the others would have been by then.
        assertFalse(id(caseOf(support, "n")).isEmpty());
        String open = list(support).split("id=\"call\"", 2)[0];
        assertFalse(open.contains("<strong>x<"), open);
        assertFalse(open.contains("<strong>m<"), open);
    }

    /** So many cases of somebody have opened themselves, and are over. */
    private void opened(String name, int many) {
        int written =
                database.query(c ->
                        Sql.update(
                                c,
                                """
                                insert into desk.support_case (case_id, who, account_id, tenant_id,
                                    identifier, failures, since, last_at, attempts, opened_at,
                                    closed_at, closed_because)
                                select gen_random_uuid(), 'account ' || account_id, account_id,
                                       tenant_id, identifier, 2,
                                       ?::timestamptz - interval '1 second' * i, ?, '{}', ?, ?,
                                       'signed_in'
                                from account.account, generate_series(1, ?) i where identifier = ?
                                """,
                                gate.now(),
                                gate.now(),
                                gate.now(),
                                gate.now(),
                                many,
                                name));
        assertEquals(many, written);
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

    private long told(String about) {
        return database.query(c ->
                Sql.one(
                                c,
                                "select count(*) as count from notify.outbox where payload like '%' || ? || '%'",
                                row -> row.bigNumber("count"),
                                about)
                        .orElse(0L));
    }
}
