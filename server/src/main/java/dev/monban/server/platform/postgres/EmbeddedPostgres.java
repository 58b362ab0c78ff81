package dev.monban.server.platform.postgres;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Tokens;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL 18 that lives in {@code DATA/postgresql} and loses nothing that was acknowledged. It
 * is a child of this process: it ends with it however that ends, is made whole at the next start,
 * and is started again where it ends by itself.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    /** Ends of the server within {@link #RESTARTS_COUNTED}; one more, and it is given up. */
    public static final int MAX_RESTARTS = 5;

    private static final Duration RESTARTS_COUNTED = Duration.ofMinutes(10);

    private static final Logger LOG = Logger.getLogger(EmbeddedPostgres.class.getName());

    private static final String DATABASE = "postgres";

    /** Of {@code postmaster.pid}. */
    private static final int PORT_LINE = 4;

    /** Making a large database whole after a crash takes its time. */
    private static final Duration READY_WITHIN = Duration.ofMinutes(10);

    private static final long LOG_BYTES = 5_000_000;
    private static final int STARTS_TRIED = 50;

    /** Given at each start, so that a new release changes them without touching the cluster. */
    private static final List<String> SETTINGS =
            Map.ofEntries(
                            Map.entry("listen_addresses", "127.0.0.1"),
                            Map.entry("unix_socket_directories", ""),
                            Map.entry("fsync", "on"),
                            Map.entry("full_page_writes", "on"),
                            Map.entry("synchronous_commit", "on"),
                            Map.entry("shared_buffers", "64MB"),
                            Map.entry("max_connections", "60"),
                            // The least that an online backup can be made from.
                            Map.entry("wal_level", "replica"),
                            Map.entry("max_wal_senders", "0"),
                            // One backup at a time; its slot ends with its connection.
                            Map.entry("max_replication_slots", "1"),
                            Map.entry("max_wal_size", "512MB"),
                            Map.entry("max_parallel_workers_per_gather", "0"),
                            Map.entry("timezone", "UTC"),
                            Map.entry("log_timezone", "UTC"),
                            Map.entry("log_min_messages", "warning"),
                            Map.entry("log_checkpoints", "off"))
                    .entrySet()
                    .stream()
                    .map(setting -> setting.getKey() + "=" + setting.getValue())
                    .sorted()
                    .toList();

    private final Cluster cluster;
    private final Path log;
    private final Consumer<String> lost;
    private final String ownerPassword = Tokens.fresh();
    private final String gatePassword = Tokens.fresh();
    private volatile boolean closing;
    private volatile @Nullable Process process;
    private int port;

    private EmbeddedPostgres(Cluster cluster, Consumer<String> lost) {
        this.cluster = cluster;
        this.log = cluster.root().resolve("postgresql.log");
        this.lost = lost;
    }

    /**
     * Starts it; at the first time in this folder, makes it.
     *
     * @param lost is told why, once, where the server ended by itself and does not come back
     * @throws BadInput where the folder is in use, or PostgreSQL cannot run here
     */
    public static EmbeddedPostgres start(Path data, Consumer<String> lost)
            throws IOException, InterruptedException {
        EmbeddedPostgres postgres = new EmbeddedPostgres(Cluster.take(data), lost);
        try {
            postgres.cluster.prepare();
            postgres.port = freePort();
            postgres.launch(true);
            Roles.prepare(
                    postgres.superuserUrl(),
                    new Roles.Passwords(postgres.ownerPassword, postgres.gatePassword));
            postgres.cluster.write(Cluster.GATE_PASSWORD, postgres.gatePassword);
            Thread.ofPlatform().daemon().name("postgresql-watch").start(postgres::watch);
            return postgres;
        } catch (SQLException e) {
            postgres.close();
            throw new IOException("the embedded PostgreSQL: " + e.getMessage(), e);
        } catch (IOException | InterruptedException | RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    /** Whether a database was ever made in this data folder. */
    public static boolean exists(Path data) {
        return Cluster.exists(data);
    }

    /** Where the gate works, with user and password, as pgJDBC has it. */
    public String url() {
        return url(port, Roles.GATE, gatePassword);
    }

    /** The same for the role that owns the tables. */
    public String ownerUrl() {
        return url(port, Roles.OWNER, ownerPassword);
    }

    /** The same for the role that may do everything. */
    public String superuserUrl() throws IOException {
        return url(port, Roles.SUPERUSER, cluster.password());
    }

    /** Where the gate works that another process has started in this data folder. */
    public static Optional<String> running(Path data) throws IOException {
        return running(data, Cluster.GATE_PASSWORD, Roles.GATE);
    }

    /** The same for the role that may do everything. */
    static Optional<String> runningForSuperuser(Path data) throws IOException {
        return running(data, Cluster.PASSWORD, Roles.SUPERUSER);
    }

    private static Optional<String> running(Path data, String passwordFile, String role)
            throws IOException {
        Optional<List<String>> lines = Cluster.running(data);
        if (lines.isEmpty() || lines.get().size() < PORT_LINE) {
            return Optional.empty();
        }
        return Optional.of(
                url(
                        (int) Cluster.number(lines.get().get(PORT_LINE - 1)),
                        role,
                        Files.readString(Cluster.root(data).resolve(passwordFile)).strip()));
    }

    private static String url(int port, String user, String password) {
        return "jdbc:postgresql://127.0.0.1:"
                + port
                + "/"
                + DATABASE
                + "?sslmode=disable&gssEncMode=disable&user="
                + user
                + "&password="
                + password;
    }

    /** Stops it: what is committed is on the disk, and the next start is quick. */
    @Override
    public void close() {
        closing = true;
        try {
            Process running = process;
            if (running != null && running.isAlive()) {
                for (String signal : List.of("INT", "QUIT", "KILL")) {
                    Cluster.signal(signal, running.pid());
                    if (running.waitFor(Cluster.STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                        break;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warning("embedded PostgreSQL could not be told to stop: " + e.getMessage());
        } finally {
            cluster.close();
        }
    }

    /** Starts it again where it ends by itself, on the same port; gives up where that is no use. */
    private void watch() {
        int restarts = 0;
        long counted = System.nanoTime();
        String why = "it ended again and again";
        while (!closing) {
            try {
                Process running = process;
                int code = running == null ? -1 : running.waitFor();
                if (closing) {
                    return;
                }
                if (System.nanoTime() - counted > RESTARTS_COUNTED.toNanos()) {
                    restarts = 0;
                    counted = System.nanoTime();
                }
                if (++restarts > MAX_RESTARTS) {
                    lost.accept(why);
                    return;
                }
                LOG.severe(
                        "the embedded PostgreSQL ended by itself with code "
                                + code
                                + "; it is started again");
                cluster.stopOrphan();
                launch(false);
                LOG.info("the embedded PostgreSQL is back");
            } catch (IOException e) {
                why = String.valueOf(e.getMessage());
                LOG.log(Level.SEVERE, "the embedded PostgreSQL did not come back: " + why);
                pause();
            } catch (InterruptedException e) {
                LOG.fine("this thread ends with the program");
            } catch (RuntimeException | Error e) {
                // Whatever it is: nobody else would notice that the server is not there.
                lost.accept(String.valueOf(e));
                return;
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException e) {
            LOG.fine("this thread ends with the program");
        }
    }

    /**
     * @param anyPort whether another port may be taken where this one is somebody else's
     */
    private void launch(boolean anyPort) throws IOException, InterruptedException {
        if (Files.exists(log) && Files.size(log) > LOG_BYTES) {
            Files.move(
                    log,
                    cluster.root().resolve("postgresql.log.1"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        for (int tried = 1; ; tried++) {
            long logged = Files.exists(log) ? Files.size(log) : 0;
            Process candidate = launchOnce();
            process = candidate;
            if (closing) {
                // It was told to end while this one was being started.
                Cluster.signal("INT", candidate.pid());
            }
            if (awaitReady(candidate)) {
                return;
            }
            String said = logFrom(logged);
            boolean passes = said.contains("could not bind") || said.contains("is still in use");
            if (!passes || closing || tried == STARTS_TRIED) {
                throw new IOException("the embedded PostgreSQL does not start: " + said);
            }
            if (anyPort) {
                port = freePort();
            }
            // Workers of a killed server need a moment to notice; the port may be somebody else's.
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private Process launchOnce() throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(cluster.server(port, SETTINGS))
                        .directory(cluster.root().toFile())
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
        } catch (IOException | RuntimeException | Error e) {
            started.completeExceptionally(e);
        }
    }

    /** Waits for what {@code pg_ctl -w} waits for: the word in the eighth line of its pid file. */
    private boolean awaitReady(Process candidate) throws IOException, InterruptedException {
        Path file = cluster.pidFile();
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
        if (!Files.exists(log)) {
            return "it has left no log";
        }
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.min(file.length(), Math.max(from, file.length() - 4000)));
            byte[] bytes = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
