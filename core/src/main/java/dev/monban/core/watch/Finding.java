package dev.monban.core.watch;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that the watch saw.
 *
 * @param campaign the number of the campaign, from 1 on
 * @param at time of the attempt at which it was found
 * @param attempts ids of the evidence so far, at most {@link Policy#EVIDENCE_KEPT}
 * @param tenant the only tenant concerned; {@code null} for several
 * @param account the only account concerned; {@code null} for several
 * @param explanation one sentence that a person understands
 */
public record Finding(
        long campaign,
        Instant at,
        FindingKind kind,
        List<String> attempts,
        @Nullable String tenant,
        @Nullable String account,
        String explanation) {

    public Finding {
        attempts = List.copyOf(attempts);
    }
}
