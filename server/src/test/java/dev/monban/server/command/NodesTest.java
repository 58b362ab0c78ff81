package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.command.ClockedGate.Answer;
import dev.monban.server.command.ClockedGate.Person;
import dev.monban.server.declare.State;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.login.SealedWays;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.TimeLimits;
import dev.monban.server.platform.Vault;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds on one node holds on two, and over a restart. Two gates, one database. */
class NodesTest {

    private static final Instant BEGIN = Instant.parse("2027-02-11T00:00:00Z");
    private static final String ISSUER = "https://login.nodes.example";

    @TempDir private static Path folder;

    private static Database database;
    private static ClockedGate one;
    private static ClockedGate two;

    @BeforeAll
    static void open() {
        TimeLimits tight =
                new TimeLimits(
                        Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(30));
        database =
                TestDatabase.fresh(
                        "nodestest",
                        new Database.Limits(tight, TimeLimits.UPKEEP, TimeLimits.MIGRATION));
        one = new ClockedGate(folder.resolve("one"), database, state(), BEGIN);
        two = new ClockedGate(folder.resolve("two"), database, state(), BEGIN);
    }

    @AfterAll
    static void close() {
        one.close();
        two.close();
        database.close();
    }

    private static State state() {
        List<State.Account> accounts = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d", "e")) {
            accounts.add(
                    new State.Account(
                            name + "@nodes.example",
                            "nodes",
                            name,
                            Optional.of(name + "@nodes.example"),
                            Language.EN,
                            Optional.of(ClockedGate.PASSWORD),
                            List.of("agent"),
                            false));
        }
        return new State(
                "http://localhost:1",
                Optional.empty(),
                List.of(),
                List.of(
                        new State.Tenant(
                                "nodes",
                                "Nodes",
                                false,
                                Set.of(),
                                Optional.of(
                                        new State.IdentityProvider(
                                                ISSUER,
                                                "monban",
                                                "secret",
                                                List.of("away.example"))))),
                accounts,
                List.of());
    }

    private static Person at(ClockedGate gate, String name) {
        return gate.new Person(name + "@nodes.example", "203.0.113.1");
    }

    /** The same browser, whose requests come to the other node. */
    private static Person moved(Person person, ClockedGate gate) {
        Person there = gate.new Person(person.name, person.address);
        there.cookies.putAll(person.cookies);
        return there;
    }

    @Test
    void aStateThatWasUsedAtOneNodeIsRefusedAtTheOtherAndAfterARestart() {
        Person a = at(one, "a");
        String token = a.get("/login").form().getOrDefault("form_token", "");
        String state =
                SealedWays.state(
                        Vault.of(new byte[32]), "nodes", "a@away.example", token, one.now());
        String back =
                "/login/organisation/back/nodes?error=access_denied&state="
                        + state
                        + "&iss="
                        + URLEncoder.encode(ISSUER, StandardCharsets.UTF_8);
        Answer first = a.get(back);
        assertEquals(403, first.status(), first.body());
        assertEquals(400, a.get(back).status());
        assertEquals(400, moved(a, two).get(back).status());
        try (ClockedGate restarted =
                new ClockedGate(folder.resolve("one"), database, state(), one.now())) {
            assertEquals(400, moved(a, restarted).get(back).status());
        }
    }

    @Test
    void aStatementThatWaitsForALockIsEndedAndTheRequestToldToComeAgain() {
        Person b = at(one, "b");
        b.enter();
        boolean held =
                database.upkeep(holder -> {
                    execute(holder, "lock table session.session in access exclusive mode");
                    // By a single statement, and within a transaction.
                    for (Answer busy : List.of(b.get("/account"), at(one, "c").password())) {
                        assertEquals(503, busy.status(), busy.body());
                        assertTrue(busy.retryAfter().isPresent());
                    }
                    return true;
                });
        assertTrue(held);
        // The connections went back as they were taken.
        assertEquals(200, b.get("/account").status());
        at(one, "c").enter();
    }

    /** Whoever stole a session guesses its password five times, not five times a node and page. */
    @Test
    void theWrongPasswordsOfASessionAreCountedOnAllNodesAndPages() {
        Person d = at(one, "d");
        d.enter();
        Person there = moved(d, two);
        String[] guess = {"password", "not the password", "new_password", "a new long password"};
        String[] mail = {"password", "not the password", "email", "other@nodes.example"};
        List<Integer> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            answers.add(d.fill(d.get("/account/password"), "/account/password", guess).status());
            answers.add(
                    there.fill(there.get("/account/password"), "/account/password", guess)
                            .status());
        }
        answers.add(there.fill(there.get("/account/mail"), "/account/mail", mail).status());
        assertEquals(List.of(422, 422, 422, 422, 422), answers);
        assertEquals(
                "/login",
                d.fill(d.get("/account/password"), "/account/password", guess).location());
        assertEquals(303, there.get("/account").status());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            assertEquals(false, statement.execute(sql));
        }
    }
}
