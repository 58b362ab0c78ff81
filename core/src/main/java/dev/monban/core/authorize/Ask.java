package dev.monban.core.authorize;

import dev.monban.core.factor.AssuranceLevel;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one authorization request asks for, after its client and its redirect address were found
 * good, and what the person has already done for it.
 *
 * @param askedAt when the request first arrived; signing in since then answers {@code prompt=login}
 * @param maxAge how long ago the person may have signed in at most; {@code null} for no limit
 * @param subject the only subject that may answer, from {@code id_token_hint} or an essential
 *     {@code sub} claim; {@code null} for anybody
 * @param essentialLevels levels of which one must be reached, or the request fails; empty where the
 *     client insists on none (OpenID Connect Core 1.0, section 5.5.1.1)
 * @param scopes the scopes that would be granted
 * @param consentNeeded whether the client is somebody else's, so that the person has a say
 * @param accountChosen whether the person chose the present account for this request
 * @param consentGiven whether the person agreed to this request
 * @param told whether the person has seen, for this request, what their organisation will want
 */
public record Ask(
        Instant askedAt,
        Set<Prompt> prompts,
        @Nullable Duration maxAge,
        @Nullable String subject,
        Set<AssuranceLevel> essentialLevels,
        Set<String> scopes,
        boolean consentNeeded,
        boolean accountChosen,
        boolean consentGiven,
        boolean told) {

    public Ask {
        prompts = Set.copyOf(prompts);
        essentialLevels = Set.copyOf(essentialLevels);
        scopes = Set.copyOf(scopes);
        if (maxAge != null && maxAge.isNegative()) {
            throw new IllegalArgumentException("max_age is zero or more");
        }
    }

    boolean asks(Prompt prompt) {
        return prompts.contains(prompt);
    }
}
