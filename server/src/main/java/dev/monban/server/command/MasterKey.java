package dev.monban.server.command;

import dev.monban.server.oidc.SigningKeys;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.KeyCheck;
import dev.monban.server.platform.KeyFile;
import dev.monban.server.platform.Vault;
import dev.monban.server.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.logging.Logger;

/**
 * The key that the secrets in the database are sealed with. It is given, or lies in the data
 * folder. Monban makes one by itself only together with a new embedded database: anywhere else a
 * fresh key would be the wrong one.
 *
 * @param bytes of the key
 * @param file where it lies; empty where the environment gave it
 */
record MasterKey(byte[] bytes, Optional<Path> file) {

    static final String NAME = "master.key";

    private static final Logger LOG = Logger.getLogger(MasterKey.class.getName());

    /**
     * The key for this data folder.
     *
     * @param embedded whether the database is the one in the data folder
     * @throws BadInput where there is none, and none may be made
     */
    static MasterKey of(StorageOptions options, boolean embedded) throws IOException {
        Optional<MasterKey> given = given(options);
        if (given.isPresent()) {
            return given.get();
        }
        Path file = options.data().resolve(NAME);
        if (Files.exists(file)) {
            if (KeyFile.isOpenToOthers(file)) {
                throw new BadInput(
                        file + ": others may read or change the master key; chmod 600 " + file);
            }
            return new MasterKey(KeyFile.read(file), Optional.of(file));
        }
        if (!embedded) {
            throw new BadInput(
                    "no master key: give the one that belongs to the database with"
                            + " --master-key-file or MONBAN_MASTER_KEY; for a new database, make"
                            + " one with monban key new "
                            + file);
        }
        if (EmbeddedPostgres.exists(options.data())) {
            throw new BadInput(
                    file
                            + " is missing, and the secrets in this database were sealed with it;"
                            + " put its copy back, or give it with --master-key-file");
        }
        return make(file);
    }

    /** The key that the options name; empty where they name none. */
    static Optional<MasterKey> given(StorageOptions options) throws IOException {
        Optional<String> text = options.environment().get(Environment.MASTER_KEY);
        Optional<Path> file = options.masterKeyFile();
        if (text.isPresent() && file.isPresent()) {
            throw new BadInput(
                    Environment.MASTER_KEY + " and " + file.get() + ": give the master key once");
        }
        if (file.isPresent() && KeyFile.isOpenToOthers(existing(file.get()))) {
            LOG.warning(file.get() + ": every user of this machine may read the master key");
        }
        return text.map(one ->
                        new MasterKey(
                                KeyFile.ofBase64(one, Environment.MASTER_KEY), Optional.empty()))
                .or(() -> file.map(one -> new MasterKey(KeyFile.read(one), file)));
    }

    private static Path existing(Path file) {
        if (!Files.exists(file)) {
            throw new BadInput(file + ": there is no such file; it was given as the master key");
        }
        return file;
    }

    private static MasterKey make(Path file) throws IOException {
        try {
            KeyFile.write(file, KeyFile.fresh());
            LOG.info("made the master key of a new database: " + file + "; keep a copy elsewhere");
        } catch (FileAlreadyExistsException e) {
            LOG.fine("another process made it a moment ago; its key is as good");
        }
        return new MasterKey(KeyFile.read(file), Optional.of(file));
    }

    Vault vault() {
        return Vault.of(bytes);
    }

    /** How messages name it. */
    String shown() {
        return file.map(Path::toString).orElse(Environment.MASTER_KEY);
    }

    /**
     * Holds the key against the database; binds a new database to it.
     *
     * @throws BadInput where it is the key of another database
     */
    void check(Database database, InstantSource clock) {
        KeyCheck.Verdict verdict = database.query(c -> KeyCheck.ask(c, vault()));
        if (verdict == KeyCheck.Verdict.NONE) {
            // A database of release 0.1.0 has no check, and shows by its signing keys whose it is.
            if (SigningKeys.sealedBy(database, vault()).equals(Optional.of(false))) {
                throw wrong();
            }
            boolean bound =
                    database.ownerTransaction(c -> KeyCheck.bind(c, vault(), clock.instant()));
            LOG.fine(bound ? "bound the database to the master key" : "another node did so");
            verdict = database.query(c -> KeyCheck.ask(c, vault()));
        }
        if (verdict != KeyCheck.Verdict.SAME) {
            throw wrong();
        }
    }

    private BadInput wrong() {
        return new BadInput(
                shown()
                        + ": this is not the master key that the secrets in the database were sealed"
                        + " with; put back the key that belongs to this database (monban backup"
                        + " writes a copy beside each backup)");
    }
}
