package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.declare.Preview;
import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes whose monban.yaml differ: an older one does not undo a newer one. */
class DeclaredTest {

    private static final Instant BEGIN = Instant.parse("2027-03-01T00:00:00Z");

    @TempDir private static Path folder;

    private static State state(String version, String... clients) {
        StringBuilder text = new StringBuilder("issuer: http://localhost:1\n").append(version);
        text.append("\nclients:\n");
        for (String client : clients) {
            text.append("  - {id: ")
                    .append(client)
                    .append(", name: ")
                    .append(client)
                    .append(", grants: [client_credentials], secret: {plain: \"a-secret-of-")
                    .append(client)
                    .append("-that-is-long-enough\"}}\n");
        }
        Path file = folder.resolve("monban.yaml");
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return StateReader.read(file, name -> Optional.empty());
    }

    private static ClockedGate node(Database database, State state) {
        return new ClockedGate(folder.resolve("mail"), database, state, BEGIN);
    }

    private static List<String> clients(Database database) {
        return database.query(c ->
                Sql.many(
                        c,
                        "select client_id from oidc.client where removed_at is null order by 1",
                        row -> row.text("client_id")));
    }

    private static long applied(Database database) {
        return database.query(c ->
                        Sql.one(
                                c,
                                "select count(*) as n from declare.applied_state",
                                row -> row.bigNumber("n")))
                .orElseThrow();
    }

    @Test
    void aNodeWithALowerVersionGoesOnWithTheHigherOne() {
        try (Database database = TestDatabase.fresh("declaredversions");
                ClockedGate one = node(database, state("version: 1", "a"));
                ClockedGate two = node(database, state("version: 2", "a", "b"))) {
            assertTrue(one.managed("/metrics").contains("monban_declared_state_older 0.0"));
            // The first node is started again with its old file.
            try (ClockedGate again = node(database, state("version: 1", "a"))) {
                assertEquals(List.of("a", "b"), clients(database));
                String ready = again.managed("/health/ready");
                assertTrue(ready.startsWith("ready\n"), ready);
                assertTrue(ready.contains("is older than version 2 ("), ready);
                assertTrue(ready.contains("applied at 2027-03-01T00:00:00Z by "), ready);
                assertTrue(again.managed("/metrics").contains("monban_declared_state_older 1.0"));
            }
            assertFalse(two.managed("/health/ready").contains("older"));
            // A file that has lost its version undoes nothing either.
            node(database, state("", "c")).close();
            assertEquals(List.of("a", "b"), clients(database));
        }
    }

    @Test
    void twoContentsOfOneVersionAreRefused() {
        try (Database database = TestDatabase.fresh("declaredcontents")) {
            node(database, state("version: 7", "a")).close();
            node(database, state("version: 7", "a")).close();
            assertEquals(1, applied(database));
            State other = state("version: 7", "a", "b");
            String refusal =
                    String.valueOf(
                            assertThrows(BadInput.class, () -> node(database, other)).getMessage());
            assertTrue(refusal.contains("monban.yaml: version: another state"), refusal);
            assertTrue(refusal.contains("version 7 ("), refusal);
            assertTrue(refusal.contains("raise the version"), refusal);
            assertEquals(List.of("a"), clients(database));
            node(database, state("version: 8", "a", "b")).close();
            assertEquals(List.of("a", "b"), clients(database));
        }
    }

    @Test
    void withoutVersionsWhatWasReplacedDoesNotComeBack() {
        try (Database database = TestDatabase.fresh("declaredunversioned")) {
            node(database, state("", "a")).close();
            node(database, state("", "a", "b")).close();
            node(database, state("", "a")).close();
            assertEquals(List.of("a", "b"), clients(database));
            // A version says that the old content is meant.
            node(database, state("version: 1", "a")).close();
            assertEquals(List.of("a"), clients(database));
        }
    }

    @Test
    void whatIsRemovedIsNamedBefore() {
        try (Database database = TestDatabase.fresh("declaredremoved")) {
            node(database, state("version: 1", "a", "b", "c")).close();
            State next = state("version: 2", "b");
            List<String> preview = Preview.of(next, database);
            assertTrue(preview.getFirst().startsWith("in force: version 1 ("), preview.toString());
            assertEquals(
                    "clients that would be removed, with all that they were granted: a, c",
                    preview.getLast());
            assertEquals(List.of("a", "b", "c"), clients(database));
            List<String> lines = new ArrayList<>();
            Handler handler = handler(lines);
            Logger logger = Logger.getLogger("dev.monban.server.declare.Apply");
            logger.addHandler(handler);
            try {
                node(database, next).close();
            } finally {
                logger.removeHandler(handler);
            }
            assertEquals(List.of("b"), clients(database));
            assertTrue(
                    lines.stream().anyMatch(line -> line.endsWith("is revoked: a, c")),
                    lines.toString());
            assertTrue(
                    Preview.of(state("version: 1", "b"), database)
                            .getLast()
                            .contains("would not be applied"));
        }
    }

    private static Handler handler(List<String> lines) {
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
    }
}
