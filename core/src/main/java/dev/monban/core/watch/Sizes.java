package dev.monban.core.watch;

/**
 * How much the watch remembers, each a power of two. What does not fit is forgotten, the oldest
 * first.
 *
 * @param devices pairs of account and device, 8 bytes each
 * @param pairs other pairs: account and address, network, country, browser; 8 bytes each
 * @param accounts accounts at which somebody guesses, 32 bytes each
 * @param sources sources that failed or succeeded lately, 68 bytes each
 * @param tags passwords that were wrong lately, 68 bytes each
 * @param sessions sessions in use, 37 bytes each
 * @param agents browsers that are told apart, 8 KiB each
 * @param recent attempts kept as evidence, about 300 bytes each
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

    private static final int LEAST_FOREIGN = 1 << 14;

    /** About 50 MB. */
    public static Sizes standard() {
        return new Sizes(1 << 20, 1 << 21, 1 << 16, 1 << 16, 1 << 15, 1 << 16, 1 << 9, 1 << 13);
    }

    /**
     * For an installation of so many accounts: four devices and sixteen other pairs for each. What
     * attackers bring does not depend on how many accounts there are.
     *
     * @param accounts at least 1
     */
    public static Sizes forAccounts(int accounts) {
        Sizes most = standard();
        int size = Integer.highestOneBit(Math.clamp(accounts * 2L - 1, 1 << 10, 1 << 17));
        int foreign = Math.max(size, LEAST_FOREIGN);
        return new Sizes(
                Math.min(most.devices, size * 4),
                Math.min(most.pairs, size * 16),
                Math.min(most.accounts, foreign),
                Math.min(most.sources, foreign),
                Math.min(most.tags, foreign / 2),
                Math.min(most.sessions, size),
                Math.min(most.agents, 1 << 8),
                Math.min(most.recent, 1 << 12));
    }

    /** A few hundred kilobytes, for tests. */
    public static Sizes small() {
        return new Sizes(1 << 12, 1 << 14, 1 << 10, 1 << 10, 1 << 10, 1 << 10, 1 << 5, 1 << 10);
    }
}
