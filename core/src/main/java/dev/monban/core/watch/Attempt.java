package dev.monban.core.watch;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One try at one step, as facts. It never holds a secret, nor anything from which one could be
 * guessed.
 *
 * @param id unique, and in the order of time (UUIDv7)
 * @param at when the attempt was made
 * @param tenant the organisation, where it is known
 * @param identifier what was typed as the login name, as it was normalised
 * @param account the account it resolved to; {@code null} where there is none
 * @param address source address, IPv4 or IPv6 in its text form
 * @param userAgent as sent, cut to the length that is kept
 * @param device the long-lived device cookie's keyed hash; {@code null} where none was presented
 * @param client the relying party; {@code null} for Monban's own pages
 * @param rejection why it was rejected; {@code null} unless the outcome is {@link Outcome#REJECTED}
 * @param session the session started or used
 */
public record Attempt(
        UUID id,
        Instant at,
        @Nullable UUID tenant,
        String identifier,
        @Nullable UUID account,
        String address,
        @Nullable String userAgent,
        @Nullable String device,
        @Nullable String client,
        Step step,
        Outcome outcome,
        @Nullable Rejection rejection,
        @Nullable UUID session) {

    public Attempt {
        if ((outcome == Outcome.REJECTED) != (rejection != null)) {
            throw new IllegalArgumentException(
                    "a rejection has a reason, and nothing else has one");
        }
    }
}
