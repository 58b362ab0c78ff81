package dev.monban.core.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What administrators decide, in the fold. */
class ActTest {

    private static final Instant LATER = Town.MONDAY.plus(Duration.ofDays(7));
    private static final String SCANNER = "45.9.9.9";

    private static Watch town() {
        Watch watch = new Watch(Policy.standard(), Sizes.small(), 1);
        new Town(1).days(7).attempts().forEach(watch::take);
        return watch;
    }

    private static Attempt stranger(int i, Instant at) {
        return new Town.Made()
                .id("s-" + i)
                .stranger("name" + i + "@agency" + i % Town.AGENCIES + ".example")
                .at(at.plusSeconds(i * 3L))
                .from(SCANNER, 16276, "DE")
                .tag("secret" + i)
                .rejected(Rejection.UNKNOWN_ACCOUNT)
                .attempt();
    }

    /** Tries sixty names; gives how many attempts were stopped, and the campaigns found. */
    private record Scan(long stopped, List<Finding> found) {
        static Scan of(Watch watch, Instant at) {
            long stopped = 0;
            List<Finding> found = new java.util.ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Watch.Judged judged = watch.take(stranger(i, at));
                stopped += judged.verdict().stops() ? 1 : 0;
                found.addAll(judged.findings());
            }
            return new Scan(stopped, found);
        }
    }

    @Test
    void aBlockedSourcePassesOnlyWithAKnownDevice() {
        Watch watch = town();
        watch.learn(new Act.Block(LATER, List.of("126.1.2.10"), LATER.plus(Duration.ofHours(4))));
        Approach without = Town.honest(2, 1, false, LATER).id("a").attempt().approach();
        Approach with = Town.honest(2, 1, true, LATER).id("b").attempt().approach();
        Approach after =
                Town.honest(2, 1, false, LATER.plus(Duration.ofHours(5)))
                        .id("c")
                        .attempt()
                        .approach();
        assertEquals(
                new Verdict(Action.DENY, List.of(Reason.SOURCE_BLOCKED), 0),
                watch.judge(without, Pending.NONE));
        assertEquals(Action.ALLOW, watch.judge(with, Pending.NONE).action());
        assertEquals(Action.ALLOW, watch.judge(after, Pending.NONE).action());
    }

    @Test
    void aCampaignThatIsEndedStopsNobodyAnyMore() {
        Watch watch = town();
        Scan scan = Scan.of(watch, LATER);
        assertEquals(1, scan.found().size());
        assertTrue(scan.stopped() > 20);
        Instant end = LATER.plusSeconds(200);
        long campaign = scan.found().getFirst().campaign();
        assertTrue(watch.isAlive(campaign, end));
        watch.learn(new Act.End(end, campaign));
        assertFalse(watch.isAlive(campaign, end));
        assertFalse(watch.judge(stranger(1, end).approach(), Pending.NONE).stops());
        assertEquals(1, Scan.of(watch, end).found().size(), "and is found again if it goes on");
    }

    @Test
    void aSourceThatIsHeldHarmlessIsNoEvidence() {
        Watch watch = town();
        Scan scan = Scan.of(watch, LATER);
        Instant then = LATER.plusSeconds(200);
        watch.learn(
                new Act.Harmless(
                        then,
                        scan.found().getFirst().campaign(),
                        List.of(SCANNER),
                        List.of(),
                        then.plus(Duration.ofDays(30))));
        Scan again = Scan.of(watch, then.plusSeconds(1));
        assertEquals(new Scan(0, List.of()), again);
        Scan much = Scan.of(watch, then.plus(Duration.ofDays(31)));
        assertEquals(1, much.found().size(), "after that time it is a source as any other");
    }

    @Test
    void anAccountIsNotGuessedFromAHarmlessSourceEither() {
        Watch watch = town();
        watch.learn(
                new Act.Harmless(
                        LATER, 0, List.of(SCANNER), List.of(), LATER.plus(Duration.ofDays(30))));
        long stopped = 0;
        for (int i = 0; i < 100; i++) {
            Attempt guess =
                    new Town.Made()
                            .id("g-" + i)
                            .person(1, 1)
                            .at(LATER.plusSeconds(i))
                            .from(SCANNER, 16276, "DE")
                            .tag("guess" + i)
                            .rejected(Rejection.WRONG_PASSWORD)
                            .attempt();
            stopped += watch.take(guess).verdict().stops() ? 1 : 0;
        }
        assertTrue(stopped >= 98 - Policy.standard().guesses(), "stopped " + stopped);
    }

    /** On the road, where the account knows nothing, wrong codes are forgotten; guesses are not. */
    @Test
    void whoeverIsForgivenMayTypeACodeAnywhere() {
        Watch watch = town();
        int tried = 0;
        while (!watch.take(onTheRoad(Step.TOTP, tried, Rejection.WRONG_CODE)).verdict().stops()) {
            tried++;
            assertTrue(tried < 100);
        }
        int guessed = 0;
        while (!watch.take(onTheRoad(Step.PASSWORD, guessed, Rejection.WRONG_PASSWORD))
                .verdict()
                .stops()) {
            guessed++;
            assertTrue(guessed < 100);
        }
        watch.learn(new Act.Forgive(LATER, List.of("u-1-1"), List.of("126.1.2.10")));
        Approach code = onTheRoad(Step.TOTP, tried, Rejection.WRONG_CODE).approach();
        assertFalse(watch.judge(code, Pending.NONE).stops());
        Approach guess = onTheRoad(Step.PASSWORD, guessed, Rejection.WRONG_PASSWORD).approach();
        assertTrue(watch.judge(guess, Pending.NONE).stops());
    }

    private static Attempt onTheRoad(Step step, int i, Rejection why) {
        return new Town.Made()
                .id(step + "-" + i)
                .person(1, 1)
                .step(step)
                .at(LATER)
                .from(SCANNER, 16276, "DE")
                .tag(step == Step.PASSWORD ? "guess" + i : null)
                .rejected(why)
                .attempt();
    }

    @Test
    void whatWasDecidedOutlivesASnapshot() throws IOException {
        Watch watch = town();
        watch.learn(new Act.Block(LATER, List.of("126.1.2.10"), LATER.plus(Duration.ofHours(4))));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        watch.write(new DataOutputStream(bytes));
        Watch other = new Watch(Policy.standard(), Sizes.small(), 1);
        other.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        Approach without = Town.honest(2, 1, false, LATER).id("a").attempt().approach();
        assertTrue(other.judge(without, Pending.NONE).stops());
    }
}
