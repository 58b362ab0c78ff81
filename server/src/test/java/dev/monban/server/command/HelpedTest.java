package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.command.ClockedGate.Answer;
import dev.monban.server.command.ClockedGate.Person;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Those who help people who are stuck, and what they may not. */
class HelpedTest extends AtTheDesk {

    private static final String MESSAGES =
            "select count(*) as count from notify.outbox where kind = ?";

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
            long messages = count(MESSAGES, "mail");
            for (String step : List.of("send_code", "reset", "unlock", "hand_over", "close")) {
                assertEquals(403, step(own, shown, step).status(), superior + " " + step);
            }
            assertEquals(messages, count(MESSAGES, "mail"));
        }
        assertEquals(404, agent("d").get("/desk").status());
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
}
