package dev.monban.core.factor;

import java.util.Optional;

/**
 * How sure Monban is that the person is the account's owner: the authenticator assurance levels of
 * NIST SP 800-63B-4, section 2. Their order is their strength.
 */
public enum AssuranceLevel {
    /** One factor. */
    AAL1("aal1"),
    /** Two distinct factors. */
    AAL2("aal2"),
    /**
     * Two factors, and nothing that a wrong site could pass on (OpenID EAP ACR Values 1.0: {@code
     * phr}). Whether hardware keeps the key is not known without attestation, so this is not AAL3.
     */
    PHISHING_RESISTANT("phr");

    private final String acr;

    AssuranceLevel(String acr) {
        this.acr = acr;
    }

    /** The value of the claim {@code acr} (OpenID Connect Core 1.0, section 2). */
    public String acr() {
        return acr;
    }

    /** The level that an {@code acr} value names; empty for a value that Monban does not know. */
    public static Optional<AssuranceLevel> ofAcr(String acr) {
        for (AssuranceLevel level : values()) {
            if (level.acr.equals(acr)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }

    public boolean satisfies(AssuranceLevel asked) {
        return compareTo(asked) >= 0;
    }
}
