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
        int zeros = 64 - Long.bitCount(bits);
        return zeros == 0 ? 300 : -64 * StrictMath.log(zeros / 64.0);
    }
}
