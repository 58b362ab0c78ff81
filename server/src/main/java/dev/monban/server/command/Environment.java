package dev.monban.server.command;

import dev.monban.server.platform.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options from the environment: {@code --database-wait} is {@code MONBAN_DATABASE_WAIT}. The
 * command line wins. What holds a secret may also lie in a file whose name is in {@code
 * MONBAN_…_FILE}.
 */
final class Environment implements IDefaultValueProvider {

    static final String PREFIX = "MONBAN_";
    static final String FILE = "_FILE";

    /** The master key in base64; there is no such option, as every user sees options. */
    static final String MASTER_KEY = "MONBAN_MASTER_KEY";

    /** Read by the launcher, before this program starts. */
    static final Set<String> LAUNCHER = Set.of("MONBAN_HEAP", "MONBAN_JAVA_OPTIONS");

    /** Options that may hold a password. */
    private static final Set<String> SECRET = Set.of("MONBAN_DATABASE", "MONBAN_DATABASE_OWNER");

    /** Kubernetes sets variables for each service of a namespace, unless told not to. */
    private static final String SERVICE = "MONBAN_SERVICE_HOST";

    private static final int MAX_FILE_BYTES = 16_384;

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    static Environment ofProcess() {
        return new Environment(System.getenv());
    }

    /**
     * The value of a variable, or the content of the file that it names by {@code _FILE}.
     *
     * @throws BadInput where both are given, or the file cannot be read
     */
    Optional<String> get(String name) {
        Optional<String> value = Optional.ofNullable(variables.get(name));
        Optional<String> file = Optional.ofNullable(variables.get(name + FILE));
        if (file.isEmpty() || !SECRET.contains(name)) {
            return value;
        }
        if (value.isPresent()) {
            throw new BadInput(name + " and " + name + FILE + " are both set; unset one of them");
        }
        return file.map(one -> content(name + FILE, Path.of(one)));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()
                ? get(variable(option)).orElse(null)
                : null;
    }

    /**
     * Every variable with the prefix means something.
     *
     * @param command whose options, with those of its subcommands, are meant
     * @param others that are read besides, such as those that the declared state names
     * @throws BadInput which names the nearest that would
     */
    void refuseUnknown(CommandLine command, Collection<String> others) {
        Set<String> known = new TreeSet<>(LAUNCHER);
        known.add(MASTER_KEY);
        collect(command, known);
        SECRET.forEach(name -> known.add(name + FILE));
        Set<String> accepted = new HashSet<>(known);
        accepted.addAll(others);
        for (String name : new TreeSet<>(variables.keySet())) {
            if (name.startsWith(PREFIX) && !accepted.contains(name)) {
                throw new BadInput(
                        variables.containsKey(SERVICE)
                                ? name
                                        + ": Kubernetes sets variables for a service that is called"
                                        + " monban; write enableServiceLinks: false in the pod"
                                : name
                                        + ": no such variable; the nearest is "
                                        + nearest(name, known));
            }
        }
    }

    private static void collect(CommandLine command, Set<String> known) {
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.usageHelp() && !option.versionHelp()) {
                known.add(variable(option));
            }
        }
        command.getSubcommands().values().forEach(one -> collect(one, known));
    }

    private static String variable(OptionSpec option) {
        return PREFIX
                + option.longestName()
                        .replaceFirst("^-+", "")
                        .replace('-', '_')
                        .toUpperCase(Locale.ROOT);
    }

    private static String content(String name, Path file) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new BadInput(name + ": " + file + " is larger than any such value");
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new BadInput(name + ": " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static String nearest(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(other -> distance(name, other)))
                .orElse(MASTER_KEY);
    }

    /** Letters to add, take away or change (Levenshtein). */
    private static int distance(String one, String other) {
        int[] last = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] next = new int[other.length() + 1];
            next[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int change = one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
                next[j] = Math.min(Math.min(next[j - 1], last[j]) + 1, last[j - 1] + change);
            }
            last = next;
        }
        return last[other.length()];
    }
}
