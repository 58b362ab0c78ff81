package dev.monban.server.command;

import dev.monban.server.desk.Explainer;
import dev.monban.server.oidc.ClientExplainer;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Texts;
import dev.monban.server.platform.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Says why somebody cannot sign in, or why a client is refused, from the database of a gate that
 * runs.
 */
@Command(
        name = "why",
        description = "Says why somebody cannot sign in, or why a client is refused.",
        mixinStandardHelpOptions = true)
final class WhyCommand implements Callable<Integer> {

    private static final int CONNECTIONS = 1;

    @Parameters(
            paramLabel = "NAME",
            description = "the login name, as it is typed, or the id of a client")
    private String name = "";

    @Mixin private StorageOptions storage = new StorageOptions();

    @Option(
            names = "--language",
            paramLabel = "ja|en",
            description = "of the answer (default: that of the terminal)")
    private @Nullable String language;

    @Option(
            names = "--recovery-waits",
            paramLabel = "ALONE,TOGETHER",
            description = "as the gate has them (default: 24h,1h)")
    private @Nullable String waits;

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (spec == null) {
            throw new IllegalStateException("picocli fills it");
        }
        String url =
                storage.database().isPresent()
                        ? storage.database().get().url()
                        : EmbeddedPostgres.running(storage.data())
                                .orElseThrow(() ->
                                        new BadInput(
                                                storage.data()
                                                        + ": no gate runs with this data folder;"
                                                        + " give its --data, or its --database"));
        PrintWriter out = spec.commandLine().getOut();
        try (Database gate = Database.connect(url, CONNECTIONS)) {
            Explainer explainer =
                    new Explainer(
                            gate,
                            StartCommand.recovery(Optional.ofNullable(waits)),
                            InstantSource.system());
            ClientExplainer clients = new ClientExplainer(gate, InstantSource.system());
            Optional<ClientExplainer.Explained> client = clients.explain(name);
            client.map(one ->
                            ClientExplainer.inWords(
                                    one, Texts.in(language()), ZoneId.systemDefault()))
                    .ifPresent(lines -> lines.forEach(out::println));
            Explainer.Explained person = explainer.explain(name, Explainer.Reader.OPERATOR);
            // A login name may be a client's id as well; a client's id that is none is no person.
            if (client.isEmpty() || person.tenant().isPresent()) {
                print(out, person);
            }
        }
        out.flush();
        return 0;
    }

    private void print(PrintWriter out, Explainer.Explained explained) {
        Texts texts = Texts.in(language());
        Explainer.InWords words = Explainer.inWords(explained, texts, ZoneId.systemDefault());
        out.println(words.first());
        out.println(words.now());
        if (!explained.name().isEmpty()) {
            out.println();
            out.println(explained.name());
        }
        print(out, texts.get("why.besides"), words.besides());
        print(out, texts.get("why.since"), words.since());
        print(out, texts.get("why.well"), words.well());
    }

    private static void print(PrintWriter out, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            out.println();
            out.println(title);
            lines.forEach(line -> out.println("  " + line));
        }
    }

    private Language language() {
        if (language != null) {
            return Language.ofTag(language)
                    .orElseThrow(() -> new BadInput("--language: write ja or en"));
        }
        String terminal = Optional.ofNullable(System.getenv("LANG")).orElse("");
        return terminal.startsWith("ja") ? Language.JA : Language.EN;
    }
}
