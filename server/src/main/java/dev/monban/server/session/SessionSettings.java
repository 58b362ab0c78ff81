package dev.monban.server.session;

import java.time.Duration;

/**
 * How long sessions last.
 *
 * @param idle how long one may go unused (SP 800-63B-4, section 2.2.3, asks for at most a day at
 *     AAL2 and sets none at AAL1)
 * @param absolute how long one lasts at the most, however much it is used
 */
public record SessionSettings(Duration idle, Duration absolute) {

    /** A working day at one desk, with a long lunch; the next morning begins with a sign-in. */
    public static final SessionSettings DEFAULT =
            new SessionSettings(Duration.ofHours(4), Duration.ofHours(14));

    public SessionSettings {
        if (idle.isNegative() || idle.isZero() || absolute.compareTo(idle) < 0) {
            throw new IllegalArgumentException("idle is positive and no longer than absolute");
        }
    }
}
