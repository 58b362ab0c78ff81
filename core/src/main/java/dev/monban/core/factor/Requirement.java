package dev.monban.core.factor;

import java.time.Instant;
import java.util.Set;

/**
 * That people of an organisation sign in at a level, from a time on.
 *
 * @param level which they are to reach
 * @param roles whom it concerns: whoever has one of these; empty for everybody
 * @param from when it begins to hold; until then it is announced
 * @param trustedDevices whether a device that the person trusts may stand for the second factor;
 *     that is never so where nothing may be passed on by a wrong site
 */
public record Requirement(
        AssuranceLevel level, Set<String> roles, Instant from, boolean trustedDevices) {

    public Requirement {
        roles = Set.copyOf(roles);
    }

    boolean concerns(Set<String> ofPerson) {
        return roles.isEmpty() || roles.stream().anyMatch(ofPerson::contains);
    }

    boolean holds(Instant now) {
        return !from.isAfter(now);
    }

    boolean isMet(Standing standing) {
        return standing.level().satisfies(level)
                || (standing.onTrustedDevice()
                        && trustedDevices
                        && level != AssuranceLevel.PHISHING_RESISTANT);
    }
}
