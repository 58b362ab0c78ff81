package dev.monban.server.password;

/**
 * The cost of a hash (RFC 9106, section 3.1).
 *
 * @param memoryKib memory, in KiB; at least 8 for each lane
 * @param iterations passes over the memory; at least 1
 * @param lanes degree of parallelism; at least 1
 */
public record Argon2Parameters(int memoryKib, int iterations, int lanes) {

    /** OWASP's recommendation: 19 MiB, two passes, one lane. */
    public static final Argon2Parameters DEFAULT = new Argon2Parameters(19 * 1024, 2, 1);

    /** A hash that asks for more than this was not made here, and would take the memory. */
    private static final int MOST_MEMORY_KIB = 256 * 1024;

    private static final int MOST_ITERATIONS = 64;
    private static final int MOST_LANES = 16;

    public Argon2Parameters {
        boolean sound =
                lanes >= 1
                        && lanes <= MOST_LANES
                        && iterations >= 1
                        && iterations <= MOST_ITERATIONS
                        && memoryKib >= 8 * lanes
                        && memoryKib <= MOST_MEMORY_KIB;
        if (!sound) {
            throw new IllegalArgumentException(
                    "Argon2 with m=" + memoryKib + ",t=" + iterations + ",p=" + lanes);
        }
    }
}
