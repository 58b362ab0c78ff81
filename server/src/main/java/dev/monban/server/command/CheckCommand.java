package dev.monban.server.command;

import dev.monban.server.declare.Preview;
import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.DatabaseUrl;
import dev.monban.server.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a declared state, and says what a gate that is started with it would remove. */
@Command(
        name = "check",
        description =
                "Checks a monban.yaml, and says what a gate that starts with it would remove;"
                        + " changes nothing.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 1;

    @Parameters(paramLabel = "FILE", description = "the declared state")
    private Path file = Path.of("monban.yaml");

    @Mixin private StorageOptions storage = new StorageOptions();

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (spec == null) {
            throw new IllegalStateException("picocli fills it");
        }
        PrintWriter out = spec.commandLine().getOut();
        State state = StateReader.read(file, name -> Optional.ofNullable(System.getenv(name)));
        out.println(file + ": good");
        Optional<String> url = storage.database().map(DatabaseUrl::url);
        if (url.isEmpty()) {
            url = EmbeddedPostgres.running(storage.data());
        }
        if (url.isEmpty()) {
            out.println(
                    storage.data()
                            + ": no gate runs with this data folder; what would be removed is not"
                            + " known");
        } else {
            try (Database database = Database.connect(url.get(), CONNECTIONS)) {
                Preview.of(state, database).forEach(out::println);
            }
        }
        out.flush();
        return 0;
    }
}
