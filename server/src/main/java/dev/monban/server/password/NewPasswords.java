package dev.monban.server.password;

import com.nulabinc.zxcvbn.Zxcvbn;
import dev.monban.core.password.PasswordFault;
import dev.monban.core.password.PasswordRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Gathers what is known about a wanted password, and has the rules decide. */
public final class NewPasswords {

    private static final String PRODUCT = "monban";

    /** Measuring takes longer than linear time; what comes after only makes it stronger. */
    private static final int MEASURED = 64;

    private final Passwords passwords;
    private final CommonPasswords common;
    private final Optional<BreachedPasswords> breached;

    public NewPasswords(
            Passwords passwords, CommonPasswords common, Optional<BreachedPasswords> breached) {
        this.passwords = passwords;
        this.common = common;
        this.breached = breached;
    }

    /** What stands against it, and what to store where nothing does. */
    public record Wanted(Set<PasswordFault> faults, Optional<String> hash) {
        public Wanted {
            faults = Set.copyOf(faults);
        }

        @Override
        public String toString() {
            return "wanted: " + faults;
        }
    }

    /**
     * Looks at a wanted password.
     *
     * @param names of the person and the organisation
     * @param old the stored hash that it is to replace
     * @param secondFactor whether a second factor is always asked for besides
     */
    public Wanted check(
            String password, List<String> names, Optional<String> old, boolean secondFactor) {
        List<String> all = new ArrayList<>(names);
        all.add(PRODUCT);
        boolean tooLong = password.length() > PasswordRules.MOST;
        boolean same = !tooLong && old.isPresent() && passwords.check(password, old.get()).right();
        PasswordRules.Facts facts =
                new PasswordRules.Facts(
                        password,
                        all,
                        same,
                        common.contains(password),
                        false,
                        // Its word lists take 20 MB: read when needed, which is seldom.
                        new Zxcvbn().measure(start(password), all).getGuessesLog10(),
                        secondFactor);
        Set<PasswordFault> faults = PasswordRules.check(facts);
        if (faults.isEmpty() && breached.isPresent() && breached.get().contains(password)) {
            faults = Set.of(PasswordFault.BREACHED);
        }
        return new Wanted(
                faults,
                faults.isEmpty() ? Optional.of(passwords.hash(password)) : Optional.empty());
    }

    private static String start(String password) {
        int end =
                password.offsetByCodePoints(
                        0, Math.min(MEASURED, password.codePointCount(0, password.length())));
        return password.substring(0, end);
    }
}
