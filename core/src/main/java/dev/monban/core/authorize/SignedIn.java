package dev.monban.core.authorize;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.LevelNeed;
import java.time.Instant;
import java.util.Set;

/**
 * The person who is signed in on this browser, as far as an authorization request cares.
 *
 * @param subject the account as a client sees it
 * @param authenticatedAt when the person last proved who they are ({@code auth_time})
 * @param reachable the highest level at which this person could sign in
 * @param need what the person's organisation wants besides
 * @param consentedScopes the scopes that the person has agreed to give this client earlier
 */
public record SignedIn(
        String subject,
        Instant authenticatedAt,
        AssuranceLevel level,
        AssuranceLevel reachable,
        LevelNeed need,
        Set<String> consentedScopes) {

    public SignedIn {
        consentedScopes = Set.copyOf(consentedScopes);
    }
}
