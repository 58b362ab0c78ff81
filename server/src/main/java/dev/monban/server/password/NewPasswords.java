package dev.monban.server.password;

import com.nulabinc.zxcvbn.Zxcvbn;
import dev.monban.core.password.PasswordFault;
import dev.monban.core.password.PasswordRules;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** Gathers what is known about a wanted password, and has the rules decide. */
public final class NewPasswords {

    private static final String PRODUCT = "monban";

    /** Measuring takes longer than linear time; what comes after only makes it stronger. */
    private static final int MEASURED = 64;

    /** Signs that stand for letters: each of them in a password doubles what is to be tried. */
    private static final String EXCHANGED = "4@8({[<369&#!1/|0$5+7%2";

    private static final int MOST_EXCHANGED = 8;

    private static final int MEASURED_WHERE_EXCHANGED = 16;

    private final Passwords passwords;
    private final CommonPasswords common;
    private final Optional<BreachedPasswords> breached;

    private final Semaphore measuring = new Semaphore(1);

    /** Its word lists take 20 MB: read when needed, and given back when memory is short. */
    private volatile SoftReference<Zxcvbn> meter = new SoftReference<>(null);

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
     * Looks at a wanted password, but does not ask whether it is breached: this computes, and waits
     * for nobody, so that it may run on a hash thread.
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
                        guessesLog10(password, all),
                        secondFactor);
        Set<PasswordFault> faults = PasswordRules.check(facts);
        return new Wanted(
                faults,
                faults.isEmpty() ? Optional.of(passwords.hash(password)) : Optional.empty());
    }

    /**
     * The same, once it was asked whether the password has become public. Waits for another host,
     * and so runs on no thread that others wait for; one that is refused already is not asked
     * about.
     */
    public Wanted unlessBreached(Wanted wanted, String password) {
        return wanted.faults().isEmpty()
                        && breached.isPresent()
                        && breached.get().contains(password)
                ? new Wanted(Set.of(PasswordFault.BREACHED), Optional.empty())
                : wanted;
    }

    /**
     * How strong a password is while it is being typed.
     *
     * @param level from 0 to {@link PasswordRules#STRONGEST}
     */
    public record Strength(int level, Set<PasswordFault> faults) {
        public Strength {
            faults = Set.copyOf(faults);
        }
    }

    /**
     * Says so; whose it is to be is not known, and so names are not looked for. One at a time is
     * measured: it is a help, and must not take the time of those who sign in.
     *
     * @return empty where another is being measured
     */
    public Optional<Strength> strength(String password) {
        if (!measuring.tryAcquire()) {
            return Optional.empty();
        }
        try {
            return Optional.of(measured(password));
        } finally {
            measuring.release();
        }
    }

    private Strength measured(String password) {
        List<String> names = List.of(PRODUCT);
        double guesses = guessesLog10(password, names);
        Set<PasswordFault> faults =
                PasswordRules.check(
                        new PasswordRules.Facts(
                                password,
                                names,
                                false,
                                common.contains(password),
                                false,
                                guesses,
                                false));
        return new Strength(PasswordRules.strength(faults, guesses), faults);
    }

    private double guessesLog10(String password, List<String> names) {
        Zxcvbn meter = this.meter.get();
        if (meter == null) {
            meter = new Zxcvbn();
            this.meter = new SoftReference<>(meter);
        }
        return meter.measure(start(password), names).getGuessesLog10();
    }

    private static String start(String password) {
        long exchanged =
                password.codePoints().filter(c -> EXCHANGED.indexOf(c) >= 0).distinct().count();
        int most = exchanged > MOST_EXCHANGED ? MEASURED_WHERE_EXCHANGED : MEASURED;
        int end =
                password.offsetByCodePoints(
                        0, Math.min(most, password.codePointCount(0, password.length())));
        return password.substring(0, end);
    }
}
