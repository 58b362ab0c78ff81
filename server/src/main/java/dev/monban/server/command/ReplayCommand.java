package dev.monban.server.command;

import dev.monban.core.trouble.Explanation;
import dev.monban.core.trouble.Trouble;
import dev.monban.core.watch.Action;
import dev.monban.core.watch.Finding;
import dev.monban.core.watch.Policy;
import dev.monban.server.platform.BadInput;
import dev.monban.server.replay.LogFormat;
import dev.monban.server.replay.PolicyChange;
import dev.monban.server.replay.Replay;
import dev.monban.server.replay.StuckTally;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Year;
import java.time.ZoneId;
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

    @Option(
            names = "--zone",
            description = "of times that have none, such as Asia/Tokyo (default: this machine's)")
    private ZoneId zone = ZoneId.systemDefault();

    @Option(names = "--year", description = "of the first line, where times have none")
    private @Nullable Integer year;

    @Option(
            names = "--compare",
            paramLabel = "PART=VALUE",
            description =
                    "run a second policy as well, and print who would have been stopped, and who"
                            + " hurt; such as guesses=5, or without=KINDS")
    private @Nullable String compare;

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
        if (without != null) {
            policy = policy.without(without);
        }
        Replay.Result result = replay(policy, errors, terminal, size).run(log, out);
        text.printf("%,d lines, %,d broken%n", result.lines(), result.broken());
        print(text, result);
        if (compare != null) {
            Policy other = PolicyChange.read(policy, compare);
            text.printf("%nwith %s:%n", compare);
            Replay.Result second = replay(other, errors, terminal, size).run(log, null);
            print(text, second);
            text.printf(
                    "%ndifference: stopped %+d, of these with a right credential %+d%n",
                    stopped(second) - stopped(result), hurt(second) - hurt(result));
            text.printf(
                    "            findings %+d%n",
                    second.findings().size() - result.findings().size());
        }
        text.flush();
        return 0;
    }

    private Replay replay(Policy policy, PrintWriter errors, boolean terminal, long size) {
        return Replay.of(
                format,
                year == null ? Year.now(zone) : Year.of(year),
                zone,
                policy,
                strict,
                errors::println,
                bytes -> {
                    if (terminal) {
                        errors.printf("\r%3d %%", bytes * 100 / size);
                        errors.flush();
                    }
                });
    }

    private static void print(PrintWriter text, Replay.Result result) {
        text.printf("%-9s %12s %22s%n", "verdict", "attempts", "with a right credential");
        for (Action action : Action.values()) {
            text.printf(
                    "%-9s %,12d %,22d%n",
                    action.code(), result.tally().of(action), result.tally().right(action));
        }
        for (Finding finding : result.findings()) {
            text.printf(
                    "%s  %-20s %s%n", finding.at(), finding.kind().code(), finding.explanation());
        }
        printStuck(text, result.stuck());
    }

    private static void printStuck(PrintWriter text, StuckTally stuck) {
        stuck.people()
                .forEach((cause, people) ->
                        text.printf("stuck     %-20s %,6d people%n", cause.code(), people));
        if (stuck.programs() > 0) {
            text.printf("stuck     %-20s %,6d programs%n", "stale_automation", stuck.programs());
        }
        for (Trouble.Outage outage : stuck.outages()) {
            text.printf(
                    "%s  %-20s %s: %s%n",
                    outage.at(), "tenant_outage", outage.tenant(), Explanation.of(outage));
        }
    }

    private static long stopped(Replay.Result result) {
        return result.tally().of(Action.THROTTLE) + result.tally().of(Action.DENY);
    }

    private static long hurt(Replay.Result result) {
        return result.tally().right(Action.THROTTLE) + result.tally().right(Action.DENY);
    }
}
