package dev.monban.server.command;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.KeyCheck;
import dev.monban.server.platform.KeyFile;
import dev.monban.server.platform.postgres.Backup;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies the embedded database while the gate runs, and the master key beside it. */
@Command(
        name = "backup",
        description = "Copies the embedded database of a gate that runs, and its master key apart.",
        mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {

    /** In the list of files: by it a restore knows the right key before it begins. */
    static final String KEY_CHECK = "keyCheck";

    @Parameters(paramLabel = "DIR", description = "where to; a folder that is new or empty")
    private Path folder = Path.of("backup");

    @Mixin private StorageOptions storage = new StorageOptions();

    @Option(
            names = "--key-to",
            paramLabel = "FILE",
            description =
                    "where to write the copy of the master key (DIR.key, beside the folder). It opens"
                            + " what the backup holds: keep it elsewhere")
    private @Nullable Path keyTo;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, SQLException {
        if (spec == null) {
            throw new IllegalStateException("picocli fills it");
        }
        if (storage.database().isPresent()) {
            throw new BadInput(
                    "monban backup copies the embedded database. This one has its own tools: use"
                            + " pg_basebackup or pg_dump "
                            + storage.database().get().shown()
                            + ", and keep a copy of the master key apart");
        }
        String url = Backup.url(storage.data());
        MasterKey key = MasterKey.of(storage, true);
        try (Database database = Database.connect(url, 1)) {
            if (database.query(c -> KeyCheck.ask(c, key.vault())) != KeyCheck.Verdict.SAME) {
                throw new BadInput(
                        key.shown()
                                + ": is not the master key of this database; nothing was copied");
            }
        }
        Path copy = keyTo == null ? beside(folder) : keyTo;
        Backup.Finished done =
                Backup.make(
                        storage.data(),
                        folder,
                        Map.of(
                                "madeAt",
                                InstantSource.system().instant().toString(),
                                "version",
                                String.valueOf(new Monban.Version().getVersion()[0]),
                                KEY_CHECK,
                                HexFormat.of().formatHex(KeyCheck.tag(key.vault()))));
        write(copy, key);
        PrintWriter out = spec.commandLine().getOut();
        out.printf("wrote %s: %d files, %d MB%n", folder, done.files(), done.bytes() >> 20);
        out.printf(
                "the master key is in %s: keep it where the backup is not; whoever has both can read"
                        + " every secret, and without it no one can sign in%n",
                copy);
        out.flush();
        return 0;
    }

    private static Path beside(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        return absolute.resolveSibling(absolute.getFileName() + ".key");
    }

    private static void write(Path copy, MasterKey key) throws IOException {
        try {
            KeyFile.write(copy, key.bytes());
        } catch (FileAlreadyExistsException e) {
            if (!Files.isRegularFile(copy) || !KeyFile.holds(copy, key.bytes())) {
                throw new BadInput(
                        copy
                                + ": another file is there, so the master key was not copied; the"
                                + " backup is complete, copy "
                                + key.shown()
                                + " yourself");
            }
        }
    }
}
