package dev.monban.server.platform.postgres;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Tokens;
import java.io.IOException;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;

/** The files of the embedded PostgreSQL: {@code DATA/postgresql}, and what is done to them. */
final class Cluster implements AutoCloseable {

    static final String MAJOR = "18";
    static final String FOLDER = "postgresql";

    /** The superuser's password. */
    static final String PASSWORD = "password";

    /** The working role's, made anew at each start. */
    static final String GATE_PASSWORD = "gate-password";

    static final Duration STOPPED_WITHIN = Duration.ofSeconds(30);

    private static final Logger LOG = Logger.getLogger(Cluster.class.getName());

    /** A process id above every kernel's limit. */
    private static final String NO_PROCESS = "2147483646";

    /** Names the folder on the command line, wherever PostgreSQL itself sees it. */
    private static final String MARK = "monban.folder=";

    private final Path root;
    private final Path folder;
    private final Privileges privileges;
    private final Path programs;
    private final FileChannel lock;

    private Cluster(Path root, Privileges privileges, Path programs, FileChannel lock) {
        this.root = root;
        this.folder = root.resolve(MAJOR);
        this.privileges = privileges;
        this.programs = programs;
        this.lock = lock;
    }

    /**
     * Takes the folder for this process, and unpacks the programs.
     *
     * @throws BadInput where the folder is in use, or PostgreSQL cannot run here
     */
    static Cluster take(Path data) throws IOException, InterruptedException {
        Path root = Files.createDirectories(root(data)).toRealPath();
        // Others may pass, as the user that PostgreSQL runs as does, and see nothing.
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
        FileChannel lock = locked(root.resolve("lock"));
        try {
            Path programs = Binaries.unpack(root);
            return new Cluster(root, Privileges.find(root), programs, lock);
        } catch (IOException | InterruptedException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    static Path root(Path data) {
        return data.toAbsolutePath().normalize().resolve(FOLDER);
    }

    /** Whether a database was ever made in this data folder. */
    static boolean exists(Path data) {
        return Files.exists(root(data).resolve(MAJOR).resolve("PG_VERSION"));
    }

    Path root() {
        return root;
    }

    Path folder() {
        return folder;
    }

    Path pidFile() {
        return folder.resolve("postmaster.pid");
    }

    /** The superuser's password. */
    String password() throws IOException {
        return Files.readString(root.resolve(PASSWORD)).strip();
    }

    /** Makes the database where there is none; gives the files to whom PostgreSQL runs as. */
    void prepare() throws IOException, InterruptedException {
        stopOrphan();
        if (!Files.exists(folder.resolve("PG_VERSION"))) {
            initialise();
        }
        privileges.own(folder);
        if (!Files.exists(root.resolve(PASSWORD))) {
            setPassword();
        }
    }

    /** A file for this user alone, there as a whole or not at all. */
    void write(String name, String content) throws IOException {
        Path fresh = root.resolve(name + "-unfinished");
        Files.deleteIfExists(fresh);
        Files.createFile(
                fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, content, StandardOpenOption.SYNC);
        Files.move(
                fresh,
                root.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    /** The words that run the server on a port. */
    List<String> server(int port, List<String> settings) throws InterruptedException {
        List<String> command = new ArrayList<>();
        // A session of its own: Ctrl-C at the terminal is for Monban, which then stops it in order.
        command.add("setsid");
        command.addAll(privileges.prefix(root));
        List<String> endsWithUs = List.of("setpriv", "--pdeathsig", "INT");
        if (Privileges.works(endsWithUs)) {
            command.addAll(endsWithUs);
        }
        command.add(program("postgres"));
        command.addAll(List.of("-D", seen(folder), "-p", Integer.toString(port)));
        command.addAll(List.of("-c", MARK + folder));
        settings.forEach(setting -> command.addAll(List.of("-c", setting)));
        return command;
    }

    /** The kernel frees the lock when the process ends, however it ends. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.fine("the lock ends with the process");
        }
    }

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

    private void initialise() throws IOException, InterruptedException {
        Path unfinished = root.resolve(MAJOR + "-unfinished");
        Binaries.delete(unfinished);
        if (!Files.exists(root.resolve(PASSWORD))) {
            write(PASSWORD, Tokens.fresh());
        }
        // Made here, as PostgreSQL's user makes no folder in this one.
        Files.createDirectory(
                unfinished,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        privileges.own(unfinished);
        write("password-to-set", password());
        Path toSet = root.resolve("password-to-set");
        privileges.own(toSet);
        List<String> command = new ArrayList<>(privileges.prefix(root));
        command.add(program("initdb"));
        command.addAll(List.of("-D", seen(unfinished), "-U", Roles.SUPERUSER, "-E", "UTF8"));
        // The built-in locale: no library of the machine may change the order of an index.
        command.addAll(
                List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"));
        command.addAll(List.of("-A", "scram-sha-256", "--pwfile", seen(toSet)));
        command.addAll(List.of("--data-checksums", "--no-instructions"));
        run("initdb", command, "");
        Files.delete(toSet);
        Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Gives the superuser a fresh password, as after a restore: backups hold none. PostgreSQL's
     * single-user mode asks for no password, and makes the restored files whole first.
     */
    private void setPassword() throws IOException, InterruptedException {
        String password = Tokens.fresh();
        List<String> command = new ArrayList<>(privileges.prefix(root));
        command.add(program("postgres"));
        command.addAll(List.of("--single", "-D", seen(folder), "-c", "log_min_messages=fatal"));
        command.add("postgres");
        run(
                "the start after a restore",
                command,
                "alter role " + Roles.SUPERUSER + " password '" + password + "'\n");
        write(PASSWORD, password);
    }

    private void run(String what, List<String> command, String input)
            throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        Process process = builder.start();
        try (var out = process.outputWriter(StandardCharsets.UTF_8)) {
            out.write(input);
        } catch (IOException e) {
            LOG.fine("it ended without reading; its own words say why");
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(what + " failed: " + said);
        }
    }

    private String program(String name) {
        return seen(programs.resolve("bin").resolve(name));
    }

    private String seen(Path file) {
        return privileges.seen(root, file).toString();
    }

    /**
     * Stops a server that outlived its Monban. {@code postmaster.pid} is never deleted: by it
     * PostgreSQL notices workers that outlived their server. But a number in it that has gone to
     * another program since would keep PostgreSQL from starting, so it is replaced.
     */
    void stopOrphan() throws IOException, InterruptedException {
        Path file = pidFile();
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
        return pid > 1 && runs(pid, folder);
    }

    /** Whether a process is the PostgreSQL of this folder. */
    static boolean runs(long pid, Path folder) {
        try {
            List<String> words =
                    List.of(Files.readString(Path.of("/proc/" + pid + "/cmdline")).split("\0"));
            // Release 0.1.0 gave the folder alone.
            return words.getFirst().endsWith("/bin/postgres")
                    && (words.contains(MARK + folder) || words.contains(folder.toString()));
        } catch (IOException e) {
            return false;
        }
    }

    /** The lines of {@code postmaster.pid} of a server that runs; empty where none does. */
    static Optional<List<String>> running(Path data) throws IOException {
        Path root = root(data);
        Path file = root.resolve(MAJOR).resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        boolean alive =
                !lines.isEmpty()
                        && runs(number(lines.getFirst()), root.toRealPath().resolve(MAJOR));
        return alive ? Optional.of(lines) : Optional.empty();
    }

    /** By the shell, whose kill is built in: the program of that name is not on every machine. */
    static void signal(String name, long pid) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start().waitFor();
    }

    static long number(String text) {
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
        } catch (ExecutionException | TimeoutException e) {
            LOG.fine("the next signal is stronger");
        }
    }
}
