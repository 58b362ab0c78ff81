package dev.monban.server.session;

import dev.monban.core.factor.AssuranceLevel;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person signed in on a browser.
 *
 * @param id clients see it as {@code sid}
 * @param methods how the person proved it, as in the claim {@code amr}
 * @param onTrustedDevice whether a device that the person trusts stood for the second factor
 * @param authenticatedAt when the person last proved who they are
 * @param seenAt when it was last used, to the minute
 * @param expiresAt when it ends at the latest
 * @param address source address of the last sign-in
 */
public record Session(
        UUID id,
        UUID account,
        AssuranceLevel level,
        List<String> methods,
        boolean onTrustedDevice,
        Instant startedAt,
        Instant authenticatedAt,
        Instant seenAt,
        Instant expiresAt,
        String address,
        @Nullable String userAgent) {

    public Session {
        methods = List.copyOf(methods);
    }
}
