package dev.monban.server.desk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.factor.Recovery;
import dev.monban.core.trouble.Cause;
import dev.monban.core.trouble.Fault;
import dev.monban.server.audit.LogUpkeep;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Texts;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Why somebody does not get in, of histories in which it is known. */
class WhyTest {

    /** How many attempts of others lie in the log besides; a measurement asks for millions. */
    private static final String ATTEMPTS = "monban.why.attempts";

    private static Database database;
    private static List<Histories.Told> hundred;
    private static Explainer explainer;

    @BeforeAll
    static void plant() {
        database = TestDatabase.fresh("why");
        for (int month = 0; month < 3; month++) {
            Instant at = Histories.NOW.minus(Duration.ofDays(30L * month));
            new LogUpkeep(database, () -> at).turn();
        }
        database.transact(c -> PlantedRows.fill(c, Integer.getInteger(ATTEMPTS, 0)));
        hundred = database.transaction(c -> new Histories(c, 7).hundred());
        explainer = new Explainer(database, Recovery.Waits.DEFAULT, () -> Histories.NOW);
    }

    private static Fault expected(Planted planted) {
        return switch (planted) {
            case MISTYPED_NAME -> Fault.NEARLY_A_NAME;
            case COLLEAGUES_BROWSER -> Fault.ANOTHER_NAME;
            case UNKNOWN_NAME -> Fault.NO_ACCOUNT;
            case DISABLED_YESTERDAY -> Fault.DISABLED;
            case NEVER_ACTIVATED -> Fault.NOT_ACTIVATED;
            case INVITED_STILL -> Fault.INVITATION_OPEN;
            case INVITED_TOO_LONG_AGO -> Fault.INVITATION_OVER;
            case PASSWORD_JUST_CHANGED, KNOWS_OLD_PASSWORD -> Fault.PASSWORD_CHANGED;
            case PASSWORD_EXPIRED_BY_OPERATOR -> Fault.PASSWORD_KNOWN;
            case CAPS -> Fault.CAPS_LOCK;
            case IME -> Fault.FULL_WIDTH;
            case PASTED_SPACE -> Fault.STRAY_SPACE;
            case NEW_KEYBOARD -> Fault.KEYBOARD_LAYOUT;
            case FIRST_LETTER -> Fault.NEARLY_RIGHT;
            case OTHERS_PASSWORD -> Fault.PASSWORD_OF_ANOTHER;
            case FORGOT, FORGOT_AND_ASKED_FOR_ANOTHER -> Fault.FORGOTTEN;
            case ONE_WRONG -> Fault.WRONG_PASSWORD;
            case GUESSED_AT_HOME -> Fault.GUESSED_HERE;
            case STRANGER_GUESSES_WHILE_AWAY -> Fault.GUESSED_BY_OTHERS;
            case BLOCKED_ADDRESS -> Fault.SOURCE_BLOCKED;
            case FULL_MAILBOX -> Fault.MAIL_BOUNCED;
            case CLOCK -> Fault.CLOCK_OFF;
            case NEW_TELEPHONE -> Fault.FACTOR_REPLACED;
            case LOST_TELEPHONE -> Fault.FACTOR_LOST;
            case TRUST_RAN_OUT -> Fault.TRUST_ENDED;
            case TOO_MANY_CODES -> Fault.CODES_SLOWED;
            case WAY_BACK_OPENED -> Fault.RECOVERY_WAITS;
            case PASSKEY_CANCELLED -> Fault.PASSKEY_BROKEN_OFF;
            case PASSKEY_COPIED -> Fault.PASSKEY_CLONED;
            case FEDERATION -> Fault.IDP_FAILED;
            case FIELDS_SWAPPED -> Fault.SWAPPED;
            case MADE_ANEW_THERE -> Fault.OTHER_IDENTITY;
            case NOT_FROM_HERE -> Fault.ADDRESS_NOT_ALLOWED;
            case POLICY -> Fault.LEVEL_WANTED;
            case CLIENT_GONE -> Fault.CLIENT_REMOVED;
            case CLIENT_SECRET_OLD -> Fault.CLIENT_REFUSED;
            case SIGNED_OUT_BY_ADMINISTRATOR -> Fault.SESSION_ENDED;
        };
    }

    @Test
    void namesWhatWasPlanted() {
        List<String> missed = new ArrayList<>();
        for (Histories.Told told : hundred) {
            Fault said =
                    explainer
                            .explain(told.identifier(), Explainer.Reader.OPERATOR)
                            .answer()
                            .cause()
                            .fault();
            if (said != expected(told.planted())) {
                missed.add(told.planted() + ": " + said);
            }
        }
        assertEquals(100, hundred.size());
        Set<Planted> kinds =
                hundred.stream().map(Histories.Told::planted).collect(Collectors.toSet());
        assertTrue(kinds.size() >= 20);
        assertEquals(List.of(), missed);
    }

    /** Printed for a measurement; the times are no part of a test. */
    @AfterAll
    static void measure() {
        int attempts = Integer.getInteger(ATTEMPTS, 0);
        if (attempts == 0) {
            database.close();
            return;
        }
        List<Long> times = new ArrayList<>();
        for (Histories.Told told : hundred) {
            long begun = System.nanoTime();
            Fault said =
                    explainer
                            .explain(told.identifier(), Explainer.Reader.OPERATOR)
                            .answer()
                            .cause()
                            .fault();
            times.add((System.nanoTime() - begun) / 1000);
            assertEquals(expected(told.planted()), said);
        }
        times.sort(null);
        System.out.printf(
                "why, of a hundred among %,d attempts: median %,.1f ms, worst %,.1f ms%n",
                attempts, times.get(50) / 1000.0, times.getLast() / 1000.0);
        database.close();
    }

    @Test
    void saysItInBothLanguages() {
        ZoneId zone = ZoneId.of("Asia/Tokyo");
        for (Histories.Told told : hundred) {
            Explainer.Explained explained =
                    explainer.explain(told.identifier(), Explainer.Reader.OPERATOR);
            for (Language language : Language.values()) {
                Explainer.InWords words = Explainer.inWords(explained, Texts.in(language), zone);
                String all = words.toString();
                assertFalse(all.contains("{0}") || all.contains("{1}"), all);
                assertFalse(words.first().isBlank());
            }
        }
    }

    @Test
    void everyCauseHasItsWords() {
        for (Language language : Language.values()) {
            Texts texts = Texts.in(language);
            for (Cause cause : Cause.values()) {
                for (String room : List.of("cause.", "desk.help.", "desk.advice.")) {
                    assertFalse(texts.get(room + cause.code()).isBlank());
                }
            }
        }
    }
}
