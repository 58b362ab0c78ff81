package dev.monban.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PostgreSQL for several gates: the one that a gate has unpacked, in a process of its own. */
final class PostgresProcess implements AutoCloseable {

    private final Path folder;
    private final int port;
    private final Process process;

    /**
     * Starts one.
     *
     * @param gate has run on its embedded database
     */
    PostgresProcess(GateProcess gate) throws IOException, InterruptedException {
        Path programs;
        try (Stream<Path> all = Files.list(gate.folder().resolve("data").resolve("postgresql"))) {
            programs =
                    all.filter(p -> p.getFileName().toString().startsWith("programs-"))
                            .findFirst()
                            .orElseThrow();
        }
        folder = Files.createTempDirectory("monban-postgres");
        // Other than its files, the programs are used where they are.
        Path bin = programs.resolve("bin");
        port = GateProcess.freePort();
        Path data = folder.resolve("data");
        run(
                bin.resolve("initdb"),
                "-D",
                data.toString(),
                "-U",
                "gate",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C");
        process =
                start(
                        bin.resolve("postgres"),
                        "-D",
                        data.toString(),
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=");
        Operators.await(() -> {
            try {
                return Files.readString(folder.resolve("log"))
                        .contains("ready to accept connections");
            } catch (IOException e) {
                return false;
            }
        });
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=gate";
    }

    private void run(Path program, String... words) throws IOException, InterruptedException {
        if (start(program, words).waitFor() != 0) {
            throw new IllegalStateException(Files.readString(folder.resolve("log")));
        }
    }

    /** PostgreSQL does not run as root; in a user namespace of its own nobody is. */
    private Process start(Path program, String... words) throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "--user"));
        }
        command.add(program.toString());
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
