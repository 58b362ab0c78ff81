package dev.monban.server.command;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Vault;
import dev.monban.server.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where everything is kept: the data folder, and the database in it or elsewhere.
 *
 * @param postgres the embedded PostgreSQL; empty where another is used
 */
record Storage(Vault vault, Database database, Optional<EmbeddedPostgres> postgres)
        implements AutoCloseable {

    /**
     * Opens it, making what is not there yet.
     *
     * @param url another PostgreSQL, as pgJDBC has it; empty for the embedded one
     * @param connections to the database, at most
     */
    static Storage open(Path data, Optional<String> url, int connections)
            throws IOException, InterruptedException {
        try {
            Files.createDirectories(data);
        } catch (IOException e) {
            throw new BadInput(data + ": cannot be made; give another --data");
        }
        Vault vault = Vault.at(data.resolve("master.key"));
        if (url.isPresent()) {
            return new Storage(vault, connect(url.get(), connections), Optional.empty());
        }
        EmbeddedPostgres postgres = EmbeddedPostgres.start(data);
        try {
            return new Storage(
                    vault, Database.open(postgres.url(), connections), Optional.of(postgres));
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    private static Database connect(String url, int connections) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new BadInput(
                    "--database: write it as jdbc:postgresql://HOST:5432/NAME?user=…&password=…");
        }
        return Database.open(url, connections);
    }

    @Override
    public void close() {
        database.close();
        postgres.ifPresent(EmbeddedPostgres::close);
    }
}
