package dev.monban.core.watch;

import java.util.EnumSet;
import java.util.Set;

/**
 * What the watch holds for an attack, and which of its parts are at work.
 *
 * @param version names the policy in the log of verdicts
 * @param parts what is at work; for ablations, and to try a rule on history
 * @param guesses so many different wrong passwords at one account from places that it does not
 *     know, faded over half a day, are an attack; common passwords count twice
 * @param guessesWithin the same, from an address that the account knows
 * @param sprayed so many accounts at which one password was tried and wrong
 * @param strangers so many different identifiers tried in vain from one source
 * @param burst so many sources at which a kind of attempt failed within a window
 * @param odds an attempt is held for part of a campaign where that is so many times as likely
 * @param codes so many wrong codes or unanswered prompts in half an hour, from a place that the
 *     account does not know
 */
public record Policy(
        String version,
        Set<Part> parts,
        double guesses,
        double guessesWithin,
        int sprayed,
        int strangers,
        int burst,
        double odds,
        double codes) {

    /** Most attempts that a finding names as evidence. */
    public static final int EVIDENCE_KEPT = 1000;

    public Policy {
        parts = Set.copyOf(parts);
    }

    /** The parts of the watch. */
    public enum Part {
        /** Guesses at one account. */
        ACCOUNTS,
        /** One password at many accounts. */
        PASSWORDS,
        /** Many accounts from one source. */
        SOURCES,
        /** Kinds of attempts that come more often than honest people explain. */
        KINDS,
        /** Guessed codes and unanswered prompts. */
        CODES,
        /** The account's own history: another proof at a new place. */
        HISTORY,
        /** Sessions used elsewhere. */
        SESSIONS
    }

    /** What holds where nothing else is said. */
    public static Policy standard() {
        return new Policy("1", EnumSet.allOf(Part.class), 10, 12, 5, 6, 6, 100, 3);
    }

    /** The same without one part. */
    public Policy without(Part part) {
        EnumSet<Part> rest = EnumSet.copyOf(parts);
        rest.remove(part);
        return new Policy(
                version + "-" + part,
                rest,
                guesses,
                guessesWithin,
                sprayed,
                strangers,
                burst,
                odds,
                codes);
    }

    boolean has(Part part) {
        return parts.contains(part);
    }
}
