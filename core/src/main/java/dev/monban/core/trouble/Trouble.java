package dev.monban.core.trouble;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that keeps honest people out. */
public sealed interface Trouble {

    /** When it was found: time of an attempt, or the end of a silence. */
    Instant at();

    /** Ids of the evidence, the first ones. */
    List<String> attempts();

    /** The organisation; {@code null} where it is not known. */
    @Nullable String tenant();

    /**
     * One person does not get in.
     *
     * @param account {@code null} where the login name leads to none
     * @param identifier what was typed as the login name, the last time
     * @param device the browser at which it was tried last; {@code null} where it has no cookie
     * @param since their first failed attempt
     * @param lastAt their last one so far
     * @param failures how many there are so far
     */
    record Stuck(
            Instant at,
            List<String> attempts,
            @Nullable String tenant,
            @Nullable String account,
            String identifier,
            @Nullable String device,
            Cause cause,
            Instant since,
            Instant lastAt,
            int failures)
            implements Trouble {
        public Stuck {
            attempts = List.copyOf(attempts);
        }
    }

    /**
     * A program goes on with a password that is none any more.
     *
     * @param identifier its login name
     * @param since its first failed attempt
     * @param failures how many there are so far
     */
    record Automation(
            Instant at,
            List<String> attempts,
            @Nullable String tenant,
            @Nullable String account,
            String identifier,
            Instant since,
            int failures)
            implements Trouble {
        public Automation {
            attempts = List.copyOf(attempts);
        }
    }

    /**
     * An organisation's people are turned away for a reason that is not theirs.
     *
     * @param people how many so far
     */
    record Outage(Instant at, List<String> attempts, String tenant, int people) implements Trouble {
        public Outage {
            attempts = List.copyOf(attempts);
        }
    }
}
