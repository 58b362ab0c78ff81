package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.house.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WellKnownTest {

    private static final Instant NOON = Instant.parse("2027-04-01T12:00:00Z");

    private static State state(Path folder, String more) throws IOException {
        Path file = folder.resolve("monban.yaml");
        Files.writeString(file, "issuer: http://localhost:1\n" + more);
        return StateReader.read(file, name -> Optional.empty());
    }

    /** "A Well-Known URL for Changing Passwords": the second address tells that 404 means 404. */
    @Test
    void programsFindThePageWherePasswordsAreChanged(@TempDir Path folder) throws IOException {
        try (ClockedGate gate =
                new ClockedGate(folder, TestDatabase.fresh("known"), state(folder, ""), NOON)) {
            ClockedGate.Person anybody = gate.new Person("anybody", "203.0.113.1");
            ClockedGate.Answer answer = anybody.get("/.well-known/change-password");
            assertEquals(303, answer.status());
            assertEquals("/account/password", answer.location());
            String none =
                    "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
            assertEquals(404, anybody.get(none).status());
            // Nobody has said whom to tell.
            assertEquals(404, anybody.get("/.well-known/security.txt").status());
        }
    }

    @Test
    void whomToTellOfWeaknessesStandsWhereItIsLookedFor(@TempDir Path folder) throws IOException {
        State state =
                state(
                        folder,
                        """
                        security:
                          contact: ["mailto:security@example.com", "https://example.com/report"]
                          policy: https://example.com/policy
                        """);
        try (ClockedGate gate =
                new ClockedGate(folder, TestDatabase.fresh("security"), state, NOON)) {
            ClockedGate.Answer answer =
                    gate.new Person("finder", "203.0.113.1").get("/.well-known/security.txt");
            assertEquals(200, answer.status());
            assertEquals(
                    """
                    Contact: mailto:security@example.com
                    Contact: https://example.com/report
                    Expires: 2027-09-28T00:00:00Z
                    Policy: https://example.com/policy
                    Preferred-Languages: ja, en
                    Canonical: http://localhost:1/.well-known/security.txt
                    """,
                    answer.body());
        }
    }
}
