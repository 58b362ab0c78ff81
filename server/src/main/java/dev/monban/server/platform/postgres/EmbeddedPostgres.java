package dev.monban.server.platform.postgres;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Tokens;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL 18 that lives in {@code DATA/postgresql} and loses nothing that was acknowledged. It
 * is a child of this process, ends with it however that ends, and is made whole at the next start.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(EmbeddedPostgres.class.getName());

    private static final String MAJOR = "18";
    private static final String USER = "monban";
    private static final String FOLDER = "postgresql";
    private static final String PASSWORD = "password";

    /** Of {@code postmaster.pid}. */
    private static final int PORT_LINE = 4;

    private static final String DATABASE = "postgres";

    /** Making a large database whole after a crash takes its time. */
    private static final Duration READY_WITHIN = Duration.ofMinutes(10);

    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);
    private static final long LOG_BYTES = 5_000_000;
    private static final int STARTS_TRIED = 50;

    /** A process id above every kernel's limit. */
    private static final String NO_PROCESS = "2147483646";

    /** Given at each start, so that a new release changes them without touching the cluster. */
    private static final Map<String, String> SETTINGS =
            Map.ofEntries(
                    Map.entry("listen_addresses", "127.0.0.1"),
                    Map.entry("unix_socket_directories", ""),
                    Map.entry("fsync", "on"),
                    Map.entry("full_page_writes", "on"),
                    Map.entry("synchronous_commit", "on"),
                    Map.entry("shared_buffers", "64MB"),
                    Map.entry("max_connections", "60"),
                    Map.entry("wal_level", "minimal"),
                    Map.entry("max_wal_senders", "0"),
                    Map.entry("max_wal_size", "512MB"),
                    Map.entry("max_parallel_workers_per_gather", "0"),
                    Map.entry("timezone", "UTC"),
                    Map.entry("log_timezone", "UTC"),
                    Map.entry("log_min_messages", "warning"),
                    Map.entry("log_checkpoints", "off"));

    private final Path root;
    private final Path cluster;
    private final Path log;
    private final FileChannel lock;
    private @Nullable Process process;
    private int port;

    private EmbeddedPostgres(Path data) throws IOException {
        root = Files.createDirectories(data.toAbsolutePath().normalize().resolve(FOLDER));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
        cluster = root.resolve(MAJOR);
        log = root.resolve("postgresql.log");
        lock = locked(root.resolve("lock"));
    }

    /**
     * Starts it; at the first time in this folder, makes it.
     *
     * @throws BadInput where the folder is in use, or PostgreSQL cannot run here
     */
    public static EmbeddedPostgres start(Path data) throws IOException, InterruptedException {
        EmbeddedPostgres postgres = new EmbeddedPostgres(data);
        try {
            Path programs = Binaries.unpack(postgres.root);
            Privileges privileges = Privileges.find();
            postgres.stopOrphan();
            if (!Files.exists(postgres.cluster.resolve("PG_VERSION"))) {
                postgres.initialise(programs, privileges);
            }
            privileges.own(postgres.cluster);
            postgres.launch(programs, privileges);
            return postgres;
        } catch (IOException | InterruptedException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Where to connect, with user and password, as pgJDBC has it. */
    public String url() throws IOException {
        return url(port, Files.readString(passwordFile()).strip());
    }

    /** Where one listens that another process has started in this data folder. */
    public static Optional<String> running(Path data) throws IOException {
        Path root = data.toAbsolutePath().normalize().resolve(FOLDER);
        Path file = root.resolve(MAJOR).resolve("postmaster.pid");
        List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
        boolean alive =
                lines.size() >= PORT_LINE && ProcessHandle.of(number(lines.getFirst())).isPresent();
        return alive
                ? Optional.of(
                        url(
                                (int) number(lines.get(PORT_LINE - 1)),
                                Files.readString(root.resolve(PASSWORD)).strip()))
                : Optional.empty();
    }

    private static String url(int port, String password) {
        return "jdbc:postgresql://127.0.0.1:"
                + port
                + "/"
                + DATABASE
                + "?sslmode=disable&gssEncMode=disable&user="
                + USER
                + "&password="
                + password;
    }

    /** Stops it: what is committed is on the disk, and the next start is quick. */
    @Override
    public void close() {
        try {
            Process running = process;
            if (running != null && running.isAlive()) {
                for (String signal : List.of("INT", "QUIT", "KILL")) {
                    signal(signal, running.pid());
                    if (running.waitFor(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                        break;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warning("embedded PostgreSQL could not be told to stop: " + e.getMessage());
        } finally {
            try {
                lock.close();
            } catch (IOException e) {
                LOG.fine("the lock ends with the process");
            }
        }
    }

    /** The kernel frees the lock when the process ends, however it ends. */
    private static FileChannel locked(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean mine;
        try {
            mine = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            mine = false;
        }
        if (!mine) {
            channel.close();
            throw new BadInput(
                    file.getParent()
                            + " is in use by another Monban; stop it, or give another --data");
        }
        return channel;
    }

    private Path passwordFile() {
        return root.resolve(PASSWORD);
    }

    private void initialise(Path programs, Privileges privileges)
            throws IOException, InterruptedException {
        Path unfinished = root.resolve(MAJOR + "-unfinished");
        Binaries.delete(unfinished);
        if (!Files.exists(passwordFile())) {
            Path fresh = root.resolve("password-unfinished");
            Files.deleteIfExists(fresh);
            Files.createFile(
                    fresh,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, Tokens.fresh());
            Files.move(fresh, passwordFile(), StandardCopyOption.ATOMIC_MOVE);
        }
        List<String> command = new ArrayList<>(privileges.prefix());
        command.add(programs.resolve("bin/initdb").toString());
        command.addAll(List.of("-D", unfinished.toString(), "-U", USER, "-E", "UTF8"));
        // The built-in locale: no library of the machine may change the order of an index.
        command.addAll(
                List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"));
        command.addAll(List.of("-A", "scram-sha-256", "--pwfile", passwordFile().toString()));
        command.addAll(List.of("--data-checksums", "--no-instructions"));
        Process initdb =
                new ProcessBuilder(command)
                        .directory(root.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (initdb.waitFor() != 0) {
            throw new IOException("initdb failed: " + said);
        }
        Files.move(unfinished, cluster, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Stops a server that outlived its Monban. {@code postmaster.pid} is never deleted: by it
     * PostgreSQL notices workers that outlived their server. But a number in it that has gone to
     * another program since would keep PostgreSQL from starting, so it is replaced.
     */
    private void stopOrphan() throws IOException, InterruptedException {
        Path file = cluster.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return;
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.isEmpty()) {
            Files.delete(file);
            return;
        }
        long pid = number(lines.getFirst());
        for (String signal : List.of("INT", "QUIT", "KILL")) {
            if (isOurs(pid)) {
                LOG.info("stopping the PostgreSQL of an earlier run");
                signal(signal, pid);
                ProcessHandle.of(pid)
                        .map(ProcessHandle::onExit)
                        .ifPresent(exit -> waitFor(exit, STOPPED_WITHIN));
            }
        }
        if (isOurs(pid)) {
            throw new IOException("the PostgreSQL of an earlier run does not stop: " + pid);
        }
        if (Files.exists(file) && Files.exists(Path.of("/proc/" + pid))) {
            List<String> mended = new ArrayList<>(lines);
            mended.set(0, NO_PROCESS);
            Files.write(file, mended);
        }
    }

    private boolean isOurs(long pid) {
        if (pid <= 1) {
            return false;
        }
        try {
            List<String> words =
                    List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0"));
            return words.getFirst().endsWith("/bin/postgres") && words.contains(cluster.toString());
        } catch (IOException e) {
            return false;
        }
    }

    private void launch(Path programs, Privileges privileges)
            throws IOException, InterruptedException {
        if (Files.exists(log) && Files.size(log) > LOG_BYTES) {
            Files.move(log, root.resolve("postgresql.log.1"), StandardCopyOption.REPLACE_EXISTING);
        }
        for (int tried = 1; ; tried++) {
            long logged = Files.exists(log) ? Files.size(log) : 0;
            Process candidate = launchOnce(programs, privileges);
            process = candidate;
            if (awaitReady(candidate)) {
                return;
            }
            String said = logFrom(logged);
            boolean passes = said.contains("could not bind") || said.contains("is still in use");
            if (!passes || tried == STARTS_TRIED) {
                throw new IOException("the embedded PostgreSQL does not start: " + said);
            }
            // Workers of a killed server need a moment to notice; the port may be somebody else's.
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private Process launchOnce(Path programs, Privileges privileges)
            throws IOException, InterruptedException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>();
        // A session of its own: Ctrl-C at the terminal is for Monban, which then stops it in order.
        command.add("setsid");
        command.addAll(privileges.prefix());
        List<String> endsWithUs = List.of("setpriv", "--pdeathsig", "INT");
        if (Privileges.works(endsWithUs)) {
            command.addAll(endsWithUs);
        }
        command.add(programs.resolve("bin/postgres").toString());
        command.addAll(List.of("-D", cluster.toString(), "-p", Integer.toString(port)));
        SETTINGS.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(root.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        // The kernel watches the thread that starts the child, not the process: this one stays.
        CompletableFuture<Process> started = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("postgresql").start(() -> startAndStay(builder, started));
        try {
            return started.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static void startAndStay(ProcessBuilder builder, CompletableFuture<Process> started) {
        try {
            Process child = builder.start();
            started.complete(child);
            boolean ended = false;
            while (!ended) {
                try {
                    child.waitFor();
                    ended = true;
                } catch (InterruptedException e) {
                    LOG.fine("nobody stops this thread but its child");
                }
            }
        } catch (IOException e) {
            started.completeExceptionally(e);
        }
    }

    /** Waits for what {@code pg_ctl -w} waits for: the word in the eighth line of its pid file. */
    private boolean awaitReady(Process candidate) throws IOException, InterruptedException {
        Path file = cluster.resolve("postmaster.pid");
        String pid = Long.toString(candidate.pid());
        long until = System.nanoTime() + READY_WITHIN.toNanos();
        while (candidate.isAlive()) {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.size() >= 8
                    && lines.getFirst().equals(pid)
                    && lines.get(7).strip().equals("ready")) {
                return true;
            }
            if (System.nanoTime() > until) {
                throw new IOException("the embedded PostgreSQL is not ready: " + logFrom(0));
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return false;
    }

    private String logFrom(long from) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.min(file.length(), Math.max(from, file.length() - 4000)));
            byte[] bytes = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** By the shell, whose kill is built in: the program of that name is not on every machine. */
    private static void signal(String name, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start().waitFor();
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static void waitFor(CompletableFuture<ProcessHandle> exit, Duration most) {
        try {
            exit.get(most.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            LOG.fine("the next signal is stronger");
        }
    }
}
