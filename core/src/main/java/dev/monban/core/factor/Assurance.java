package dev.monban.core.factor;

import java.util.Set;
import java.util.TreeSet;

/** What proofs are worth together. */
public final class Assurance {

    private static final String SEVERAL = "mfa";

    private Assurance() {}

    /**
     * The level that proofs reach. A code by mail adds nothing: mail is no second factor (SP
     * 800-63B-4, section 3.1.3.1).
     */
    public static AssuranceLevel level(Set<AuthenticationMethod> proofs) {
        if (proofs.contains(AuthenticationMethod.PASSKEY)) {
            return AssuranceLevel.PHISHING_RESISTANT;
        }
        return isSeveral(proofs) ? AssuranceLevel.AAL2 : AssuranceLevel.AAL1;
    }

    /** The claim {@code amr} (RFC 8176, section 2), sorted. */
    public static Set<String> amr(Set<AuthenticationMethod> proofs) {
        Set<String> amr = new TreeSet<>();
        proofs.forEach(proof -> amr.addAll(proof.amr()));
        if (isSeveral(proofs)) {
            amr.add(SEVERAL);
        }
        return amr;
    }

    /**
     * A passkey is two factors by itself: what one has, and what one knows or is. What another
     * identity provider says counts as one, whatever it has asked for.
     */
    private static boolean isSeveral(Set<AuthenticationMethod> proofs) {
        return proofs.contains(AuthenticationMethod.PASSKEY)
                || ((proofs.contains(AuthenticationMethod.PASSWORD)
                                || proofs.contains(AuthenticationMethod.FEDERATED))
                        && (proofs.contains(AuthenticationMethod.TOTP)
                                || proofs.contains(AuthenticationMethod.RECOVERY_CODE)));
    }
}
