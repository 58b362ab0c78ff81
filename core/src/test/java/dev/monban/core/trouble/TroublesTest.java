package dev.monban.core.trouble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.core.watch.StepUp;
import dev.monban.core.watch.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TroublesTest {

    private static final Instant NINE = Instant.parse("2026-12-01T00:00:00Z");
    private static final Verdict ALLOW = new Verdict(Action.ALLOW, List.of(Reason.KNOWN_DEVICE), 0);
    private static final Verdict DENY =
            new Verdict(Action.DENY, List.of(Reason.ACCOUNT_GUESSED), 0);
    private static final Verdict STEP_UP =
            new Verdict(Action.STEP_UP, List.of(Reason.NEW_PLACE), 0);

    private int number;

    private Approach approach(int second, Step step, String person, @Nullable String tag) {
        boolean nobody = person.startsWith("?");
        boolean program = person.startsWith("bot");
        return new Approach(
                "a" + number++,
                NINE.plusSeconds(second),
                "yamada",
                person,
                nobody ? null : person,
                "203.0.113.7",
                0,
                null,
                program ? "okhttp" : "Firefox",
                program ? null : "d-" + person,
                null,
                step,
                tag,
                false,
                null);
    }

    /**
     * Attempts in words: {@code second what}, where what is {@code w1} for a wrong password with
     * tag 1, {@code w1caps} for one that missed by caps lock, {@code ok}, {@code code}, {@code
     * drift3}, {@code none}, {@code codeok}, {@code passkey}, {@code reset}, {@code bounced},
     * {@code expired}, {@code disabled}, {@code idp}, {@code there}.
     */
    private Attempt attempt(String words, String person) {
        int space = words.indexOf(' ');
        int second = Integer.parseInt(words.substring(0, space));
        String what = words.substring(space + 1);
        if (what.startsWith("w")) {
            boolean nobody = person.startsWith("?");
            NearMiss near =
                    switch (what.substring(2)) {
                        case "caps" -> NearMiss.CAPS_LOCK;
                        case "old" -> NearMiss.OLD_PASSWORD;
                        case "typo" -> NearMiss.TYPO;
                        default -> null;
                    };
            return new Attempt(
                    approach(second, Step.PASSWORD, person, what.substring(1, 2)),
                    new Check(
                            Outcome.REJECTED,
                            nobody ? Rejection.UNKNOWN_ACCOUNT : Rejection.WRONG_PASSWORD,
                            near,
                            null,
                            null));
        }
        if (what.startsWith("drift")) {
            return new Attempt(
                    approach(second, Step.TOTP, person, null),
                    new Check(
                            Outcome.REJECTED,
                            Rejection.WRONG_CODE,
                            null,
                            Integer.valueOf(what.substring(5)),
                            null));
        }
        return switch (what) {
            case "ok" ->
                    new Attempt(approach(second, Step.PASSWORD, person, "9"), Check.accepted());
            case "asked" ->
                    new Attempt(
                            approach(second, Step.PASSWORD, person, "9"),
                            new Check(Outcome.ACCEPTED, null, null, null, StepUp.FAILED));
            case "there" ->
                    new Attempt(approach(second, Step.FEDERATED, person, null), Check.accepted());
            case "codeok" ->
                    new Attempt(approach(second, Step.TOTP, person, null), Check.accepted());
            case "reset" ->
                    new Attempt(
                            approach(second, Step.RESET_REQUEST, person, null), Check.accepted());
            default -> rejected(second, what, person);
        };
    }

    private Attempt rejected(int second, String what, String person) {
        Rejection why =
                switch (what) {
                    case "code" -> Rejection.WRONG_CODE;
                    case "none" -> Rejection.NO_ANSWER;
                    case "passkey" -> Rejection.PASSKEY_CANCELLED;
                    case "bounced" -> Rejection.MAIL_BOUNCED;
                    case "expired" -> Rejection.PASSWORD_EXPIRED;
                    case "disabled" -> Rejection.ACCOUNT_DISABLED;
                    case "idp" -> Rejection.IDP_ERROR;
                    default -> throw new IllegalArgumentException(what);
                };
        Step step =
                switch (why) {
                    case WRONG_CODE, NO_ANSWER -> Step.TOTP;
                    case PASSKEY_CANCELLED -> Step.PASSKEY;
                    case MAIL_BOUNCED -> Step.RESET_REQUEST;
                    case IDP_ERROR -> Step.FEDERATED;
                    default -> Step.PASSWORD;
                };
        return new Attempt(approach(second, step, person, null), Check.rejected(why));
    }

    private static String say(List<Trouble> found) {
        List<String> words = new ArrayList<>();
        for (Trouble trouble : found) {
            long after = trouble.at().getEpochSecond() - NINE.getEpochSecond();
            words.add(
                    switch (trouble) {
                        case Trouble.Stuck stuck ->
                                stuck.cause().name().toLowerCase(Locale.ROOT) + "@" + after;
                        case Trouble.Automation program ->
                                "program of " + program.failures() + "@" + after;
                        case Trouble.Outage outage -> "outage of " + outage.people() + "@" + after;
                    });
        }
        return String.join(", ", words);
    }

    /** Silence after all, and what was found. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
"""
0 w1                                             | person | ''
0 w1, 5 w2                                       | person | other_password@95
0 w1, 5 w2, 20 ok                                | person | ''
0 w1, 5 w2, 80 w3                                | person | forgotten@170
0 w1caps, 5 w2                                   | person | caps_lock@95
0 w1old, 5 w1old, 9 w2                           | person | old_password@99
0 w1typo, 5 w2typo, 9 w3                         | person | typo@99
0 w1, 5 w2, 9 w3, 30 reset                       | person | forgotten@510
0 w1, 5 w2, 9 w3, 30 reset, 400 ok               | person | ''
0 w1, 5 w2, 9 w3, 30 bounced                     | person | mail_not_delivered@30
0 expired, 5 expired                             | person | password_expired@5
0 disabled, 5 disabled, 9 disabled               | person | account_disabled@5
0 ok, 9 drift7, 40 drift7                        | person | totp_drift@40
0 ok, 9 drift7, 40 drift-3, 50 codeok            | person | ''
0 ok, 9 none, 40 ok, 60 none                     | person | lost_phone@60
0 ok, 9 code, 40 code, 60 codeok                 | person | ''
0 passkey, 5 passkey, 9 passkey                  | person | passkey_trouble@99
0 passkey, 5 passkey, 9 ok                       | person | ''
0 w1, 5 w1                                       | ?nobody | wrong_account@95
0 w1old, 300 w1old, 600 w1old, 900 w1old         | bot    | program of 3@600
0 w1old, 300 w1old                               | bot    | old_password@2700
0 w1, 5 w2, 5000 w1, 5005 w2                     | person | other_password@95
0 w1, 5 w2, 9000 w1, 9005 w2                     | person | other_password@95, other_password@9095
0 w1, 4000 w2                                    | person | ''
""")
    void saysWhoIsStuckWhenAndWhy(String attempts, String person, String found) {
        assertEquals(found, say(run(attempts, person, ALLOW, true)));
    }

    private List<Trouble> run(String attempts, String person, Verdict verdict, boolean familiar) {
        Troubles troubles = new Troubles(100);
        List<Trouble> found = new ArrayList<>();
        for (String words : attempts.split(", ", -1)) {
            found.addAll(troubles.learn(attempt(words, person), verdict, familiar));
        }
        found.addAll(troubles.due(NINE.plusSeconds(1_000_000)));
        return found;
    }

    @Test
    void nobodyBecomesACaseByAttacking() {
        String guesses = "0 w1, 1 w2, 2 w3, 3 w4, 4 w5, 5 reset, 6 bounced";
        assertEquals("", say(run(guesses, "person", ALLOW, false)));
        assertEquals("", say(run(guesses, "person", DENY, true)));
    }

    /** A right password that was asked for more has not come in; one that nobody asked has. */
    @Test
    void aProofThatDidNotComeIsNoSuccess() {
        assertEquals(
                "other_password@95", say(run("0 w1, 5 w2, 20 asked", "person", STEP_UP, true)));
        assertEquals("", say(run("0 w1, 5 w2, 20 asked", "person", ALLOW, true)));
    }

    @Test
    void anOrganisationThatIsTurnedAwayIsToldOnce() {
        Troubles troubles = new Troubles(100);
        List<Trouble> found = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            found.addAll(troubles.learn(attempt(60 * i + " idp", "p" + i % 5), ALLOW, true));
        }
        found.addAll(troubles.learn(attempt("90000 idp", "p1"), ALLOW, true));
        found.addAll(troubles.learn(attempt("90060 idp", "p2"), ALLOW, true));
        assertEquals("outage of 2@60, outage of 2@90060", say(found));
        // Where a colleague comes through, one person alone is none; two are.
        Troubles others = new Troubles(100);
        List<Trouble> none = new ArrayList<>();
        for (String words : List.of("0 idp", "60 idp", "120 idp")) {
            none.addAll(others.learn(attempt(words, "p1"), ALLOW, true));
            String after = Integer.parseInt(words.split(" ", 2)[0]) + 30 + " there";
            none.addAll(others.learn(attempt(after, "p2"), ALLOW, true));
        }
        assertEquals("", say(none));
        assertEquals("outage of 2@180", say(others.learn(attempt("180 idp", "p3"), ALLOW, true)));
        // From places that nobody knows, it may be anybody's doing.
        assertEquals("", say(run("0 idp, 5 idp, 9 idp", "person", ALLOW, false)));
    }

    @Test
    void whoCannotWaitForTheirOrganisationIsToldOfBesides() {
        Troubles troubles = new Troubles(100, true);
        List<Trouble> found = new ArrayList<>();
        for (String words : List.of("0 idp", "10 idp", "20 idp")) {
            found.addAll(troubles.learn(attempt(words, "p1"), ALLOW, true));
        }
        // Most of it was something else.
        for (String words : List.of("40 idp", "45 w1", "50 w2", "55 w3")) {
            found.addAll(troubles.learn(attempt(words, "p3"), ALLOW, true));
        }
        found.addAll(troubles.due(NINE.plusSeconds(600)));
        assertEquals("outage of 1@10, idp_failed@10, forgotten@145", say(found));
    }

    /** Whatever comes: the same twice, in the order of time, each person once, and bounded. */
    @Test
    void isDeterministicAndBounded() {
        long seed = System.nanoTime();
        assertEquals(random(seed), random(seed), "seed " + seed);
    }

    private String random(long seed) {
        number = 0;
        Random random = new Random(seed);
        String[] what = {
            "w1",
            "w2",
            "w3old",
            "w4caps",
            "ok",
            "code",
            "none",
            "drift4",
            "codeok",
            "passkey",
            "reset",
            "bounced",
            "expired",
            "disabled",
            "idp",
            "asked"
        };
        Troubles troubles = new Troubles(50);
        List<Trouble> found = new ArrayList<>();
        int second = 0;
        for (int i = 0; i < 20_000; i++) {
            second += random.nextInt(20);
            String person = (random.nextInt(8) == 0 ? "?" : "") + "p" + random.nextInt(200);
            found.addAll(
                    troubles.learn(
                            attempt(second + " " + what[random.nextInt(what.length)], person),
                            random.nextInt(9) == 0 ? DENY : ALLOW,
                            random.nextInt(4) != 0));
        }
        assertFalse(found.isEmpty());
        for (int i = 1; i < found.size(); i++) {
            assertTrue(
                    !found.get(i).at().isBefore(found.get(i - 1).at()),
                    "seed " + seed + " at " + i);
        }
        return say(found);
    }
}
