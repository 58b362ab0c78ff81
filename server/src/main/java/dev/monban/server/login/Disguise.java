package dev.monban.server.login;

import dev.monban.server.platform.Tokens;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Lets a refusal take as long as a check: whoever is refused unchecked must not see that in the
 * time. Remembers how long the last checks took, and waits as long as one of them, without work.
 */
final class Disguise {

    private static final int REMEMBERED = 64;
    private static final long LONGEST_MS = 2_000;

    private final long[] nanos = new long[REMEMBERED];
    private int count;

    /** Does a check, and remembers how long it took. */
    <T> T measured(Supplier<T> check) {
        long began = System.nanoTime();
        T result = check.get();
        remember(System.nanoTime() - began);
        return result;
    }

    /** Does something that is over sooner, and waits until as much time has passed as a check. */
    <T> T disguised(Supplier<T> shorter) {
        long as = one();
        long began = System.nanoTime();
        T result = shorter.get();
        pause(as - (System.nanoTime() - began));
        return result;
    }

    private synchronized void remember(long took) {
        nanos[count++ % REMEMBERED] = took;
    }

    private synchronized long one() {
        int known = Math.min(count, REMEMBERED);
        return known == 0 ? 0 : nanos[Tokens.number(known)];
    }

    /** Takes as long as a check. Virtual threads wait for nothing. */
    void pause() {
        pause(one());
    }

    private static void pause(long howLong) {
        try {
            Thread.sleep(Duration.ofNanos(Math.clamp(howLong, 0, LONGEST_MS * 1_000_000)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
