package dev.monban.core.watch;

/**
 * One try at one step, as facts.
 *
 * @param approach what was known before the credential was checked
 * @param check what the check said
 */
public record Attempt(Approach approach, Check check) {

    /** Whether from now on the account knows the device and the place. */
    public boolean isSignIn(Verdict verdict) {
        boolean held = verdict.action() == Action.STEP_UP && check.stepUp() == StepUp.FAILED;
        return check.outcome() == Outcome.ACCEPTED
                && approach.step() != Step.SESSION
                && approach.step() != Step.RESET_REQUEST
                && !held;
    }
}
