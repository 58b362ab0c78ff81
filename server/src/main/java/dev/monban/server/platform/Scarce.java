package dev.monban.server.platform;

import org.jspecify.annotations.Nullable;

/**
 * Marks what a thread holds while others wait for it: a connection to the database, a hash thread,
 * a thread that commits for everybody. A call to another host lasts as long as that host wishes, so
 * it is refused on a thread that is marked: one slow host would stop everybody.
 */
public final class Scarce {

    private static final ThreadLocal<@Nullable String> HELD = new ThreadLocal<>();

    private Scarce() {}

    /** What is held; closing it lets go. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Marks the current thread until the result is closed, on the same thread.
     *
     * @param what is held, for the message of {@link #requireNothingHeld}
     */
    public static Hold hold(String what) {
        String before = HELD.get();
        HELD.set(what);
        return () -> {
            if (before == null) {
                HELD.remove();
            } else {
                HELD.set(before);
            }
        };
    }

    /**
     * Called by whatever waits for another host.
     *
     * @param act what is about to be done
     * @throws IllegalStateException where the current thread holds something scarce; this is a
     *     fault of the program, and never of what came from outside
     */
    public static void requireNothingHeld(String act) {
        String held = HELD.get();
        if (held != null) {
            throw new IllegalStateException(
                    act
                            + " while this thread holds "
                            + held
                            + ": another host must not decide how long that is held. Do the call"
                            + " before or after.");
        }
    }
}
