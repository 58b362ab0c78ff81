package dev.monban.server.command;

import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.notify.Trial;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What has to do with messages to operators. */
@Command(
        name = "notify",
        description = "Messages to operators.",
        mixinStandardHelpOptions = true,
        subcommands = NotifyCommand.Test.class)
final class NotifyCommand implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
        }
        return 2;
    }

    /** Tries each channel, now. Exit code 1 where one does not take the message. */
    @Command(
            name = "test",
            description =
                    "Sends a message by each channel under alerts:, and says what became of it.",
            mixinStandardHelpOptions = true)
    static final class Test implements Callable<Integer> {

        @Option(
                names = "--config",
                required = true,
                paramLabel = "FILE",
                description = "the declared state, such as monban.yaml")
        private Path config = Path.of("monban.yaml");

        @Spec private @Nullable CommandSpec spec;

        @Override
        public Integer call() {
            State state =
                    StateReader.read(config, name -> Optional.ofNullable(System.getenv(name)));
            if (spec == null) {
                throw new IllegalStateException("picocli fills it");
            }
            PrintWriter out = spec.commandLine().getOut();
            if (state.alerts().isEmpty()) {
                out.println("no channel is declared; write some under alerts: in " + config);
                out.flush();
                return 1;
            }
            InstantSource clock = InstantSource.system();
            List<Trial.Outcome> outcomes;
            try (OutgoingCalls calls = new OutgoingCalls(state.outgoing())) {
                outcomes =
                        new Trial(state.mail(), calls, new Ids(clock), clock).send(state.alerts());
            }
            for (Trial.Outcome outcome : outcomes) {
                out.printf(
                        "%-24s %s%n",
                        outcome.channel(),
                        outcome.fault().map(fault -> "not taken: " + fault).orElse("taken"));
            }
            out.flush();
            return outcomes.stream().anyMatch(o -> o.fault().isPresent()) ? 1 : 0;
        }
    }
}
