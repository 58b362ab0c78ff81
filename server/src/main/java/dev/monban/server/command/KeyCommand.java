package dev.monban.server.command;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.KeyFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What has to do with the master key. */
@Command(
        name = "key",
        description = "The master key.",
        mixinStandardHelpOptions = true,
        subcommands = KeyCommand.New.class)
final class KeyCommand implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
        }
        return 2;
    }

    /** Makes a key for a new database; never replaces one. */
    @Command(
            name = "new",
            description =
                    "Makes a master key for a new database: into a file, or as base64 on standard"
                            + " output.",
            mixinStandardHelpOptions = true)
    static final class New implements Callable<Integer> {

        @Parameters(
                paramLabel = "FILE",
                arity = "0..1",
                description = "where to write it; nothing that is there is replaced")
        private @Nullable Path file;

        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() throws IOException {
            if (spec == null) {
                throw new IllegalStateException("picocli fills it");
            }
            byte[] key = KeyFile.fresh();
            PrintWriter out = spec.commandLine().getOut();
            if (file == null) {
                out.println(Base64.getEncoder().encodeToString(key));
            } else {
                Path folder = file.toAbsolutePath().getParent();
                if (folder != null) {
                    Files.createDirectories(folder);
                }
                try {
                    KeyFile.write(file, key);
                } catch (FileAlreadyExistsException e) {
                    throw new BadInput(
                            file
                                    + ": is there already, and a key is never replaced; delete it"
                                    + " yourself if no database needs it");
                }
                out.printf("wrote %s; keep a copy where the database's backups are not%n", file);
            }
            out.flush();
            return 0;
        }
    }
}
