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
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " owner monban_owner");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return open(INSTANCE.postgres, name, limits);
    }

    /** More connections to one that was made by {@link #fresh}. */
    public static Database again(String name) {
        return open(INSTANCE.postgres, name, Database.Limits.DEFAULT);
    }

    /** As the gate opens it: one role owns, another works. */
    private static Database open(EmbeddedPostgres postgres, String name, Database.Limits limits) {
        return Database.open(
                new DatabaseUrl(in(postgres.url(), name), "--data"),
                Optional.of(new DatabaseUrl(in(postgres.ownerUrl(), name), "--data")),
                4,
                Duration.ZERO,
                limits);
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
    static String workUrl() {
        return INSTANCE.postgres.url();
    }

    private static TestDatabase start() {
        try {
            Path folder = Files.createTempDirectory("monban-test");
            EmbeddedPostgres postgres = EmbeddedPostgres.start(folder, why -> {});
            Database database = open(postgres, "postgres", Database.Limits.DEFAULT);
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> {
                                database.close();
                                postgres.close();
                                delete(folder);
                            }));
            return new TestDatabase(database, postgres);
        } catch (IOException | InterruptedException e) {
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
