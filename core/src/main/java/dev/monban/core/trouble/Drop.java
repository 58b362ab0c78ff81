package dev.monban.core.trouble;

import java.util.List;

/**
 * Whether sign-ins that should come do not. What is expected is the middle of the same quarter of
 * an hour in earlier weeks; chance alone, as Poisson has it, is to explain less than one in a
 * million of what is told.
 */
public final class Drop {

    /** Fewer are too few to miss any. */
    static final double LEAST_EXPECTED = 20;

    /** Above this share of what is expected, it is a quiet day. */
    static final double QUIET = 0.4;

    /** One week alone may have been the odd one. */
    private static final int LEAST_WEEKS = 2;

    private static final double ONE_IN_A_MILLION = 1e-6;

    private Drop() {}

    /**
     * Whether they are missing.
     *
     * @param now how many came
     * @param earlier how many came in the same time of each earlier week that is on record
     */
    public static boolean isMissing(long now, List<Long> earlier) {
        double expected = expected(earlier);
        return earlier.size() >= LEAST_WEEKS
                && expected >= LEAST_EXPECTED
                && now < expected * QUIET
                && atMost(now, expected) < ONE_IN_A_MILLION;
    }

    /** How many should have come: the middle of the earlier weeks; 0 where there are none. */
    public static double expected(List<Long> earlier) {
        if (earlier.isEmpty()) {
            return 0;
        }
        List<Long> sorted = earlier.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2.0;
    }

    /** How likely it is that so few come, or fewer. */
    private static double atMost(long count, double expected) {
        double log = -expected;
        double sum = Math.exp(log);
        for (long k = 1; k <= count; k++) {
            log += Math.log(expected / k);
            sum += Math.exp(log);
        }
        return sum;
    }
}
