package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./monban demo}, as a newcomer starts it, with what it says about itself. */
final class Demo implements AutoCloseable {

    private final Process process;
    private final String said;
    private final Matcher person;
    private final int port;

    /** The launcher finds the JDK by itself, although another is the default. */
    Demo(Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("demo.log");
        port = threeFreePorts();
        ProcessBuilder builder =
                new ProcessBuilder(
                                GateProcess.repository().resolve("monban").toString(),
                                "demo",
                                "--port",
                                Integer.toString(port),
                                "--data",
                                folder.resolve("data").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().remove("JAVA_HOME");
        process = builder.start();
        try {
            said = announced(process, log);
            person = Pattern.compile("(sato@\\S+)\\s+(\\S+)").matcher(said);
            assertTrue(person.find(), said);
        } catch (IOException | InterruptedException | AssertionError e) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            throw e;
        }
    }

    String said() {
        return said;
    }

    String identifier() {
        return person.group(1);
    }

    String password() {
        return person.group(2);
    }

    /** The one system. */
    String first() {
        return "http://localhost:" + (port + 10);
    }

    /** The other one. */
    String second() {
        return "http://localhost:" + (port + 11);
    }

    @Override
    public void close() {
        process.destroy();
        boolean ended = false;
        try {
            ended = process.waitFor(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertTrue(ended, "the demo does not end");
    }

    private static String announced(Process demo, Path log)
            throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        String said = "";
        while (!said.contains("Ctrl-C")) {
            assertTrue(demo.isAlive() && System.nanoTime() < until, said);
            TimeUnit.MILLISECONDS.sleep(20);
            said = Files.readString(log);
        }
        return said;
    }

    private static int threeFreePorts() throws IOException {
        for (int tried = 0; tried < 100; tried++) {
            int port = GateProcess.freePort();
            boolean free = port < 64000;
            for (int more : new int[] {10, 11, 1000}) {
                try (var socket = new java.net.ServerSocket(port + more)) {
                    free &= socket.isBound();
                } catch (IOException e) {
                    free = false;
                }
            }
            if (free) {
                return port;
            }
        }
        throw new IOException("no ports are free: " + Map.of());
    }
}
