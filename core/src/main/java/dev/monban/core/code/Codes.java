package dev.monban.core.code;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Constants by the codes that stand in the log, in snapshots and in files. Another release may have
 * written a code that this one does not know: that is a value and no error.
 */
public final class Codes {

    private Codes() {}

    /**
     * The constant with this code; empty where this release has none.
     *
     * @param code the constant's name in lower case, as each {@code code()} has it; {@code null}
     *     and any other text find nothing
     */
    public static <E extends Enum<E>> Optional<E> find(Class<E> type, @Nullable String code) {
        if (code == null) {
            return Optional.empty();
        }
        String name = code.toUpperCase(Locale.ROOT);
        return Arrays.stream(type.getEnumConstants()).filter(e -> e.name().equals(name)).findAny();
    }

    /**
     * The constant that a snapshot names.
     *
     * @throws IOException where the snapshot was written by a release that knows more
     */
    public static <E extends Enum<E>> E inSnapshot(Class<E> type, String name) throws IOException {
        return find(type, name)
                .orElseThrow(() ->
                        new IOException("a snapshot with a " + type.getSimpleName() + " " + name));
    }
}
