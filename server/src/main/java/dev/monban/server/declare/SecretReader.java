package dev.monban.server.declare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads secrets from where the declared state says that they are. */
final class SecretReader {

    private final Checker checker;
    private final Path folder;
    private final Function<String, Optional<String>> environment;
    private final boolean plainAllowed;

    /**
     * @param folder from which files are named
     * @param plainAllowed whether they may be written in the state itself
     */
    SecretReader(
            Checker checker,
            Path folder,
            Function<String, Optional<String>> environment,
            boolean plainAllowed) {
        this.checker = checker;
        this.folder = folder;
        this.environment = environment;
        this.plainAllowed = plainAllowed;
    }

    /**
     * The secret itself; empty, and a fault, where it cannot be had.
     *
     * @param least characters
     */
    Optional<String> read(Located secret, String place, int least) {
        Map.Entry<String, Located> source = secret.keys().entrySet().iterator().next();
        String where = source.getValue().text();
        Optional<String> value =
                switch (source.getKey()) {
                    case "env" -> {
                        Optional<String> found =
                                environment
                                        .apply(where)
                                        .map(SecretReader::withoutLineEnd)
                                        .filter(v -> !v.isEmpty());
                        if (found.isEmpty()) {
                            checker.fault(
                                    secret.line(),
                                    place,
                                    "the environment has no variable " + where + "; set it");
                        }
                        yield found;
                    }
                    case "file" -> fromFile(secret, place, where);
                    default -> {
                        if (!plainAllowed) {
                            checker.fault(
                                    secret.line(),
                                    place,
                                    "plain is for a loopback issuer alone; write env or file");
                        }
                        yield Optional.of(where);
                    }
                };
        if (value.isPresent() && value.get().length() < least) {
            checker.fault(secret.line(), place, "at least " + least + " characters");
        }
        return value;
    }

    /** A secret that was made with a text tool often ends with a line break; no secret does. */
    private static String withoutLineEnd(String value) {
        return value.replaceFirst("[\\r\\n]+$", "");
    }

    private Optional<String> fromFile(Located secret, String place, String where) {
        try {
            return Optional.of(Files.readString(folder.resolve(where)).strip());
        } catch (IOException e) {
            checker.fault(secret.line(), place, "the file " + where + " cannot be read");
            return Optional.empty();
        }
    }
}
