package dev.monban.core.watch;

import java.util.Locale;

/** The step of a sign-in at which an attempt was made. */
public enum Step {
    PASSWORD,
    TOTP,
    PASSKEY,
    RECOVERY_CODE,
    FEDERATED,
    RESET_REQUEST,
    /** A session or its refresh token was used. */
    SESSION;

    /** The name in the event log and in replay files: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
