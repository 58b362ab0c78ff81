package dev.monban.core.factor;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A way back for somebody who has lost every factor. An administrator begins it; another may
 * confirm it, which shortens the waiting. Whoever comes by it gives the password and a code from
 * the mail besides, so that no administrator alone, and no thief of a password, gets in.
 *
 * @param begunAt when an administrator began it
 * @param confirmedAt when another administrator said the same; {@code null} where none has
 */
public record Recovery(Instant begunAt, @Nullable Instant confirmedAt, Waits waits) {

    /** How long it stays open, from its beginning. */
    public static final Duration OPEN_FOR = Duration.ofDays(7);

    /**
     * How long the person, who is told at once, has to say that it was not them.
     *
     * @param alone where one administrator has begun it
     * @param together from another's word on; not longer than {@code alone}
     */
    public record Waits(Duration alone, Duration together) {

        /** A day, or an hour. */
        public static final Waits DEFAULT = new Waits(Duration.ofDays(1), Duration.ofHours(1));

        public Waits {
            if (together.isNegative()
                    || together.compareTo(alone) > 0
                    || alone.compareTo(OPEN_FOR) >= 0) {
                throw new IllegalArgumentException(
                        "0 <= together <= alone < " + OPEN_FOR.toDays() + " days");
            }
        }
    }

    /** From when on it lets in. */
    public Instant from() {
        Instant alone = begunAt.plus(waits.alone());
        if (confirmedAt == null) {
            return alone;
        }
        Instant together = confirmedAt.plus(waits.together());
        return together.isBefore(alone) ? together : alone;
    }

    /** Whether another administrator has said the same. */
    public boolean confirmed() {
        return confirmedAt != null;
    }

    /** When it ends. */
    public Instant until() {
        return begunAt.plus(OPEN_FOR);
    }

    public boolean isOpen(Instant now) {
        return now.isBefore(until());
    }

    /** Whether it lets in. */
    public boolean letsIn(Instant now) {
        return isOpen(now) && !now.isBefore(from());
    }
}
