package dev.monban.acceptance;

/**
 * Whether a long test runs as a whole ({@code ./monban prove NAME}) or as a tenth of it ({@code
 * ./monban test}).
 */
final class Proof {

    private static final int PART = 10;

    private Proof() {}

    /** Whether the test runs as a whole. */
    static boolean whole() {
        return Boolean.getBoolean("monban.prove");
    }

    /**
     * The number as it is where the test runs as a whole, and a tenth of it, at least 1, otherwise.
     */
    static int of(int whole) {
        return whole() ? whole : Math.max(1, whole / PART);
    }
}
