package dev.monban.server.command;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.DatabaseUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where everything is kept: options that several commands share. */
final class StorageOptions {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "data folder: master key and embedded database (${DEFAULT-VALUE})")
    private Path data = Path.of("data");

    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "PostgreSQL 15 or later, as jdbc:postgresql://…; embedded unless given. With a"
                            + " password, rather as MONBAN_DATABASE or in the file"
                            + " MONBAN_DATABASE_FILE: every user sees options")
    private @Nullable String database;

    @Option(
            names = "--database-owner",
            paramLabel = "URL",
            description =
                    "the same database as the role that owns the tables; migrations and partitions"
                            + " are made with it, so that the role of --database need not change"
                            + " the logs")
    private @Nullable String owner;

    @Option(
            names = "--database-wait",
            paramLabel = "TIME",
            description = "how long to wait for it at the start, such as 90s (60s)")
    private Duration wait = Duration.ofSeconds(60);

    @Option(
            names = "--master-key-file",
            paramLabel = "FILE",
            description =
                    "the master key, 32 bytes or base64 (master.key in the data folder); or as"
                            + " base64 in MONBAN_MASTER_KEY")
    private @Nullable Path masterKeyFile;

    private final Environment environment = Environment.ofProcess();

    static StorageOptions in(Path data) {
        StorageOptions options = new StorageOptions();
        options.data = data;
        return options;
    }

    Path data() {
        return data;
    }

    Optional<DatabaseUrl> database() {
        if (database == null && owner != null) {
            throw new BadInput("--database-owner: give --database too");
        }
        return Optional.ofNullable(database).map(url -> new DatabaseUrl(url, "--database"));
    }

    Optional<DatabaseUrl> owner() {
        return Optional.ofNullable(owner).map(url -> new DatabaseUrl(url, "--database-owner"));
    }

    Duration databaseWait() {
        return wait;
    }

    Optional<Path> masterKeyFile() {
        return Optional.ofNullable(masterKeyFile);
    }

    Environment environment() {
        return environment;
    }
}
