package dev.monban.server.command;

import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.JsonLog;
import java.time.Duration;
import java.util.logging.Level;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code monban}. Exit codes: 0 done, 1 failed, 2 bad usage or bad input. */
@Command(
        name = "monban",
        description = "The gatekeeper: decides who may enter several systems.",
        mixinStandardHelpOptions = true,
        versionProvider = Monban.Version.class,
        subcommands = {
            StartCommand.class,
            DemoCommand.class,
            ReplayCommand.class,
            NotifyCommand.class,
            RehearseCommand.class,
            WhyCommand.class,
            CheckCommand.class,
            KeyCommand.class,
            BackupCommand.class,
            RestoreCommand.class
        })
public final class Monban {

    private static final int FAILED = 1;
    private static final int BAD_INPUT = 2;

    public static void main(String[] arguments) {
        int code = run(arguments);
        // A gate that was told to stop ends here by itself: the exit is under way already.
        if (code != 0) {
            System.exit(code);
        }
    }

    static int run(String... arguments) {
        JsonLog.install(Level.INFO);
        CommandLine command = new CommandLine(new Monban());
        command.registerConverter(Duration.class, new Durations());
        command.setDefaultValueProvider(Environment.ofProcess());
        command.setExecutionExceptionHandler((exception, line, parsed) -> {
            if (exception instanceof BadInput) {
                line.getErr().println(exception.getMessage());
                return BAD_INPUT;
            }
            line.getErr().println("monban: " + exception);
            exception.printStackTrace(line.getErr());
            return FAILED;
        });
        return command.execute(arguments);
    }

    /** The version from the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Monban.class.getPackage().getImplementationVersion();
            return new String[] {"monban " + (version == null ? "(not packaged)" : version)};
        }
    }
}
