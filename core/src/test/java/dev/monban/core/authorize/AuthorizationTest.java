package dev.monban.core.authorize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.authorize.NextStep.Refusal;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.LevelNeed;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorizationTest {

    private static final Instant NINE = Instant.parse("2026-11-24T00:00:00Z");

    /**
     * {@code signedIn}: minutes before the request at which the person signed in, negative for
     * after it, empty for nobody. {@code maxAge} in minutes.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
"""
# case                                     | prompt         | signedIn | maxAge | subject | client  | done    | next
nobody is signed in                        | -              | -        | -      | -       | own     | -       | sign in: NOT_SIGNED_IN
nobody is signed in, and no page may show  | none           | -        | -      | -       | own     | -       | refuse: login_required
none stands alone                          | none login     | 5        | -      | -       | own     | -       | refuse: invalid_request
a session is enough                        | -              | 5        | -      | -       | own     | -       | grant
a session is enough without a page         | none           | 5        | -      | -       | own     | -       | grant
the client wants a fresh sign-in           | login          | 5        | -      | -       | own     | -       | sign in: CLIENT_ASKS_AGAIN
the fresh sign-in was made                 | login          | -1       | -      | -       | own     | -       | grant
signed in too long ago                     | -              | 90       | 60     | -       | own     | -       | sign in: TOO_LONG_AGO
signed in too long ago, no page may show   | none           | 90       | 60     | -       | own     | -       | refuse: login_required
signed in recently enough                  | -              | 59       | 60     | -       | own     | -       | grant
max_age=0 asks once                        | -              | 1        | 0      | -       | own     | -       | sign in: TOO_LONG_AGO
max_age=0 does not ask for ever            | -              | -1       | 0      | -       | own     | -       | grant
the hint names somebody else               | -              | 5        | -      | other   | own     | -       | sign in: OTHER_ACCOUNT_ASKED
the hint names somebody else, silently     | none           | 5        | -      | other   | own     | -       | refuse: login_required
somebody else answered the hint            | -              | -1       | -      | other   | own     | -       | refuse: login_required
the hint names this person                 | none           | 5        | -      | me      | own     | -       | grant
choose an account                          | select_account | 5        | -      | -       | own     | -       | choose account
the account was chosen                     | select_account | 5        | -      | -       | own     | chosen  | grant
signing in chooses the account             | select_account | -1       | -      | -       | own     | -       | grant
a foreign client needs consent             | -              | 5        | -      | -       | foreign | -       | ask consent
a foreign client needs consent, silently   | none           | 5        | -      | -       | foreign | -       | refuse: consent_required
consent was given for this request         | -              | 5        | -      | -       | foreign | agreed  | grant
consent was given earlier                  | none           | 5        | -      | -       | known   | -       | grant
consent is asked again                     | consent        | 5        | -      | -       | known   | -       | ask consent
consent again, even for an own client      | consent        | 5        | -      | -       | own     | -       | ask consent
first sign in, then consent                | login consent  | 5        | -      | -       | foreign | -       | sign in: CLIENT_ASKS_AGAIN
""")
    void needsNext(
            String name,
            String prompt,
            Integer signedIn,
            Integer maxAge,
            String subject,
            String client,
            String done,
            String next) {
        Set<Prompt> prompts =
                prompt == null
                        ? Set.of()
                        : Stream.of(prompt.split(" "))
                                .map(p -> Prompt.valueOf(p.toUpperCase(Locale.ROOT)))
                                .collect(Collectors.toSet());
        Set<String> scopes = Set.of("openid", "email");
        var ask =
                new Ask(
                        NINE,
                        prompts,
                        maxAge == null ? null : Duration.ofMinutes(maxAge),
                        subject,
                        Set.of(),
                        scopes,
                        !client.equals("own"),
                        "chosen".equals(done),
                        "agreed".equals(done),
                        false);
        var person =
                signedIn == null
                        ? null
                        : new SignedIn(
                                "me",
                                NINE.minus(Duration.ofMinutes(signedIn)),
                                AssuranceLevel.AAL1,
                                AssuranceLevel.AAL1,
                                new LevelNeed.Met(),
                                client.equals("known") ? scopes : Set.of("openid"));
        Instant now = NINE.plus(Duration.ofMillis(1));
        assertEquals(next, say(Authorization.next(ask, person, now)));
    }

    @Test
    void asksForAStrongerProofOnlyWhereOneCanBeGiven() {
        var ask =
                new Ask(
                        NINE,
                        Set.of(),
                        null,
                        null,
                        Set.of(AssuranceLevel.AAL2),
                        Set.of("openid"),
                        false,
                        false,
                        false,
                        false);
        assertEquals(
                "refuse: unmet_authentication_requirements",
                say(Authorization.next(ask, person(AssuranceLevel.AAL1), NINE)));
        assertEquals(
                "sign in: STRONGER_PROOF_ASKED",
                say(Authorization.next(ask, person(AssuranceLevel.AAL2), NINE)));
    }

    private static SignedIn person(AssuranceLevel reachable) {
        return new SignedIn(
                "me", NINE, AssuranceLevel.AAL1, reachable, new LevelNeed.Met(), Set.of());
    }

    /** {@code signedIn}: seconds before the request, negative for after it. */
    @ParameterizedTest(name = "{0}, {1}, {2} s before, told {3}: {4}")
    @CsvSource(
            delimiter = '|',
            textBlock =
"""
MET       |      | 5  | false | grant
STEP_UP   |      | 5  | false | sign in: ORGANISATION_ASKS
STEP_UP   | none | 5  | false | refuse: login_required
ENROL     |      | 5  | false | enrol AAL2
ENROL     |      | -5 | true  | enrol AAL2
ENROL     | none | 5  | false | refuse: interaction_required
ANNOUNCED |      | -5 | false | announce AAL2
ANNOUNCED |      | -5 | true  | grant
ANNOUNCED |      | 5  | false | grant
ANNOUNCED | none | -5 | false | grant
""")
    void anOrganisationsWishComesBeforeTheClients(
            String need, String prompt, long signedIn, boolean told, String next) {
        var ask =
                new Ask(
                        NINE,
                        prompt == null ? Set.of() : Set.of(Prompt.NONE),
                        null,
                        null,
                        Set.of(),
                        Set.of("openid"),
                        true,
                        false,
                        true,
                        told);
        LevelNeed wanted =
                switch (need) {
                    case "STEP_UP" -> new LevelNeed.StepUp(AssuranceLevel.AAL2);
                    case "ENROL" -> new LevelNeed.Enrol(AssuranceLevel.AAL2);
                    case "ANNOUNCED" -> new LevelNeed.Announced(AssuranceLevel.AAL2, NINE);
                    default -> new LevelNeed.Met();
                };
        var person =
                new SignedIn(
                        "me",
                        NINE.minusSeconds(signedIn),
                        AssuranceLevel.AAL1,
                        AssuranceLevel.AAL1,
                        wanted,
                        Set.of("openid"));
        assertEquals(next, say(Authorization.next(ask, person, NINE)));
    }

    /** Over random requests: a silent request never shows a page, and nobody passes unseen. */
    @Test
    void neverShowsAPageToASilentRequest() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Set<Prompt> prompts = EnumSet.noneOf(Prompt.class);
            for (Prompt prompt : Prompt.values()) {
                if (random.nextBoolean()) {
                    prompts.add(prompt);
                }
            }
            var ask =
                    new Ask(
                            NINE,
                            prompts,
                            random.nextBoolean() ? Duration.ofSeconds(random.nextInt(100)) : null,
                            random.nextBoolean() ? "me" : null,
                            random.nextBoolean() ? Set.of(AssuranceLevel.AAL2) : Set.of(),
                            Set.of("openid"),
                            random.nextBoolean(),
                            random.nextBoolean(),
                            random.nextBoolean(),
                            random.nextBoolean());
            LevelNeed need =
                    List.of(
                                    new LevelNeed.Met(),
                                    new LevelNeed.StepUp(AssuranceLevel.AAL2),
                                    new LevelNeed.Enrol(AssuranceLevel.AAL2),
                                    new LevelNeed.Announced(AssuranceLevel.AAL2, NINE))
                            .get(random.nextInt(4));
            var person =
                    random.nextBoolean()
                            ? new SignedIn(
                                    random.nextBoolean() ? "me" : "other",
                                    NINE.minusSeconds(random.nextInt(200) - 100),
                                    AssuranceLevel.AAL1,
                                    AssuranceLevel.AAL2,
                                    need,
                                    random.nextBoolean() ? Set.of("openid") : Set.of())
                            : null;
            NextStep next = Authorization.next(ask, person, NINE);
            String where = "seed " + seed + " at " + i + ": " + ask + " " + person;
            if (prompts.contains(Prompt.NONE)) {
                assertTrue(
                        next instanceof NextStep.Grant || next instanceof NextStep.Refuse, where);
            }
            if (next instanceof NextStep.Grant) {
                assertTrue(person != null && person.need().letsIn(), where);
                assertTrue(ask.subject() == null || ask.subject().equals(person.subject()), where);
            }
        }
    }

    private static String say(NextStep next) {
        return switch (next) {
            case NextStep.SignIn(var why) -> "sign in: " + why;
            case NextStep.ChooseAccount() -> "choose account";
            case NextStep.Enrol(var level) -> "enrol " + level;
            case NextStep.Announce(var level, var from) -> "announce " + level;
            case NextStep.AskConsent() -> "ask consent";
            case NextStep.Grant() -> "grant";
            case NextStep.Refuse(Refusal refusal) -> "refuse: " + refusal.code();
        };
    }
}
