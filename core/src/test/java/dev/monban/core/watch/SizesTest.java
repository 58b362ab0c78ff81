package dev.monban.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How much is remembered follows the accounts. */
class SizesTest {

    private static final int ACCOUNTS = 200_000;
    private static final Duration MORNING = Duration.ofHours(3);

    /** More devices than the sizes for 131,072 accounts hold, all on one morning. */
    @Test
    void theDevicesOfTheFirstDayAreKnownTheNextMorning() {
        Watch watch = new Watch(Policy.standard(), Sizes.forAccounts(ACCOUNTS), 1);
        for (int person = 0; person < ACCOUNTS; person++) {
            assertTrue(watch.take(signIn(person, 0)).findings().isEmpty());
        }
        int known = 0;
        int asked = 0;
        for (int person = 0; person < ACCOUNTS; person += 100) {
            asked++;
            Verdict verdict = watch.judge(signIn(person, 1).approach(), Pending.NONE);
            known += verdict.reasons().getFirst() == Reason.KNOWN_DEVICE ? 1 : 0;
        }
        assertTrue(known >= asked * 0.998, known + " of " + asked + " are known");
    }

    @Test
    void theSizesFollowTheAccountsUpToTenMillion() {
        for (int accounts : new int[] {1, 2_000, 131_072, 1_000_000, Sizes.MAX_ACCOUNTS}) {
            Sizes sizes = Sizes.forAccounts(accounts);
            assertTrue(sizes.devices() >= accounts * 4L, sizes.toString());
            assertTrue(sizes.pairs() >= accounts * 16L, sizes.toString());
            assertTrue(sizes.bytes() < 7_000_000 + accounts * 420L, sizes + " " + sizes.bytes());
        }
        assertEquals(Sizes.forAccounts(Sizes.MAX_ACCOUNTS), Sizes.forAccounts(Integer.MAX_VALUE));
    }

    /** What memory has forgotten and the database knows is known, and teaches as if it were. */
    @Test
    void whatIsRememberedElsewhereIsKnownAndTeachesTheSame() {
        Approach known = signIn(7, 1).approach();
        Watch knows = new Watch(Policy.standard(), Sizes.small(), 1);
        assertTrue(knows.take(signIn(7, 0)).findings().isEmpty());
        Watch forgot = new Watch(Policy.standard(), Sizes.small(), 1);
        assertTrue(forgot.isNovel(known, Remembered.NOTHING));
        Remembered device = new Remembered(true, true, false);
        Verdict verdict = forgot.judge(known, Pending.NONE, device);
        assertEquals(knows.judge(known, Pending.NONE), verdict);
        assertTrue(!forgot.isNovel(known, device) && forgot.isFamiliar(known, device));
        // Learnt from the log, where only the verdict tells what was asked.
        assertTrue(forgot.learn(new Attempt(known, Check.accepted()), verdict).isEmpty());
        assertEquals(Reason.KNOWN_DEVICE, forgot.judge(known, Pending.NONE).reasons().getFirst());
        // A place that the database knows counts guesses from within, not at the account.
        Watch within = new Watch(Policy.standard(), Sizes.small(), 1);
        Approach other =
                new Town.Made().person(0, 7).at(known.at()).device(null).attempt().approach();
        Remembered place = new Remembered(true, false, true);
        for (int i = 0; i < 11; i++) {
            Verdict one = within.judge(other, Pending.NONE, place);
            assertEquals(Reason.KNOWN_ADDRESS, one.reasons().getFirst());
            within.learn(new Attempt(other, Check.rejected(Rejection.WRONG_PASSWORD)), one);
        }
        Approach stranger =
                new Town.Made()
                        .person(0, 7)
                        .at(known.at())
                        .from("77.1.1.9", 1, "RU")
                        .attempt()
                        .approach();
        assertTrue(!within.judge(stranger, Pending.NONE).stops());
    }

    /** The pairs of another account, device or place are others; their keys need no memory. */
    @Test
    void pairsTellAccountsDevicesAndPlacesApart() {
        Watch watch = new Watch(Policy.standard(), Sizes.small(), 1);
        Pairs one = watch.pairs(signIn(1, 0).approach());
        assertEquals(one, watch.pairs(signIn(1, 9).approach()));
        Pairs two = watch.pairs(signIn(2, 0).approach());
        assertTrue(one.device() != two.device() && one.address() != two.address());
        Pairs none = watch.pairs(new Town.Made().person(1, 1).device(null).attempt().approach());
        assertEquals(0, none.device());
        Watch keyed = new Watch(Policy.standard(), Sizes.small(), 2);
        assertTrue(keyed.pairs(signIn(1, 0).approach()).device() != one.device());
    }

    private static Attempt signIn(int person, int day) {
        Instant at =
                Town.MONDAY
                        .plus(Duration.ofDays(day))
                        .plusMillis(MORNING.toMillis() * person / ACCOUNTS);
        int source = person / 20;
        return new Town.Made()
                .id("a-" + day + "-" + person)
                .at(at)
                .person(person / 20, person % 20)
                .from(
                        (20 + (source >> 16))
                                + "."
                                + (source >> 8 & 255)
                                + "."
                                + (source & 255)
                                + ".7",
                        9,
                        "JP")
                .device("d-" + person)
                .accepted()
                .attempt();
    }
}
