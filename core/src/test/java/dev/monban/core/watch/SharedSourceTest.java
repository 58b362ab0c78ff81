package dev.monban.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many people behind a proxy that nobody has declared: they are one address. */
class SharedSourceTest {

    private static final Instant LATER = Town.MONDAY.plus(Duration.ofDays(7));
    private static final String PROXY = "10.0.0.1";

    private static Watch town() {
        Watch watch = new Watch(Policy.standard(), Sizes.small(), 1);
        new Town(1).days(7).attempts().forEach(watch::take);
        return watch;
    }

    private static Attempt behindProxy(Town.Made made) {
        Attempt attempt = made.from(PROXY, 0, "JP").attempt();
        return new Attempt(attempt.approach().fromShared(), attempt.check());
    }

    private static Town.Made scan(int i) {
        return new Town.Made()
                .id("s-" + i)
                .stranger("name" + i + "@agency" + i % Town.AGENCIES + ".example")
                .at(LATER.plusSeconds(i * 3L))
                .tag("secret" + i)
                .rejected(Rejection.UNKNOWN_ACCOUNT);
    }

    @Test
    void aScanMakesASourceHostileAndASharedOneNot() {
        for (boolean shared : List.of(true, false)) {
            Watch watch = town();
            List<Finding> found = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Attempt attempt =
                        shared ? behindProxy(scan(i)) : scan(i).from(PROXY, 0, "JP").attempt();
                found.addAll(watch.take(attempt).findings());
            }
            assertEquals(shared, found.isEmpty(), found.toString());
            Attempt person =
                    shared
                            ? behindProxy(Town.honest(2, 1, false, LATER.plusSeconds(300)).id("p"))
                            : Town.honest(2, 1, false, LATER.plusSeconds(300))
                                    .id("p")
                                    .from(PROXY, 0, "JP")
                                    .attempt();
            assertEquals(
                    !shared,
                    watch.judge(person.approach(), Pending.NONE).stops(),
                    "shared " + shared);
        }
    }

    @Test
    void aBlockOfItsAddressDoesNotHoldForASharedOne() {
        Watch watch = town();
        watch.learn(new Act.Block(LATER, List.of(PROXY), LATER.plus(Duration.ofHours(4))));
        Town.Made made = Town.honest(2, 1, false, LATER).id("a");
        assertFalse(watch.judge(behindProxy(made).approach(), Pending.NONE).stops());
        assertEquals(
                List.of(Reason.SOURCE_BLOCKED),
                watch.judge(made.attempt().approach(), Pending.NONE).reasons());
    }

    @Test
    void guessesAtOneAccountAreBoundedAsFromAnAddressThatNobodyKnows() {
        assertEquals(checked(false), checked(true));
        Watch watch = town();
        List<Finding> found = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            found.addAll(watch.take(behindProxy(guess(i))).findings());
        }
        assertEquals(List.of(FindingKind.BRUTE_FORCE), found.stream().map(Finding::kind).toList());
        Town.Made owner = Town.honest(2, 1, true, LATER.plusSeconds(60)).id("owner");
        assertEquals(
                List.of(Reason.KNOWN_DEVICE),
                watch.judge(behindProxy(owner).approach(), Pending.NONE).reasons(),
                "the owner's own browser is let in all the same");
    }

    private static Town.Made guess(int i) {
        return Town.honest(2, 1, false, LATER.plusSeconds(i))
                .id("g-" + i)
                .tag("guess" + i)
                .rejected(Rejection.WRONG_PASSWORD);
    }

    /** How many of forty guesses at one account are checked. */
    private static int checked(boolean shared) {
        Watch watch = town();
        int checked = 0;
        for (int i = 0; i < 40; i++) {
            Attempt attempt =
                    shared
                            ? behindProxy(guess(i))
                            : guess(i).from("45.9.9.9", 16276, "JP").attempt();
            checked += watch.take(attempt).verdict().stops() ? 0 : 1;
        }
        assertTrue(checked < 20, "checked " + checked);
        return checked;
    }

    @Test
    void whoSignedInThroughItMakesNobodyElseFamiliar() {
        Watch watch = town();
        for (int i = 0; i < 5; i++) {
            watch.take(
                    behindProxy(
                            Town.honest(2, 1, true, LATER.plusSeconds(i)).id("h-" + i).accepted()));
        }
        Approach other =
                behindProxy(Town.honest(2, 1, false, LATER.plusSeconds(60)).id("o")).approach();
        assertTrue(watch.isNovel(other, Remembered.NOTHING));
        assertNotEquals(List.of(Reason.KNOWN_ADDRESS), watch.judge(other, Pending.NONE).reasons());
    }
}
