package dev.monban.server.house;

import dev.monban.server.platform.Database;
import dev.monban.server.platform.DatabaseUrl;
import dev.monban.server.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** One embedded database for all tests of this JVM, in a folder that goes with it. */
public final class TestDatabase {

    private static final TestDatabase INSTANCE = start();

    private final Database database;
    private final EmbeddedPostgres postgres;

    private TestDatabase(Database database, EmbeddedPostgres postgres) {
        this.database = database;
        this.postgres = postgres;
    }

    public static Database get() {
        return INSTANCE.database;
    }

    /** Another one, empty but for the schema, that nobody else uses. */
    public static Database fresh(String name) {
        return fresh(name, Database.Limits.DEFAULT);
    }

    /** The same with other time limits. */
    public static Database fresh(String name, Database.Limits limits) {
        create(name);
        return open(name, limits);
    }

    /** A database without a schema. */
    public static void create(String name) {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " owner monban_owner");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** More connections to one that was made by {@link #fresh}. */
    public static Database again(String name) {
        return open(name, Database.Limits.DEFAULT);
    }

    /** One role does all, so that a test may also do what a gate may not. */
    private static Database open(String name, Database.Limits limits) {
        return Database.open(in(url(), name), 4, limits);
    }

    /** One that was made by {@link #create}, as the gate opens it: one role owns, another works. */
    public static Database asGate(String name) {
        return Database.open(
                new DatabaseUrl(workUrl(name), "--data"),
                Optional.of(new DatabaseUrl(in(INSTANCE.postgres.ownerUrl(), name), "--data")),
                4,
                Duration.ZERO,
                Database.Limits.DEFAULT);
    }

    private static String in(String url, String name) {
        return url.replaceFirst("/[a-z]+\\?", "/" + name + "?");
    }

    /** Where it is, as the superuser. */
    public static String url() {
        try {
            return INSTANCE.postgres.superuserUrl();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Where it is, as the role that works. */
    static String workUrl(String name) {
        return in(INSTANCE.postgres.url(), name);
    }

    private static TestDatabase start() {
        try {
            Path folder = Files.createTempDirectory("monban-test");
            EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, why -> {});
            waitForNoDisk(postgres.superuserUrl());
            Database database = Database.open(postgres.superuserUrl(), 4);
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> {
                                database.close();
                                kill(folder);
                                postgres.close();
                                delete(folder);
                            }));
            return new TestDatabase(database, postgres);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The folder goes with the JVM: what a failing machine would leave of it is of no use. */
    private static void waitForNoDisk(String url) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set fsync = off");
            statement.execute("select pg_reload_conf()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** It would write the files of forty databases in order before it ends, for half a minute. */
    private static void kill(Path folder) {
        try (Stream<Path> clusters = Files.list(folder.resolve("postgresql"))) {
            for (Path pid :
                    clusters.map(cluster -> cluster.resolve("postmaster.pid"))
                            .filter(Files::exists)
                            .toList()) {
                long number = Long.parseLong(Files.readAllLines(pid).getFirst().strip());
                List<ProcessHandle> all =
                        ProcessHandle.of(number).stream()
                                .flatMap(one -> Stream.concat(Stream.of(one), one.descendants()))
                                .toList();
                all.forEach(ProcessHandle::destroyForcibly);
                all.forEach(one -> one.onExit().join());
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
