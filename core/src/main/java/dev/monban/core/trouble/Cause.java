package dev.monban.core.trouble;

import java.util.Locale;

/** Why a person does not get in. */
public enum Cause {
    TYPO,
    CAPS_LOCK,
    FULL_WIDTH,
    STRAY_SPACE,
    OLD_PASSWORD,
    /** The keyboard writes other signs than its keys show. */
    KEYBOARD_LAYOUT,
    /** The password was typed as the login name, and the login name as the password. */
    SWAPPED,
    /** A few different wrong ones: another service's, most likely. */
    OTHER_PASSWORD,
    /** The login name leads to no account: mistyped, or another organisation's. */
    WRONG_ACCOUNT,
    /** Many different wrong ones, or a reset that was asked for and not finished. */
    FORGOTTEN,
    MAIL_NOT_DELIVERED,
    PASSWORD_EXPIRED,
    ACCOUNT_DISABLED,
    /** The clock of the app is off. */
    TOTP_DRIFT,
    /** The second factor is asked for and nothing comes. */
    LOST_PHONE,
    PASSKEY_TROUBLE,
    /** Their organisation's own identity provider fails, or knows them as somebody else. */
    IDP_FAILED;

    /** The name in the event log and in replay files: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
