package dev.monban.server.platform;

import dev.monban.core.code.Codes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads codes that stand in the database. Releases run side by side, so one that this release does
 * not know is a value: it is counted, told of once, and whoever reads it decides what holds then.
 */
public final class StoredCodes {

    private static final Logger LOG = Logger.getLogger(StoredCodes.class.getName());

    /** So many different ones are told of. */
    private static final int MAX_TOLD = 100;

    private static final LongAdder UNKNOWN = new LongAdder();
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private StoredCodes() {}

    /** The constant with this code; empty where there is none, or this release does not know it. */
    public static <E extends Enum<E>> Optional<E> find(Class<E> type, @Nullable String code) {
        return find(type.getSimpleName(), code, text -> Codes.find(type, text));
    }

    /**
     * The same, for what has codes of its own.
     *
     * @param what the code names, for the log
     */
    public static <T> Optional<T> find(
            String what, @Nullable String code, Function<String, Optional<T>> known) {
        if (code == null) {
            return Optional.empty();
        }
        Optional<T> found = known.apply(code);
        if (found.isEmpty()) {
            UNKNOWN.increment();
            if (TOLD.size() < MAX_TOLD && TOLD.add(what + " " + code)) {
                LOG.warning(
                        "the database says "
                                + what
                                + " "
                                + code
                                + ", which this release does not know; a later release has"
                                + " written it");
            }
        }
        return found;
    }

    /** How many were read that this release does not know. */
    public static long unknown() {
        return UNKNOWN.sum();
    }
}
