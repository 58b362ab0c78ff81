package dev.monban.server.house;

import dev.monban.server.platform.Database;
import dev.monban.server.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.Comparator;
import java.util.stream.Stream;

/** One embedded database for all tests of this JVM, in a folder that goes with it. */
public final class TestDatabase {

    private static final TestDatabase INSTANCE = start();

    private final Database database;
    private final String url;

    private TestDatabase(Database database, String url) {
        this.database = database;
        this.url = url;
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
        get().query(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute("create database " + name);
            }
        });
        return again(name, limits);
    }

    /** More connections to one that was made by {@link #fresh}. */
    public static Database again(String name) {
        return again(name, Database.Limits.DEFAULT);
    }

    private static Database again(String name, Database.Limits limits) {
        return Database.open(INSTANCE.url.replaceFirst("/[a-z]+\\?", "/" + name + "?"), 4, limits);
    }

    /** Where it is, with user and password. */
    public static String url() {
        return INSTANCE.url;
    }

    private static TestDatabase start() {
        try {
            Path folder = Files.createTempDirectory("monban-test");
            EmbeddedPostgres postgres = EmbeddedPostgres.start(folder);
            Database database = Database.open(postgres.url(), 4);
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(() -> {
                                database.close();
                                postgres.close();
                                delete(folder);
                            }));
            return new TestDatabase(database, postgres.url());
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
