package dev.monban.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a release learns of a row that a later one has written. */
class LoggedCodesTest {

    private static Optional<LoggedCodes.Known> known(
            String step, String outcome, String rejection, String stepUp, String verdict) {
        return new LoggedCodes(
                        step,
                        outcome,
                        rejection.isEmpty() ? null : rejection,
                        stepUp.isEmpty() ? null : stepUp,
                        verdict,
                        List.of("lately_invented", "new_country"))
                .known();
    }

    private static LoggedCodes.Known knows(
            String step, String outcome, String rejection, String stepUp, String verdict) {
        return known(step, outcome, rejection, stepUp, verdict).orElseThrow();
    }

    @Test
    void whatIsKnownStaysAsItIs() {
        assertEquals(
                new LoggedCodes.Known(
                        Step.PASSWORD,
                        Outcome.REJECTED,
                        Rejection.WRONG_PASSWORD,
                        null,
                        Action.ALLOW,
                        List.of(Reason.NEW_COUNTRY)),
                knows("password", "rejected", "wrong_password", "", "allow"));
        assertEquals(
                StepUp.PASSED, knows("password", "accepted", "", "passed", "step_up").stepUp());
    }

    @Test
    void whatIsNotKnownTeachesNoSuccess() {
        assertTrue(known("voice", "accepted", "", "", "allow").isEmpty());
        assertTrue(known("voice", "rejected", "", "", "allow").isEmpty());
        assertTrue(known("password", "accepted", "", "", "observe").isEmpty());
        assertEquals(
                StepUp.FAILED, knows("password", "accepted", "", "delayed", "step_up").stepUp());
    }

    @Test
    void whatMayHaveBeenAWrongGuessCounts() {
        LoggedCodes.Known guess = knows("password", "rejected", "leaked_password", "", "observe");
        assertEquals(Rejection.WRONG_PASSWORD, guess.rejection());
        assertEquals(Action.ALLOW, guess.action());
        LoggedCodes.Known deferred = knows("password", "deferred", "", "", "allow");
        assertEquals(Outcome.REJECTED, deferred.outcome());
        assertEquals(Rejection.WRONG_PASSWORD, deferred.rejection());
        assertEquals(Action.DENY, knows("password", "abandoned", "", "", "observe").action());
    }

    @Test
    void everyCodeOfThisReleaseIsKnownToIt() {
        for (Step step : Step.values()) {
            for (Action action : Action.values()) {
                for (Outcome outcome : Outcome.values()) {
                    LoggedCodes codes =
                            new LoggedCodes(
                                    step.code(),
                                    outcome.code(),
                                    null,
                                    null,
                                    action.code(),
                                    List.of());
                    LoggedCodes.Known known = codes.known().orElseThrow();
                    assertEquals(outcome, known.outcome());
                    assertEquals(action, known.action());
                    assertEquals(List.of(), codes.unknown());
                }
            }
        }
        assertEquals(
                List.of("step voice", "reasons invented"),
                new LoggedCodes("voice", "accepted", null, null, "allow", List.of("invented"))
                        .unknown());
    }
}
