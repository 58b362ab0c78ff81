package dev.monban.server.command;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.DatabaseUrl;
import dev.monban.server.platform.Vault;
import dev.monban.server.platform.postgres.EmbeddedPostgres;
import dev.monban.server.platform.postgres.Restore;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * Where everything is kept: the data folder, and the database in it or elsewhere.
 *
 * @param postgres the embedded PostgreSQL; empty where another is used
 */
record Storage(Vault vault, Database database, Optional<EmbeddedPostgres> postgres)
        implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Storage.class.getName());

    /** The exit code of a process that lost its database. */
    private static final int FAILED = 1;

    /** The embedded database is a child of this process, and is ready when it is started. */
    private static final Duration NO_WAIT = Duration.ZERO;

    /**
     * Opens it, making what is not there yet.
     *
     * @param connections to the database, at most
     */
    static Storage open(StorageOptions options, int connections)
            throws IOException, InterruptedException {
        try {
            Files.createDirectories(options.data());
        } catch (IOException e) {
            throw new BadInput(options.data() + ": cannot be made; give another --data");
        }
        Restore.refuseUnfinished(options.data());
        Optional<DatabaseUrl> url = options.database();
        MasterKey key = MasterKey.of(options, url.isEmpty());
        if (url.isPresent()) {
            Database database =
                    Database.open(
                            url.get(),
                            options.owner(),
                            connections,
                            options.databaseWait(),
                            Database.Limits.DEFAULT);
            return checked(new Storage(key.vault(), database, Optional.empty()), key);
        }
        EmbeddedPostgres postgres = EmbeddedPostgres.start(options.data(), Storage::lost);
        try {
            Database database =
                    Database.open(
                            new DatabaseUrl(postgres.url(), "--data"),
                            Optional.of(new DatabaseUrl(postgres.ownerUrl(), "--data")),
                            connections,
                            NO_WAIT,
                            Database.Limits.DEFAULT);
            return checked(new Storage(key.vault(), database, Optional.of(postgres)), key);
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    private static Storage checked(Storage storage, MasterKey key) {
        try {
            key.check(storage.database(), InstantSource.system());
            return storage;
        } catch (RuntimeException e) {
            storage.close();
            throw e;
        }
    }

    /**
     * Ends the process: a gate without its database serves nobody, and what starts it again
     * (systemd, a container's runtime) waits for that. Nothing is left to be written, so nothing is
     * closed.
     */
    private static void lost(String why) {
        LOG.severe("the embedded PostgreSQL does not come back, so Monban ends: " + why);
        Runtime.getRuntime().halt(FAILED);
    }

    @Override
    public void close() {
        database.close();
        postgres.ifPresent(EmbeddedPostgres::close);
    }
}
