package dev.monban.core.watch;

import java.util.List;

/**
 * What is to be done about an attempt, and why.
 *
 * @param action a {@link Action#STEP_UP} holds only where the credential turns out right; where it
 *     is wrong it is the same as {@link Action#ALLOW}
 * @param reasons the strongest first, never empty
 * @param campaign the number of the campaign that it belongs to; 0 for none
 */
public record Verdict(Action action, List<Reason> reasons, long campaign) {

    public Verdict {
        reasons = List.copyOf(reasons);
    }

    /** Whether the credential is not to be checked. */
    public boolean stops() {
        return action == Action.THROTTLE || action == Action.DENY;
    }
}
