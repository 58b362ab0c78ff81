package dev.monban.core.factor;

import java.util.Set;

/**
 * Where somebody who is signed in stands.
 *
 * @param level that the sign-in reached
 * @param onTrustedDevice whether a device that the person trusts stood for the second factor
 * @param reachable the highest level that the person's factors can reach
 * @param roles in the organisation
 */
public record Standing(
        AssuranceLevel level,
        boolean onTrustedDevice,
        AssuranceLevel reachable,
        Set<String> roles) {

    public Standing {
        roles = Set.copyOf(roles);
    }
}
