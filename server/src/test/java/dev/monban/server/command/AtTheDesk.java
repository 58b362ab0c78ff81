package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A desk, and people to sit at it, at a gate whose clock the test sets. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AtTheDesk {

    private static final Instant BEGIN = Instant.parse("2027-01-11T00:00:00Z");
    static final String OFFICE = "203.0.113.1";
    static final Duration SILENCE = Duration.ofSeconds(95);
    private static final Pattern CASE = Pattern.compile("/desk/case\\?id=([0-9a-f-]{36})");

    Database database;
    ClockedGate gate;
    Person support;

    @BeforeAll
    final void open(@TempDir Path folder) {
        database = TestDatabase.fresh(getClass().getSimpleName().toLowerCase(Locale.ROOT));
        gate = new ClockedGate(folder, database, state(), BEGIN);
        support = gate.new Person("help@ops.example", "192.0.2.1");
        support.enter();
    }

    @AfterAll
    final void close() {
        gate.close();
        database.close();
    }

    private static State state() {
        List<State.Account> accounts = new ArrayList<>();
        for (String name :
                List.of(
                        "boss", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
                        "n")) {
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

    final Person agent(String name) {
        Person person = gate.new Person(name + "@time.example", OFFICE);
        person.enter();
        return person;
    }

    /** What honest sign-ins cost is what may be spent on those that went wrong. */
    final void manySignIn() {
        Person busy = agent("g");
        for (int i = 0; i < 15; i++) {
            gate.later(Duration.ofSeconds(6));
            busy.enter();
        }
    }

    /** What the desk tells of somebody, once it tells of them. */
    final Answer caseOf(Person who, String name) {
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

    final String list(Person who) {
        Answer list = who.get("/desk");
        assertEquals(200, list.status(), list.location());
        return list.body();
    }

    final String id(Answer shown) {
        return shown.form().getOrDefault("id", "");
    }

    final void awaitClosed(String id) {
        assertTrue(
                ClockedGate.await(() ->
                        Optional.of(!list(support).split("id=\"call\"", 2)[0].contains(id))
                                .filter(solved -> solved)));
    }

    final Answer step(Person who, Answer shown, String step) {
        return who.fill(shown, "/desk/case/step", "step", step);
    }

    final long remarks(String near) {
        return count("select count(*) as count from watch.remark where near = ?", near);
    }

    final long count(String sql, String value) {
        return database.query(
                c -> Sql.one(c, sql, row -> row.bigNumber("count"), value).orElse(0L));
    }

    /** The case, once the caller has read back the code. */
    final String proved(Answer shown, String name) {
        support.enter();
        gate.later(Duration.ofSeconds(1));
        int mails = gate.mailsTo(name).size();
        assertEquals(303, step(support, shown, "send_code").status());
        String code = ClockedGate.await(() -> gate.codeIn(name, mails));
        assertEquals(303, readBack(support, shown, code).status());
        return support.get("/desk/case?id=" + id(shown)).body();
    }

    final Answer readBack(Person who, Answer shown, String code) {
        return who.fill(shown, "/desk/case/read-back", "code", code);
    }
}
