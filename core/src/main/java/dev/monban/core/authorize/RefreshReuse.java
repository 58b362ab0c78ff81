package dev.monban.core.authorize;

import java.time.Duration;

/**
 * Decides about a refresh token that is not the present one of its grant. Tokens are numbered; the
 * present one alone makes the next. The one before it may come back because the answer to it was
 * lost, or because a thief has it (RFC 9700, section 4.14.2). Two facts tell them apart: whether
 * the sender proves to be the client that the token was given to, and whether the next token was
 * used, which shows that the answer arrived.
 */
public final class RefreshReuse {

    private RefreshReuse() {}

    /** What becomes of it. */
    public enum Outcome {
        /** The answer was lost: the same next token is given once more, and nothing new is made. */
        GIVE_AGAIN,
        /** It is worth nothing, and shows no theft. */
        REFUSE,
        /** A copy of it is in other hands: all of the grant is revoked. */
        REVOKE
    }

    /**
     * What was sent, and where the grant stands.
     *
     * @param sent the number of the token that was sent
     * @param present the number of the token that is good now
     * @param good whether the grant is neither revoked nor over
     * @param keyFits whether the DPoP key that was proved is one that this client may use here
     * @param proven whether the sender proved to be the client, by its authentication or by the key
     *     that the token is bound to; a client that only named itself did not
     * @param since how long ago the present token was made; negative where another node's clock is
     *     ahead
     */
    public record Facts(
            int sent, int present, boolean good, boolean keyFits, boolean proven, Duration since) {}

    /**
     * @param provenGrace how long an answer may be lost for a sender that proved itself
     * @param namedGrace the same for one that did not
     */
    public static Outcome judge(Facts facts, Duration provenGrace, Duration namedGrace) {
        // Who does not hold the key learns nothing, and ends nothing: the owner goes on.
        if (!facts.good() || !facts.keyFits() || facts.sent() >= facts.present()) {
            return Outcome.REFUSE;
        }
        // The next token was used, so its answer arrived: this one is a copy.
        if (facts.sent() < facts.present() - 1) {
            return Outcome.REVOKE;
        }
        Duration grace = facts.proven() ? provenGrace : namedGrace;
        return facts.since().compareTo(grace) <= 0 ? Outcome.GIVE_AGAIN : Outcome.REVOKE;
    }
}
