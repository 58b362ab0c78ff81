package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.house.Repository;
import dev.monban.server.platform.BadInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What variables mean, and which are refused. */
class EnvironmentTest {

    private static CommandLine monban(Map<String, String> variables) {
        return new CommandLine(new Monban())
                .registerConverter(Duration.class, new Durations())
                .setDefaultValueProvider(new Environment(variables));
    }

    private static void check(Map<String, String> variables, String... others) {
        new Environment(variables).refuseUnknown(new CommandLine(new Monban()), List.of(others));
    }

    @Test
    void anOptionComesFromItsVariableAndTheCommandLineWins() {
        CommandLine line = monban(Map.of("MONBAN_CONFIG", "a.yaml", "MONBAN_PORT", "81"));
        var start = line.parseArgs("start").subcommand();
        assertEquals(
                Integer.valueOf(81), start.commandSpec().findOption("--port").<Integer>getValue());
        var told = line.parseArgs("start", "--port", "82").subcommand();
        assertEquals(
                Integer.valueOf(82), told.commandSpec().findOption("--port").<Integer>getValue());
    }

    @Test
    void aSecretMayLieInAFileAndIsGivenOnce(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("url");
        Files.writeString(file, "jdbc:postgresql://db/monban\n");
        String name = "MONBAN_DATABASE";
        assertEquals(
                Optional.of("jdbc:postgresql://db/monban"),
                new Environment(Map.of(name + "_FILE", file.toString())).get(name));
        BadInput twice =
                assertThrows(
                        BadInput.class,
                        () ->
                                new Environment(Map.of(name, "x", name + "_FILE", file.toString()))
                                        .get(name));
        assertTrue(String.valueOf(twice.getMessage()).contains("both set"));
        BadInput missing =
                assertThrows(
                        BadInput.class,
                        () -> new Environment(Map.of(name + "_FILE", folder + "/none")).get(name));
        assertTrue(String.valueOf(missing.getMessage()).contains("cannot be read"));
    }

    @Test
    void anUnknownVariableIsRefusedWithTheNearest() {
        BadInput refused = assertThrows(BadInput.class, () -> check(Map.of("MONBAN_DATABSE", "x")));
        assertTrue(
                String.valueOf(refused.getMessage()).endsWith("the nearest is MONBAN_DATABASE"),
                refused.getMessage());
        BadInput service =
                assertThrows(
                        BadInput.class,
                        () ->
                                check(
                                        Map.of(
                                                "MONBAN_SERVICE_HOST",
                                                "10.0.0.1",
                                                "MONBAN_PORT_80_TCP",
                                                "tcp://10.0.0.1:80")));
        assertTrue(String.valueOf(service.getMessage()).contains("enableServiceLinks: false"));
        assertDoesNotThrow(() ->
                check(
                        Map.of(
                                "MONBAN_CRM_SECRET", "x",
                                "MONBAN_MASTER_KEY", "x",
                                "MONBAN_DATABASE_OWNER_FILE", "x",
                                "PATH", "x"),
                        "MONBAN_CRM_SECRET"));
    }

    /** What the launcher reads is known here, or a gate that is given it would not start. */
    @Test
    void theLaunchersVariablesAreKnown() {
        String launcher = Repository.read(Repository.root().resolve("monban"));
        var names = Pattern.compile("\\bMONBAN_[A-Z_]+").matcher(launcher).results().toList();
        assertTrue(names.size() >= 2);
        names.forEach(name -> check(Map.of(name.group(), "x")));
    }

    @Test
    void timesHaveAUnit() {
        assertEquals(Duration.ofSeconds(90), new Durations().convert("90s"));
        assertEquals(Duration.ofDays(400), new Durations().convert("400d"));
        for (String wrong : List.of("90", "s", "-1s", "1.5h", "1w", "", "9999999s")) {
            assertThrows(
                    CommandLine.TypeConversionException.class,
                    () -> new Durations().convert(wrong),
                    wrong);
        }
    }
}
