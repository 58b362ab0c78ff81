package dev.monban.server.declare;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Whether a declared state takes the place of the one in force (docs/decisions/0028). The higher
 * version wins, and a version wins over none. Without versions, a state that was never applied
 * wins, and one that has been replaced since does not come back.
 */
public final class Precedence {

    private Precedence() {}

    /**
     * A state that was applied.
     *
     * @param version as its file gives it; 0 where it gives none
     * @param fingerprint keyed hash of its content
     * @param by user and host name of the node
     * @param file where it lay there
     */
    public record Applied(int version, byte[] fingerprint, Instant at, String by, String file) {

        /** For sentences. */
        String inWords() {
            return (version == 0 ? "a state without a version" : "version " + version)
                    + " ("
                    + file
                    + ", applied at "
                    + at
                    + " by "
                    + by
                    + ")";
        }
    }

    /** What becomes of a state. */
    sealed interface Outcome {

        /** It takes the place of the one in force. */
        record Newer() implements Outcome {}

        /** It is the one in force. */
        record Same() implements Outcome {}

        /** It is not applied, as another took its place, or would have. */
        record Older(Applied inForce) implements Outcome {}

        /** Two files have one version and different contents. */
        record Contradicts(Applied inForce) implements Outcome {}
    }

    /**
     * Decides.
     *
     * @param version of the state; 0 where it has none
     * @param inForce what was applied last
     * @param known whether this very content was applied before
     */
    static Outcome of(int version, byte[] fingerprint, Optional<Applied> inForce, boolean known) {
        if (inForce.isEmpty()) {
            return new Outcome.Newer();
        }
        Applied other = inForce.get();
        boolean same = Arrays.equals(fingerprint, other.fingerprint());
        if (version > other.version()) {
            return new Outcome.Newer();
        }
        if (version < other.version()) {
            return new Outcome.Older(other);
        }
        if (same) {
            return new Outcome.Same();
        }
        if (version > 0) {
            return new Outcome.Contradicts(other);
        }
        return known ? new Outcome.Older(other) : new Outcome.Newer();
    }
}
