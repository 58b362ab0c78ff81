package dev.monban.core.trouble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is said beside the cause: what is well, what differs, what would happen now. */
class WhyTest {

    private static final Instant NOW = Instant.parse("2027-02-01T00:00:00Z");
    private static final String HOME = "203.0.113.1";
    private static final String AWAY = "192.0.2.9";

    private final List<Facts.Try> tries = new ArrayList<>();
    private final List<Facts.Change> changes = new ArrayList<>();
    private @Nullable Instant bouncedAt;
    private @Nullable Instant levelWantedFrom;
    private @Nullable Instant blockedUntil;

    private static Instant ago(long minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }

    private static Facts.Try at(
            long minutes,
            String address,
            @Nullable Rejection why,
            @Nullable NearMiss near,
            Action verdict,
            Reason reason) {
        boolean in = why == null && verdict == Action.ALLOW;
        return new Facts.Try(
                ago(minutes),
                Step.PASSWORD,
                why != null ? Outcome.REJECTED : in ? Outcome.ACCEPTED : Outcome.ABANDONED,
                why,
                near,
                null,
                verdict,
                Set.of(reason),
                in,
                address,
                "device at " + address,
                "Chrome",
                "crm");
    }

    private void wrong(long minutes, String address, @Nullable NearMiss near) {
        Reason reason = address.equals(HOME) ? Reason.KNOWN_DEVICE : Reason.NEW_PLACE;
        tries.add(at(minutes, address, Rejection.WRONG_PASSWORD, near, Action.ALLOW, reason));
    }

    private void stopped(long minutes, String address, Action verdict, Reason reason) {
        tries.add(at(minutes, address, null, null, verdict, reason));
    }

    private Why.Answer explain() {
        return Why.explain(
                new Facts(
                        NOW,
                        "sato@agency.example",
                        Optional.of(
                                new Facts.Owner(
                                        null,
                                        true,
                                        null,
                                        null,
                                        null,
                                        0,
                                        true,
                                        null,
                                        bouncedAt,
                                        levelWantedFrom,
                                        null,
                                        null)),
                        Optional.empty(),
                        Optional.empty(),
                        tries,
                        List.of(in()),
                        changes,
                        Optional.ofNullable(blockedUntil),
                        List.of()));
    }

    private static List<Fault> faults(Why.Answer answer) {
        return answer.first().stream().map(Why.Link::fault).toList();
    }

    @Test
    void aSlipKeepsNobodyOutForLong() {
        wrong(2, HOME, NearMiss.CAPS_LOCK);
        Why.Answer answer = explain();
        assertEquals(List.of(Fault.CAPS_LOCK), faults(answer));
        assertTrue(answer.wouldGetIn());
        assertEquals(Optional.of(ago(5_000)), answer.lastIn());
        assertEquals(List.of(), answer.differences());
        assertFalse(answer.ruledOut().contains(Fault.Topic.PASSWORD));
        assertEquals(Fault.Topic.values().length - 1, answer.ruledOut().size());
    }

    /** What is not the cause is said all the same: nothing is called well that is not. */
    @Test
    void whatStandsInTheWayBesidesIsNotCalledWell() {
        wrong(2, HOME, NearMiss.CAPS_LOCK);
        levelWantedFrom = ago(3_000);
        bouncedAt = ago(9_000);
        changes.add(new Facts.Change(ago(60), "client_removed", "", "crm", null));
        changes.add(
                new Facts.Change(ago(70), "session_ended", "ended_by_administrator", null, null));
        Why.Answer answer = explain();
        assertEquals(
                List.of(
                        Fault.CAPS_LOCK,
                        Fault.CLIENT_REMOVED,
                        Fault.LEVEL_WANTED,
                        Fault.MAIL_COMES_BACK),
                faults(answer));
        assertFalse(answer.wouldGetIn());
        for (Fault.Topic topic :
                List.of(
                        Fault.Topic.POLICY,
                        Fault.Topic.MAIL,
                        Fault.Topic.CLIENT,
                        Fault.Topic.SESSION)) {
            assertFalse(answer.ruledOut().contains(topic), topic.code());
        }
    }

    @Test
    void whatStrangersMeetKeepsNoOwnerOut() {
        blockedUntil = NOW.plusSeconds(600);
        stopped(1, AWAY, Action.DENY, Reason.SOURCE_BLOCKED);
        Why.Answer onlyStrangers = explain();
        assertEquals(List.of(Fault.SOURCE_BLOCKED), faults(onlyStrangers));
        assertTrue(onlyStrangers.wouldGetIn());
        assertEquals(
                List.of(Why.Difference.ADDRESS, Why.Difference.DEVICE),
                onlyStrangers.differences());
        wrong(2, HOME, NearMiss.STRAY_SPACE);
        assertEquals(HOME, Why.latest(tries, List.of(in())).orElseThrow().address());
        blockedUntil = null;
        assertEquals(List.of(Fault.STRAY_SPACE), faults(explain()));
    }

    private static Facts.Try in() {
        return at(5_000, HOME, null, null, Action.ALLOW, Reason.KNOWN_DEVICE);
    }

    @Test
    void aThrottleGoesByWithTime() {
        stopped(5, HOME, Action.THROTTLE, Reason.GUESSED_FROM_WITHIN);
        assertFalse(explain().wouldGetIn());
        tries.clear();
        stopped(1_500, HOME, Action.THROTTLE, Reason.GUESSED_FROM_WITHIN);
        Why.Answer later = explain();
        assertEquals(List.of(Fault.GUESSED_HERE), faults(later));
        assertTrue(later.wouldGetIn());
    }
}
