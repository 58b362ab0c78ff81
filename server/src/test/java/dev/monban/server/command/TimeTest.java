package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.Requirement;
import dev.monban.server.declare.State;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Language;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes hours and days, at a gate whose clock the test sets. */
class TimeTest {

    private static final Instant BEGIN = Instant.parse("2026-12-11T00:00:00Z");
    private static final Instant HOLDS_FROM = BEGIN.plus(Duration.ofDays(200));

    @TempDir private static Path folder;

    private static ClockedGate gate;

    @BeforeAll
    static void open() {
        gate = new ClockedGate(folder, TestDatabase.get(), state(), BEGIN);
    }

    @AfterAll
    static void close() {
        gate.close();
    }

    private static ClockedGate.Person person(String name, String address) {
        return gate.new Person(name + "@time.example", address);
    }

    private static State state() {
        List<State.Account> accounts = new ArrayList<>();
        for (String name : List.of("boss", "a", "b", "c", "d", "e")) {
            accounts.add(
                    new State.Account(
                            name + "@time.example",
                            "time",
                            name,
                            Optional.of(name + "@time.example"),
                            Language.EN,
                            Optional.of(ClockedGate.PASSWORD),
                            List.of(
                                    name.equals("boss")
                                            ? "admin"
                                            : name.equals("c") ? "c" : "agent"),
                            false));
        }
        Requirement soon = new Requirement(AssuranceLevel.AAL2, Set.of("c"), HOLDS_FROM, true);
        return new State(
                "http://localhost:1",
                Optional.empty(),
                List.of(),
                List.of(new State.Tenant("time", "Time", false, Set.of(soon))),
                accounts,
                List.of());
    }

    /** Somebody who has the password and guesses codes for days. */
    @Test
    void theTenthWrongCodeInARowMakesThePasswordKnown() {
        ClockedGate.Person owner = person("a", "203.0.113.1");
        owner.enter();
        owner.addApp();
        for (int i = 1; i <= 10; i++) {
            gate.later(Duration.ofHours(3));
            assertFalse(
                    gate.wasTold(owner.name, "Somebody else knows your password"), "after " + i);
            ClockedGate.Person stranger = person("a", "198.51.100." + i);
            ClockedGate.Answer asked = stranger.password();
            assertTrue(asked.asksForCode(), i + ": " + asked.status() + asked.body());
            String wrong = owner.totp().equals("000000") ? "000001" : "000000";
            assertEquals(422, stranger.fill(asked, "/login/code", "code", wrong).status());
        }
        gate.awaitMail(owner.name, "Somebody else knows your password");
        gate.awaitMail("boss@time.example", "Somebody knows a password");
        // The owner comes in as before, and must choose another password.
        gate.later(Duration.ofHours(1));
        ClockedGate.Answer asked = owner.password();
        assertTrue(asked.asksForCode(), asked.body());
        ClockedGate.Answer choose = owner.fill(asked, "/login/code", "code", owner.totp());
        assertTrue(choose.body().contains("new_password"), choose.body());
        ClockedGate.Answer done =
                owner.fill(choose, "/login/password", "new_password", "quite another for today");
        assertEquals("/account", done.location(), done.body());
    }

    @Test
    void trustInADeviceEndsAfterThirtyDays() {
        ClockedGate.Person person = person("b", "203.0.113.2");
        person.enter();
        person.addApp();
        gate.later(Duration.ofMinutes(1));
        ClockedGate.Answer asked = person.password();
        ClockedGate.Answer in =
                person.fill(asked, "/login/code", "code", person.totp(), "trust", "1");
        assertEquals("/account", in.location());
        gate.later(Duration.ofDays(29));
        assertEquals("/account", person.password().location());
        gate.later(Duration.ofDays(2));
        assertTrue(person.password().asksForCode());
    }

    @Test
    void whatWasAnnouncedHoldsFromItsDay() {
        ClockedGate.Person person = person("c", "203.0.113.3");
        person.enter();
        assertTrue(person.get("/account?lang=en").body().contains("asks for another way"));
        assertFalse(person.get("/account?lang=en").body().contains("stay closed"));
        gate.later(Duration.between(gate.now(), HOLDS_FROM));
        person.enter();
        assertTrue(person.get("/account?lang=en").body().contains("stay closed"));
        // At a browser that nobody knows, the password alone does not get as far as adding a
        // factor.
        assertTrue(person("c", "203.0.113.4").password().asksForCode());
    }

    @Test
    void aWayBackOpensAfterADayAndClosesAfterAWeek() {
        ClockedGate.Person lost = person("d", "203.0.113.5");
        lost.enter();
        lost.addApp();
        String id = begin("d");
        ClockedGate.Person again = person("d", "203.0.113.5");
        gate.later(Duration.ofHours(23));
        assertEquals(Optional.empty(), lostCode(again), "too early");
        gate.later(Duration.ofDays(7));
        assertEquals(Optional.empty(), lostCode(again), "too late");
        assertEquals(id, begin("d"));
        gate.later(Duration.ofHours(24));
        assertEquals(Optional.of("/account"), lostCode(again));
    }

    /**
     * Where the code leads that comes to somebody who has lost everything; none where none comes.
     */
    private static Optional<String> lostCode(ClockedGate.Person person) {
        ClockedGate.Answer asked = person.password();
        assertTrue(asked.body().contains("name=\"trust\""), "the factor is asked for");
        int before = gate.mailsTo(person.name).size();
        ClockedGate.Answer page = person.fill(asked, "/login/lost");
        assertTrue(page.asksForCode(), page.body());
        // What is to come is written with the page; another mail shows that the outbox was emptied.
        ClockedGate.Person other = person("e", "203.0.113.8");
        int others = gate.mailsTo(other.name).size();
        other.fill(other.get("/reset"), "/reset", "identifier", other.name);
        ClockedGate.await(
                () -> Optional.of(gate.mailsTo(other.name).size()).filter(n -> n > others));
        return gate.codeIn(person.name, before)
                .map(code -> person.fill(page, "/login/code", "code", code).location());
    }

    private static String begin(String name) {
        ClockedGate.Person boss = person("boss", "203.0.113.6");
        boss.enter();
        String list = boss.get("/members?q=" + name + "@time").body();
        Matcher id = Pattern.compile("/members/person\\?id=([0-9a-f-]{36})").matcher(list);
        assertTrue(id.find(), list);
        ClockedGate.Answer page = boss.get("/members/person?id=" + id.group(1));
        ClockedGate.Answer begun = boss.fill(page, "/members/person/recover", "spoken", "1");
        assertEquals(303, begun.status(), begun.body());
        return id.group(1);
    }

    @Test
    void anInvitationLapsesAfterAWeek() {
        ClockedGate.Person boss = person("boss", "203.0.113.6");
        boss.enter();
        String email = "new@time.example";
        ClockedGate.Answer sent =
                boss.fill(
                        boss.get("/members/invite"),
                        "/members/invite",
                        "email",
                        email,
                        "name",
                        "New",
                        "language",
                        "en");
        assertEquals(303, sent.status(), sent.body());
        Pattern pattern = Pattern.compile("\\b([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})\\b");
        String code =
                ClockedGate.await(() ->
                        gate.mailsTo(email).stream()
                                .map(ClockedGate::text)
                                .map(pattern::matcher)
                                .filter(Matcher::find)
                                .map(m -> m.group(1))
                                .findFirst());
        gate.later(Duration.ofDays(7));
        ClockedGate.Person guest = person("new", "203.0.113.7");
        ClockedGate.Answer late =
                guest.fill(guest.get("/activate"), "/activate", "identifier", email, "code", code);
        assertEquals(422, late.status());
        boss.enter();
        assertTrue(boss.get("/members?lang=en").body().contains("too old"));
    }
}
