package dev.monban.server.command;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Finding;
import dev.monban.core.watch.Policy;
import dev.monban.server.platform.BadInput;
import dev.monban.server.replay.LogFormat;
import dev.monban.server.replay.Replay;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tries the watch on recorded attempts. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Judges recorded attempts as if they came now, and says what was found.")
final class ReplayCommand implements Callable<Integer> {

    @Parameters(paramLabel = "LOG", description = "the recorded attempts")
    private Path log = Path.of("");

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "where verdicts.ndjson and findings.ndjson are written")
    private @Nullable Path out;

    @Option(
            names = "--format",
            description = "whose log it is: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private LogFormat format = LogFormat.MONBAN;

    @Option(names = "--strict", description = "stop at the first broken line, with exit code 2")
    private boolean strict;

    @Option(names = "--without", hidden = true)
    private Policy.@Nullable Part without;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(log)) {
            throw new BadInput(log + ": there is no such file");
        }
        PrintWriter text = spec.commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        boolean terminal =
                Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
        long size = Math.max(1, Files.size(log));
        Policy policy = Policy.standard();
        Replay replay =
                new Replay(
                        format,
                        without == null ? policy : policy.without(without),
                        strict,
                        errors::println,
                        bytes -> {
                            if (terminal) {
                                errors.printf("\r%3d %%", bytes * 100 / size);
                                errors.flush();
                            }
                        });
        Replay.Result result = replay.run(log, out);
        if (terminal) {
            errors.println();
        }
        text.printf("%,d lines, %,d broken%n", result.lines(), result.broken());
        for (Action action : Action.values()) {
            text.printf("%-9s %,12d%n", action.code(), result.tally().of(action));
        }
        for (Finding finding : result.findings()) {
            text.printf(
                    "%s  %-20s %s%n", finding.at(), finding.kind().code(), finding.explanation());
        }
        text.flush();
        return 0;
    }
}
