package dev.monban.core.watch;

import java.util.List;

/**
 * What is known about an attempt from elsewhere than the watch's own memory: the pairs that it has
 * forgotten for want of room are asked of the database before it judges.
 *
 * @param account whether the account has signed in before
 * @param device whether the account has signed in with the device before
 * @param address whether the account has signed in from the neighbourhood before
 */
public record Remembered(boolean account, boolean device, boolean address) {

    /** Memory alone judges. */
    public static final Remembered NOTHING = new Remembered(false, false, false);

    /**
     * What an attempt was known by is written in its verdict: so the same log teaches the same,
     * whatever was asked of the database while it was judged.
     */
    static Remembered of(Approach a, Verdict verdict) {
        return of(a, verdict.reasons());
    }

    /** The same, by the reasons of the verdict; a later release may have given others. */
    public static Remembered of(Approach a, List<Reason> reasons) {
        if (a.step() == Step.SESSION || reasons.isEmpty()) {
            return NOTHING;
        }
        Reason first = reasons.getFirst();
        return new Remembered(
                false,
                first == Reason.KNOWN_DEVICE,
                first == Reason.KNOWN_ADDRESS || first == Reason.GUESSED_FROM_WITHIN);
    }
}
