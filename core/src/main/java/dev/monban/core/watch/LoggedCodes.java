package dev.monban.core.watch;

import dev.monban.core.code.Codes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The codes of an attempt as they stand in the log. A later release may have written codes that
 * this one does not know. What they mean for the fold is the same on each node and after each
 * restart: what is not known teaches no success, and what may have been a wrong guess counts as
 * one.
 *
 * @param step code of a {@link Step}
 * @param outcome code of an {@link Outcome}
 * @param rejection code of a {@link Rejection}; {@code null} where there is none
 * @param stepUp code of a {@link StepUp}; {@code null} where there is none
 * @param verdict code of an {@link Action}
 * @param reasons codes of {@link Reason}s
 */
public record LoggedCodes(
        String step,
        String outcome,
        @Nullable String rejection,
        @Nullable String stepUp,
        String verdict,
        List<String> reasons) {

    public LoggedCodes {
        reasons = List.copyOf(reasons);
    }

    /**
     * What the fold learns of them.
     *
     * @param reasons at least one
     */
    public record Known(
            Step step,
            Outcome outcome,
            @Nullable Rejection rejection,
            @Nullable StepUp stepUp,
            Action action,
            List<Reason> reasons) {
        public Known {
            reasons = List.copyOf(reasons);
        }
    }

    /** Empty where the fold is to pass over the attempt. */
    public Optional<Known> known() {
        Optional<Step> knownStep = Codes.find(Step.class, step);
        Optional<Outcome> knownOutcome = Codes.find(Outcome.class, outcome);
        Optional<Action> knownAction = Codes.find(Action.class, verdict);
        if (knownStep.isEmpty()) {
            return Optional.empty();
        }
        if (knownAction.isEmpty() && knownOutcome.equals(Optional.of(Outcome.ACCEPTED))) {
            // Nobody knows whether it was let in.
            return Optional.empty();
        }
        // An outcome that is not known was no acceptance.
        Outcome what = knownOutcome.orElse(Outcome.REJECTED);
        // What was not checked counts as stopped; what was checked, as let on to the check.
        Action action = knownAction.orElse(what == Outcome.ABANDONED ? Action.DENY : Action.ALLOW);
        return Optional.of(
                new Known(
                        knownStep.get(),
                        what,
                        why(knownStep.get(), what),
                        proof(),
                        action,
                        knownReasons()));
    }

    private @Nullable Rejection why(Step at, Outcome what) {
        Optional<Rejection> known = Codes.find(Rejection.class, rejection);
        if (known.isPresent() || what != Outcome.REJECTED) {
            return what == Outcome.ACCEPTED ? null : known.orElse(null);
        }
        boolean unknown = rejection != null || Codes.find(Outcome.class, outcome).isEmpty();
        return unknown && at == Step.PASSWORD ? Rejection.WRONG_PASSWORD : null;
    }

    /** A proof of which this release does not know what became counts as one that failed. */
    private @Nullable StepUp proof() {
        return stepUp == null ? null : Codes.find(StepUp.class, stepUp).orElse(StepUp.FAILED);
    }

    /** Rows of an older release may have none. */
    private List<Reason> knownReasons() {
        List<Reason> known =
                reasons.stream().flatMap(code -> Codes.find(Reason.class, code).stream()).toList();
        return known.isEmpty() ? List.of(Reason.NEW_PLACE) : known;
    }

    /** The codes that this release does not know, each with the column that it stands in. */
    public List<String> unknown() {
        List<String> unknown = new ArrayList<>(0);
        note(unknown, "step", Step.class, step);
        note(unknown, "outcome", Outcome.class, outcome);
        note(unknown, "reason", Rejection.class, rejection);
        note(unknown, "step_up", StepUp.class, stepUp);
        note(unknown, "verdict", Action.class, verdict);
        for (String reason : reasons) {
            note(unknown, "reasons", Reason.class, reason);
        }
        return unknown;
    }

    private static <E extends Enum<E>> void note(
            List<String> unknown, String column, Class<E> type, @Nullable String code) {
        if (code != null && Codes.find(type, code).isEmpty()) {
            unknown.add(column + " " + code);
        }
    }
}
