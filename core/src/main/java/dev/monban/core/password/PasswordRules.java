package dev.monban.core.password;

import java.text.Normalizer;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The rules for new passwords: length, and not what attackers try first. No rules of composition,
 * no end by the calendar (NIST SP 800-63B-4, section 3.1.1.2).
 */
public final class PasswordRules {

    /** Where the password is the only factor; the same section. */
    public static final int LEAST_ALONE = 15;

    /** Where a second factor is always asked for; the same section. */
    public static final int LEAST_WITH_FACTOR = 8;

    /** Nobody types more; as it is typed, and in its form NFKC. */
    public static final int MOST = 512;

    /** A hundred million guesses: what an account's guesser never gets. */
    private static final double LEAST_GUESSES_LOG10 = 8;

    /** Ten thousand million: what a stolen list of hashes takes weeks for. */
    private static final double GOOD_GUESSES_LOG10 = 10;

    /** What nobody tries. */
    private static final double BEST_GUESSES_LOG10 = 14;

    /** What is left of a password without the names in it must be as long as this. */
    private static final int LEAST_BESIDES_NAMES = 6;

    /** Shorter names stand in too many words. */
    private static final int LEAST_NAME = 3;

    private PasswordRules() {}

    /**
     * What is known about a password that somebody wants.
     *
     * @param names of the person, the organisation, the product; as they are written
     * @param same whether it is the one that it is to replace
     * @param common whether it stands on a list of common ones
     * @param breached whether it is known to have become public
     * @param guessesLog10 about how many guesses lead to it, as a power of ten
     * @param secondFactor whether a second factor is always asked for besides
     */
    public record Facts(
            String password,
            List<String> names,
            boolean same,
            boolean common,
            boolean breached,
            double guessesLog10,
            boolean secondFactor) {
        public Facts {
            names = List.copyOf(names);
        }

        @Override
        public String toString() {
            return "a wanted password";
        }
    }

    /** What stands against it; empty where it may be chosen. */
    public static Set<PasswordFault> check(Facts facts) {
        Set<PasswordFault> faults = EnumSet.noneOf(PasswordFault.class);
        String typed = facts.password();
        // NFKC makes eighteen letters of some: never of more than the longest password.
        String normal = normal(typed.substring(0, Math.min(typed.length(), MOST)));
        int characters = normal.codePointCount(0, normal.length());
        if (characters < least(facts.secondFactor())) {
            faults.add(PasswordFault.TOO_SHORT);
        }
        if (typed.length() > MOST || normal.length() > MOST) {
            faults.add(PasswordFault.TOO_LONG);
        }
        if (facts.same()) {
            faults.add(PasswordFault.SAME);
        }
        if (facts.common()) {
            faults.add(PasswordFault.COMMON);
        }
        if (facts.breached()) {
            faults.add(PasswordFault.BREACHED);
        }
        if (isLittleMoreThan(facts.names(), normal)) {
            faults.add(PasswordFault.NAMES);
        }
        if (faults.isEmpty() && facts.guessesLog10() < LEAST_GUESSES_LOG10) {
            faults.add(PasswordFault.EASY);
        }
        return faults;
    }

    /** The most that {@link #strength} gives. */
    public static final int STRONGEST = 3;

    /**
     * How strong a password is, for whoever is choosing one: 0 where something stands against it, 1
     * where it may be chosen, 3 where nobody will ever guess it.
     */
    public static int strength(Set<PasswordFault> faults, double guessesLog10) {
        if (!faults.isEmpty()) {
            return 0;
        }
        return guessesLog10 < GOOD_GUESSES_LOG10 ? 1 : guessesLog10 < BEST_GUESSES_LOG10 ? 2 : 3;
    }

    /** How many characters are asked for at least. */
    public static int least(boolean secondFactor) {
        return secondFactor ? LEAST_WITH_FACTOR : LEAST_ALONE;
    }

    private static boolean isLittleMoreThan(List<String> names, String normal) {
        String rest = normal;
        boolean named = false;
        for (String name : names) {
            String plain = normal(name);
            if (plain.length() >= LEAST_NAME && rest.contains(plain)) {
                rest = rest.replace(plain, "");
                named = true;
            }
        }
        return named && rest.codePointCount(0, rest.length()) < LEAST_BESIDES_NAMES;
    }

    private static String normal(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }
}
