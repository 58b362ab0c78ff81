package dev.monban.server.command;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.KeyCheck;
import dev.monban.server.platform.KeyFile;
import dev.monban.server.platform.Vault;
import dev.monban.server.platform.postgres.Restore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a backup into an empty data folder, and starts the database there once. */
@Command(
        name = "restore",
        description = "Brings a backup into an empty data folder.",
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 2;

    @Parameters(paramLabel = "DIR", description = "the backup")
    private Path folder = Path.of("backup");

    @Mixin private StorageOptions storage = new StorageOptions();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (spec == null) {
            throw new IllegalStateException("picocli fills it");
        }
        if (storage.database().isPresent()) {
            throw new BadInput(
                    "monban restore makes an embedded database; leave --database away, or use"
                            + " pg_restore with a backup of pg_dump");
        }
        Restore restore = Restore.of(folder);
        MasterKey key =
                MasterKey.given(storage)
                        .orElseThrow(() ->
                                new BadInput(
                                        "give the copy of the master key that belongs to this backup"
                                                + " with --master-key-file"));
        Object expected = restore.about().get(BackupCommand.KEY_CHECK);
        String actual = HexFormat.of().formatHex(KeyCheck.tag(Vault.of(key.bytes())));
        if (!actual.equals(expected)) {
            throw new BadInput(
                    key.shown()
                            + ": is not the master key that belongs to this backup; nothing was"
                            + " restored");
        }
        restore.into(storage.data());
        Path file = storage.data().resolve(MasterKey.NAME);
        if (key.file().isPresent() && !Files.exists(file)) {
            KeyFile.write(file, key.bytes());
        }
        Restore.finished(storage.data());
        // PostgreSQL makes the files whole from the log, and the key is held against the database.
        try (Storage opened = Storage.open(storage, CONNECTIONS)) {
            if (!opened.database().answers()) {
                throw new IOException("the restored database does not answer");
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "restored the backup of %s into %s; start the gate with --data %s%n",
                restore.about().get("madeAt"), storage.data(), storage.data());
        out.flush();
        return 0;
    }
}
