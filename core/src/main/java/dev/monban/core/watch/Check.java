package dev.monban.core.watch;

import org.jspecify.annotations.Nullable;

/**
 * What the check of a credential said, whatever was decided about the attempt.
 *
 * @param rejection why it was not accepted; {@code null} where it was, and where nobody knows
 * @param near how a wrong password missed the right one; {@code null} where it was not near
 * @param totpOffset a wrong code would have been right this many 30 s steps away; {@code null}
 *     where it would not
 * @param stepUp what became of the further proof that a {@link Action#STEP_UP} asked for
 */
public record Check(
        Outcome outcome,
        @Nullable Rejection rejection,
        @Nullable NearMiss near,
        @Nullable Integer totpOffset,
        @Nullable StepUp stepUp) {

    public Check {
        if (outcome == Outcome.ACCEPTED && rejection != null) {
            throw new IllegalArgumentException("what was accepted has no reason for a rejection");
        }
    }

    /** Accepted, and nothing more is known. */
    public static Check accepted() {
        return new Check(Outcome.ACCEPTED, null, null, null, null);
    }

    /** Rejected for a reason. */
    public static Check rejected(Rejection why) {
        return new Check(Outcome.REJECTED, why, null, null, null);
    }
}
