package dev.monban.core.watch;

/**
 * How much the watch remembers, each a power of two. What does not fit is forgotten, the oldest
 * first.
 *
 * @param devices pairs of account and device, 8 bytes each
 * @param pairs other pairs: account and address, network, country, browser; 8 bytes each
 * @param accounts accounts at which somebody guesses, 36 bytes each
 * @param sources sources that failed or succeeded lately, 84 bytes each
 * @param tags passwords that were wrong lately, 84 bytes each
 * @param sessions sessions in use, 37 bytes each
 * @param agents browsers that are told apart, 4 KiB each
 * @param recent attempts kept as evidence, about 600 bytes each
 */
public record Sizes(
        int devices,
        int pairs,
        int accounts,
        int sources,
        int tags,
        int sessions,
        int agents,
        int recent) {

    /** The sizes follow the accounts up to so many. */
    public static final int MAX_ACCOUNTS = 10_000_000;

    private static final int MIN_SIZE = 1 << 10;

    /**
     * Each account's device takes three of the pairs. Where there are more accounts than this, they
     * get twice the room, so that hardly a set of eight overflows.
     */
    private static final int MANY = 1 << 17;

    private static final int LEAST_FOREIGN = 1 << 14;

    /** Sessions that are told apart at once, and sources: both come and go within hours. */
    private static final int MAX_SESSIONS = 1 << 21;

    private static final int MAX_SOURCES = 1 << 19;

    /** Who guesses at so many accounts at once is a campaign, whatever is forgotten of it. */
    private static final int MAX_GUESSED = 1 << 18;

    private static final int BYTES_OF_A_PAIR = 8;
    private static final int BYTES_OF_AN_ACCOUNT = 36;
    private static final int BYTES_OF_A_CROWD = 84;
    private static final int BYTES_OF_A_SESSION = 37;
    private static final int BYTES_OF_AN_AGENT = 4_200;
    private static final int BYTES_OF_AN_ATTEMPT = 600;

    /** About 50 MB. */
    public static Sizes standard() {
        return new Sizes(1 << 20, 1 << 21, 1 << 16, 1 << 16, 1 << 15, 1 << 16, 1 << 9, 1 << 13);
    }

    /**
     * For an installation of so many accounts: four pairs with devices, or eight, and sixteen other
     * pairs for each, and as many sessions and sources as are at work at once. Passwords that are
     * sprayed, browsers and evidence do not depend on how many accounts there are.
     *
     * @param accounts at least 1; above {@link #MAX_ACCOUNTS}, the sizes are those for so many
     */
    public static Sizes forAccounts(int accounts) {
        int size =
                Integer.highestOneBit(
                        Math.clamp(Math.min(accounts, MAX_ACCOUNTS) * 2L - 1, MIN_SIZE, 1 << 24));
        int foreign = Math.max(size, LEAST_FOREIGN);
        return new Sizes(
                size > MANY ? size * 8 : size * 4,
                size * 16,
                Math.min(MAX_GUESSED, foreign),
                Math.min(MAX_SOURCES, foreign),
                Math.min(standard().tags, foreign / 2),
                Math.min(MAX_SESSIONS, size),
                1 << 8,
                1 << 12);
    }

    /** What all of it takes on the heap when it is full, in bytes; from 6 MB to 3.4 GB. */
    public long bytes() {
        return ((long) devices + pairs) * BYTES_OF_A_PAIR
                + (long) accounts * BYTES_OF_AN_ACCOUNT
                + ((long) sources + tags) * BYTES_OF_A_CROWD
                + (long) sessions * BYTES_OF_A_SESSION
                + (long) agents * BYTES_OF_AN_AGENT
                + (long) recent * BYTES_OF_AN_ATTEMPT;
    }

    /** A few hundred kilobytes, for tests. */
    public static Sizes small() {
        return new Sizes(1 << 12, 1 << 14, 1 << 10, 1 << 10, 1 << 10, 1 << 10, 1 << 5, 1 << 10);
    }
}
