package dev.monban.core.watch;

/** Numbers that fade: a half of it is left after each half-life. */
final class Decay {

    private Decay() {}

    /**
     * What is left.
     *
     * @param then and {@code now} in the fold's seconds
     * @param halfLife in seconds
     */
    static double left(double value, int then, int now, int halfLife) {
        if (value == 0 || now <= then) {
            return value;
        }
        // StrictMath, so that every machine comes to the same verdicts.
        return value * StrictMath.exp(-0.6931471805599453 * (now - then) / halfLife);
    }

    /** About how many different things set the bits of a map of 64 (linear counting). */
    static double distinct(long bits) {
        return distinct(Long.bitCount(bits), 64);
    }

    /** The same, of a map of so many bits of which so many are set. */
    static double distinct(int set, int bits) {
        int zeros = Math.max(1, bits - set);
        return -bits * StrictMath.log((double) zeros / bits);
    }
}
