package dev.monban.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command of the launcher that ran to its end.
 *
 * @param code its exit code
 * @param said what it wrote, on both streams
 */
record Command(int code, String said) {

    private static final long WITHIN_SECONDS = 120;

    static Command run(String... words) {
        return run(Map.of(), words);
    }

    /** The same with variables in its environment. */
    static Command run(Map<String, String> environment, String... words) {
        List<String> command =
                new ArrayList<>(List.of(GateProcess.repository().resolve("monban").toString()));
        command.addAll(List.of(words));
        try {
            Path log = Files.createTempFile("monban-command", ".log");
            try {
                ProcessBuilder builder =
                        new ProcessBuilder(command)
                                .redirectErrorStream(true)
                                .redirectOutput(log.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(List.of(words) + " does not end");
                }
                return new Command(
                        process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
            } finally {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Fails the test where it ended otherwise, or did not say all of this. */
    Command expect(int expected, String... parts) {
        if (code != expected) {
            throw new AssertionError("exit code " + code + " instead of " + expected + ": " + said);
        }
        for (String part : parts) {
            if (!said.contains(part)) {
                throw new AssertionError("it does not say '" + part + "': " + said);
            }
        }
        return this;
    }
}
