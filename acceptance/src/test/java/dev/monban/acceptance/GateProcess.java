package dev.monban.acceptance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A gate that runs as users run it: by the launcher, in a process of its own. */
final class GateProcess implements AutoCloseable {

    private static final long READY_WITHIN_SECONDS = 120;

    private final Path folder;
    private final int port;
    private final int managementPort;
    private final List<String> more;
    private Map<String, String> environment;
    private Process process;
    private Path log;

    private GateProcess(
            Path folder,
            int port,
            int managementPort,
            List<String> more,
            Map<String, String> environment)
            throws IOException, InterruptedException {
        this.folder = folder;
        this.port = port;
        this.managementPort = managementPort;
        this.more = more;
        this.environment = environment;
        this.log = folder.resolve("gate.log");
        this.process = launch();
    }

    /**
     * Starts a gate.
     *
     * @param state the declared state, in which ISSUER stands for the issuer
     * @param more options of the command line
     */
    static GateProcess start(String state, String... more) {
        return start(state, Map.of(), more);
    }

    /** The same with variables in its environment. */
    static GateProcess start(String state, Map<String, String> environment, String... more) {
        try {
            Path folder = Files.createTempDirectory("monban-acceptance");
            int port = freePort();
            Files.writeString(
                    folder.resolve("monban.yaml"),
                    state.replace("ISSUER", "http://localhost:" + port));
            if (List.of(more).contains("--database")) {
                // No gate makes a key for a database that is not its own.
                Command.run("key", "new", folder.resolve("data").resolve("master.key").toString())
                        .expect(0);
            }
            return new GateProcess(folder, port, freePort(), List.of(more), environment);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Starts another node of the same gate: the same state, the same master key, the same database.
     *
     * @param options of the command line, with the database among them
     */
    GateProcess sibling(String... options) throws IOException, InterruptedException {
        Path other = Files.createTempDirectory("monban-acceptance");
        Files.createDirectories(other.resolve("data"));
        Files.copy(folder.resolve("monban.yaml"), other.resolve("monban.yaml"));
        Files.copy(
                folder.resolve("data").resolve("master.key"),
                other.resolve("data").resolve("master.key"));
        return new GateProcess(other, freePort(), freePort(), List.of(options), environment);
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The folder of the repository. */
    static Path repository() {
        for (Path folder = Path.of("").toAbsolutePath();
                folder != null;
                folder = folder.getParent()) {
            if (Files.exists(folder.resolve("monban"))) {
                return folder;
            }
        }
        throw new IllegalStateException("not within the repository");
    }

    String issuer() {
        return "http://localhost:" + port;
    }

    int port() {
        return port;
    }

    int managementPort() {
        return managementPort;
    }

    Path folder() {
        return folder;
    }

    /** What it has logged since it was last started. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What its objects take after a full collection, in MiB of heap. */
    long heapMib() throws IOException, InterruptedException {
        Process collection =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(process.pid()),
                                "GC.run")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (collection.waitFor() != 0) {
            throw new IllegalStateException("the gate does not collect");
        }
        double bytes =
                new Visitor("http://localhost:" + managementPort)
                        .get("/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                        .mapToDouble(line -> Double.parseDouble(line.replaceAll(".* ", "")))
                        .sum();
        return (long) (bytes / (1 << 20));
    }

    /** Resident memory in MiB. */
    long residentMib() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    /** Kills it without a word, as a machine does that loses its power. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Starts it again where it was. */
    void startAgain() throws IOException, InterruptedException {
        log = folder.resolve("gate-" + System.nanoTime() + ".log");
        process = launch();
    }

    /** Its exit code, where it ends by itself within that time; empty where it lives on. */
    OptionalInt exitCode(long seconds) throws InterruptedException {
        return process.waitFor(seconds, TimeUnit.SECONDS)
                ? OptionalInt.of(process.exitValue())
                : OptionalInt.empty();
    }

    /** The process id of its embedded PostgreSQL. */
    long databasePid() throws IOException {
        return Long.parseLong(
                Files.readAllLines(folder.resolve("data/postgresql/18/postmaster.pid")).getFirst());
    }

    /** The same with other variables in its environment. */
    void startAgain(Map<String, String> variables) throws IOException, InterruptedException {
        environment = variables;
        startAgain();
    }

    /** Another gate with the same declared state, on a data folder that is there already. */
    GateProcess on(Path data) throws IOException, InterruptedException {
        Path other = Files.createTempDirectory("monban-acceptance");
        Files.move(data, other.resolve("data"));
        Files.copy(folder.resolve("monban.yaml"), other.resolve("monban.yaml"));
        return new GateProcess(other, freePort(), freePort(), List.of(), Map.of());
    }

    /** Tells it to stop; true where it did so in order. */
    boolean stop() throws InterruptedException {
        process.destroy();
        return process.waitFor(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        try {
            if (process.isAlive() && !stop()) {
                kill();
            }
            delete(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process launch() throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                repository().resolve("monban").toString(),
                                "start",
                                "--config",
                                folder.resolve("monban.yaml").toString(),
                                "--data",
                                folder.resolve("data").toString(),
                                "--port",
                                Integer.toString(port),
                                "--management-port",
                                Integer.toString(managementPort)));
        command.addAll(more);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process started = builder.start();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_WITHIN_SECONDS);
        while (!Files.readString(log).contains("ready: ")) {
            if (!started.isAlive() || System.nanoTime() > until) {
                started.destroyForcibly();
                throw new IllegalStateException(
                        "the gate does not start:\n"
                                + Files.readString(log, StandardCharsets.UTF_8));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return started;
    }

    static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
