package dev.monban.core.authorize;

import java.util.function.BooleanSupplier;

/**
 * Decides how an authorization code is bound to the client that asked for it, by PKCE with S256
 * (RFC 7636). Two questions: may a request be taken as it is, and may its code be redeemed so.
 */
public final class CodeBinding {

    private CodeBinding() {}

    /** What is to be done with an authorization request. */
    public enum Asked {
        /** It carries a challenge: the code is redeemed with the verifier alone. */
        BOUND,
        /** It carries none, and its client may do without. */
        UNBOUND,
        /** It carries none, and its client may not do without. */
        REFUSED_MISSING,
        /** It carries half of what PKCE needs, or a method other than S256. */
        REFUSED_MALFORMED
    }

    /** What is to be done with a code that comes back. */
    public enum Redeemed {
        /** The code goes on to be redeemed. */
        GOOD,
        /** The code was asked for with a challenge, and no verifier came (RFC 7636, 4.6). */
        VERIFIER_MISSING,
        /** The verifier is not the one of the challenge (RFC 7636, 4.6). */
        VERIFIER_WRONG,
        /**
         * A verifier came, and the code was asked for without a challenge: somebody took the
         * challenge out of the request on its way (RFC 9700, 4.8.2).
         */
        CHALLENGE_MISSING
    }

    /**
     * Judges an authorization request.
     *
     * @param challenge the parameter {@code code_challenge}; empty where it is absent
     * @param method the parameter {@code code_challenge_method}; empty where it is absent, which
     *     means {@code plain} (RFC 7636, 4.3), and plain is not supported
     * @param wellFormed whether the challenge is one of S256 by its form
     * @param mayOmit whether the client proves itself and was declared to do without
     */
    public static Asked asked(
            String challenge, String method, boolean wellFormed, boolean mayOmit) {
        if (challenge.isEmpty() && method.isEmpty()) {
            // RFC 9700, 2.1.1: demanded of public clients, recommended to all others.
            return mayOmit ? Asked.UNBOUND : Asked.REFUSED_MISSING;
        }
        if (challenge.isEmpty()) {
            return mayOmit ? Asked.REFUSED_MALFORMED : Asked.REFUSED_MISSING;
        }
        return wellFormed && method.equals("S256") ? Asked.BOUND : Asked.REFUSED_MALFORMED;
    }

    /**
     * Judges a code that comes back.
     *
     * @param challenged whether it was asked for with a challenge
     * @param verifierSent whether a {@code code_verifier} came with it
     * @param matches whether that is the verifier of the challenge; asked only where both are there
     */
    public static Redeemed redeemed(
            boolean challenged, boolean verifierSent, BooleanSupplier matches) {
        if (!challenged) {
            return verifierSent ? Redeemed.CHALLENGE_MISSING : Redeemed.GOOD;
        }
        if (!verifierSent) {
            return Redeemed.VERIFIER_MISSING;
        }
        return matches.getAsBoolean() ? Redeemed.GOOD : Redeemed.VERIFIER_WRONG;
    }
}
