package dev.monban.core.trouble;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may help whom, in all cases. */
class HelpTest {

    private static final Help.Helper LOCAL = new Help.Helper("h", "agency", false, false);
    private static final Help.Helper CENTRAL = new Help.Helper("h", "gate", true, false);
    private static final Help.Helper OPERATOR = new Help.Helper("h", "gate", true, true);

    private static Help.Person person(String account, boolean inOffice, boolean operator) {
        return new Help.Person(account, operator ? "gate" : "agency", inOffice, operator);
    }

    /** Steps that are not refused. */
    private static Set<Help.Step> allowed(Help.Helper helper, Help.Person person, boolean proved) {
        Set<Help.Step> allowed = EnumSet.noneOf(Help.Step.class);
        for (Help.Step step : Help.Step.values()) {
            if (Help.refuses(helper, person, step, proved).isEmpty()) {
                allowed.add(step);
            }
        }
        return allowed;
    }

    @Test
    void whoeverIsHelpedHasToShowWhoTheyAreBeforeAnythingChanges() {
        for (Help.Helper helper : Set.of(LOCAL, CENTRAL, OPERATOR)) {
            assertEquals(
                    EnumSet.complementOf(EnumSet.of(Help.Step.UNLOCK)),
                    allowed(helper, person("p", false, false), false));
            assertEquals(
                    EnumSet.allOf(Help.Step.class),
                    allowed(helper, person("p", false, false), true));
        }
    }

    @Test
    void nobodyHelpsThemselvesOrTheirSuperiors() {
        for (boolean proved : new boolean[] {true, false}) {
            for (Help.Helper helper : Set.of(LOCAL, CENTRAL, OPERATOR)) {
                assertEquals(Set.of(), allowed(helper, person("h", false, false), proved));
            }
            assertEquals(Set.of(), allowed(LOCAL, person("p", true, false), proved));
            assertEquals(Set.of(), allowed(CENTRAL, person("p", true, false), proved));
            assertEquals(Set.of(), allowed(CENTRAL, person("p", true, true), proved));
            assertEquals(Set.of(), allowed(OPERATOR, person("p", true, true), proved));
        }
        assertEquals(
                EnumSet.allOf(Help.Step.class), allowed(OPERATOR, person("p", true, false), true));
    }

    @Test
    void othersPeopleAreNoneOfTheirBusiness() {
        Help.Person other = new Help.Person("p", "another", false, false);
        Help.Person nobodys = new Help.Person("p", "", false, false);
        for (Help.Person person : Set.of(other, nobodys)) {
            assertEquals(Set.of(), allowed(LOCAL, person, true));
            assertEquals(
                    Optional.of(Help.Refusal.OUTSIDE),
                    Help.refuses(LOCAL, person, Help.Step.SEND_CODE, true));
            assertEquals(EnumSet.allOf(Help.Step.class), allowed(CENTRAL, person, true));
        }
    }
}
