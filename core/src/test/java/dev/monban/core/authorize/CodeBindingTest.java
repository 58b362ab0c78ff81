package dev.monban.core.authorize;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.monban.core.authorize.CodeBinding.Asked;
import dev.monban.core.authorize.CodeBinding.Redeemed;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeBindingTest {

    @ParameterizedTest(name = "challenge {0}, method {1}, may omit {2}: {3}")
    @CsvSource(
            delimiter = '|',
            textBlock =
"""
# challenge | method | mayOmit | outcome
good        | S256   | false   | BOUND
good        | S256   | true    | BOUND
''          | ''     | false   | REFUSED_MISSING
''          | ''     | true    | UNBOUND
''          | S256   | false   | REFUSED_MISSING
''          | S256   | true    | REFUSED_MALFORMED
''          | plain  | true    | REFUSED_MALFORMED
good        | plain  | false   | REFUSED_MALFORMED
good        | plain  | true    | REFUSED_MALFORMED
good        | ''     | true    | REFUSED_MALFORMED
good        | s256   | true    | REFUSED_MALFORMED
short       | S256   | false   | REFUSED_MALFORMED
short       | S256   | true    | REFUSED_MALFORMED
""")
    void takesARequestWithoutAChallengeFromClientsThatMayDoWithoutAlone(
            String challenge, String method, boolean mayOmit, Asked outcome) {
        assertEquals(
                outcome, CodeBinding.asked(challenge, method, challenge.equals("good"), mayOmit));
    }

    @ParameterizedTest(name = "challenged {0}, verifier {1}: {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
"""
# challenged | verifier | outcome
true         | right    | GOOD
true         | wrong    | VERIFIER_WRONG
true         | ''       | VERIFIER_MISSING
false        | ''       | GOOD
false        | right    | CHALLENGE_MISSING
false        | wrong    | CHALLENGE_MISSING
""")
    void redeemsACodeAsItWasAskedFor(boolean challenged, String verifier, Redeemed outcome) {
        assertEquals(
                outcome,
                CodeBinding.redeemed(
                        challenged, !verifier.isEmpty(), () -> verifier.equals("right")));
    }
}
