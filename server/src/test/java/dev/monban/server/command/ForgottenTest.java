package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.command.ClockedGate.Answer;
import dev.monban.server.command.ClockedGate.Person;
import dev.monban.server.declare.State;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the watch's memory has lost, the database still knows where it decides about somebody. */
class ForgottenTest {

    private static final Instant BEGIN = Instant.parse("2027-03-01T00:00:00Z");
    private static final Duration LONGER_THAN_IS_READ_AT_A_START = Duration.ofDays(40);
    private static final String REASONS =
            "select reasons::text from watch.attempt where identifier = ? order by at desc limit 1";
    private static final String KNOWN_LATELY =
            "select count(*) from watch.known_pair where last_on > date '2027-04-01'";
    private static final String OFFICE = "203.0.113.9";
    private static final String ELSEWHERE = "198.51.100.7";

    @Test
    void whoOwnsTheDeviceIsNoStrangerAfterMemoryWasLost(@TempDir Path folder) {
        try (Database database = TestDatabase.fresh("forgottentest")) {
            Person owner;
            Person office;
            Instant now;
            try (ClockedGate gate = new ClockedGate(folder, database, state(), BEGIN)) {
                owner = gate.new Person("a@away.example", OFFICE);
                owner.enter();
                office = gate.new Person("b@away.example", OFFICE);
                office.enter();
                gate.new Person("c@away.example", OFFICE).enter();
                gate.later(LONGER_THAN_IS_READ_AT_A_START);
                now = gate.now();
            }
            database.transact(c -> execute(c, "delete from watch.snapshot"));
            try (ClockedGate gate = new ClockedGate(folder, database, state(), now)) {
                Person travels = gate.new Person(owner.name, ELSEWHERE);
                travels.cookies.putAll(owner.cookies);
                assertSignsIn(travels.password());
                // Another browser at the desk: the place is known.
                assertSignsIn(gate.new Person(office.name, OFFICE).password());
                assertEquals("{known_device}", reasons(database, owner.name));
                // Nobody signs in for the first time who did so before memory was lost.
                Person thief = gate.new Person("c@away.example", "192.0.2.77");
                assertTrue(thief.password().asksForCode());
                assertEquals(6, count(database, KNOWN_LATELY));
            }
        }
    }

    private static String reasons(Database database, String name) {
        return database.query(connection -> {
            try (var statement = connection.prepareStatement(REASONS)) {
                statement.setString(1, name);
                try (var rows = statement.executeQuery()) {
                    return rows.next() ? rows.getString(1) : "";
                }
            }
        });
    }

    private static void assertSignsIn(Answer answer) {
        assertEquals("/account", answer.location(), answer.body());
    }

    private static State state() {
        List<State.Account> accounts = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            accounts.add(
                    new State.Account(
                            name + "@away.example",
                            "away",
                            name,
                            Optional.of(name + "@away.example"),
                            Language.EN,
                            Optional.of(ClockedGate.PASSWORD),
                            List.of("agent"),
                            false));
        }
        return new State(
                "http://localhost:1",
                Optional.empty(),
                List.of(),
                List.of(new State.Tenant("away", "Away", false, Set.of())),
                accounts,
                List.of());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            assertEquals(false, statement.execute(sql));
        }
    }

    private static long count(Database database, String sql) {
        return database.query(connection -> {
            try (Statement statement = connection.createStatement();
                    var rows = statement.executeQuery(sql)) {
                return rows.next() ? rows.getLong(1) : -1L;
            }
        });
    }
}
