package dev.monban.server.audit;

import java.util.Locale;

/** What the event log knows to tell. Each code has its line in {@code docs/events.md}. */
public enum EventKind {
    STATE_APPLIED,
    TENANT_DECLARED,
    ACCOUNT_DECLARED,
    CLIENT_DECLARED,
    CLIENT_REMOVED,
    PASSWORD_RENEWED,
    SESSION_STARTED,
    SESSION_ENDED,
    CONSENT_GIVEN,
    CONSENT_DENIED,
    CONSENT_WITHDRAWN,
    CODE_ISSUED,
    CODE_REPLAYED,
    TOKENS_ISSUED,
    TOKENS_REFRESHED,
    REFRESH_REPLAYED,
    CLIENT_TOKEN_ISSUED,
    /** Until release 0.1.0; from then on it is {@link #TOKEN_REFUSED} with its cause. */
    CLIENT_REFUSED,
    TOKEN_REFUSED,
    TOKEN_REVOKED,
    DEVICE_ALLOWED,
    DEVICE_DENIED,
    KEY_MADE,
    LOGOUT_DELIVERED,
    LOGOUT_UNDELIVERED,
    CAMPAIGN_ACT,
    PASSWORD_CHANGED,
    FACTOR_ADDED,
    FACTOR_REMOVED,
    RECOVERY_CODES_MADE,
    RECOVERY_CODE_USED,
    PASSKEY_CLONED,
    RECOVERY_BEGUN,
    RECOVERY_CONFIRMED,
    RECOVERY_ENDED,
    DEVICE_TRUSTED,
    DEVICE_TRUST_ENDED,
    SIGN_IN_REPORTED,
    MEMBER_INVITED,
    INVITATION_WITHDRAWN,
    INVITATION_ACCEPTED,
    SESSIONS_ENDED,
    ADDRESS_CHANGED,
    MAIL_BOUNCED,
    SETTINGS_CHANGED,
    DESK_STEP,
    IDENTITY_LINKED,
    IDENTITY_UNLINKED;

    /** The name in the log: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
