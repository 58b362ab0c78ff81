package dev.monban.core.watch;

import java.util.Locale;

/** What the watch can find. */
public enum FindingKind {
    BRUTE_FORCE,
    PASSWORD_SPRAYING,
    CREDENTIAL_STUFFING,
    ACCOUNT_ENUMERATION,
    MFA_FATIGUE,
    ACCOUNT_TAKEOVER,
    SESSION_THEFT;

    /** The name in the event log and in replay files: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
