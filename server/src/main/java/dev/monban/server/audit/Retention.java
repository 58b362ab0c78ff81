package dev.monban.server.audit;

import java.time.Duration;

/**
 * How long is kept what happened, in whole days. A log is dropped by the month: a row stays at
 * least this long, and at most a month more.
 *
 * @param attempts the attempts to sign in, what became known of them, what was decided about them,
 *     and the campaigns that were found in them; from {@link #MIN_LOG} to {@link #MAX}
 * @param events the events of the audit log; from {@link #MIN_LOG} to {@link #MAX}
 * @param cases the cases of the desk with their steps and proofs; from {@link #MIN_CASES} to {@link
 *     #MAX}
 * @param formerPasswords hashes of passwords that were replaced; from {@link #MIN_FORMER_PASSWORDS}
 *     to {@link #MAX}
 */
public record Retention(
        Duration attempts, Duration events, Duration cases, Duration formerPasswords) {

    /**
     * Without a snapshot the watch learns the last 30 days of attempts, and the desk looks back 60
     * days; RetentionTest holds both to this.
     */
    public static final Duration MIN_LOG = Duration.ofDays(60);

    /** A case is closed three days after its last attempt, and shown for seven days. */
    public static final Duration MIN_CASES = Duration.ofDays(10);

    /** The shortest that the setting can say. */
    public static final Duration MIN_FORMER_PASSWORDS = Duration.ofDays(1);

    /** Ten years. */
    public static final Duration MAX = Duration.ofDays(3_653);

    /** More than a year, so that a day can be compared with the same day of the last year. */
    public static final Retention DEFAULT =
            new Retention(
                    Duration.ofDays(400),
                    Duration.ofDays(400),
                    Duration.ofDays(400),
                    Duration.ofDays(180));

    /**
     * @throws IllegalArgumentException where one is outside of its range, with a sentence that says
     *     why
     */
    public Retention {
        check("attempts", attempts, MIN_LOG, "the watch and the desk learn from them");
        check("events", events, MIN_LOG, "the desk and `monban why` look there for causes");
        check("cases", cases, MIN_CASES, "an open case would be deleted");
        check("formerPasswords", formerPasswords, MIN_FORMER_PASSWORDS, "0 keeps nothing");
    }

    private static void check(String name, Duration value, Duration min, String why) {
        if (value.compareTo(min) < 0) {
            throw new IllegalArgumentException(
                    name + " is at least " + min.toDays() + " days, because " + why);
        }
        if (value.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(name + " is at most " + MAX.toDays() + " days");
        }
    }
}
