package dev.monban.core.watch;

import java.util.Locale;

/** Why an attempt was rejected. Known to the operators; never told to whoever tried. */
public enum Rejection {
    WRONG_PASSWORD,
    UNKNOWN_ACCOUNT,
    PASSWORD_EXPIRED,
    ACCOUNT_DISABLED,
    WRONG_CODE,
    NO_ANSWER,
    /** The person says that every factor is lost. */
    FACTOR_LOST,
    PASSKEY_CANCELLED,
    MAIL_BOUNCED,
    IDP_ERROR,
    ADDRESS_NOT_ALLOWED;

    /** The name in the event log and in replay files: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
