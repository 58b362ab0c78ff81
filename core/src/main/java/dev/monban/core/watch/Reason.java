package dev.monban.core.watch;

import java.util.Locale;

/**
 * Why a verdict is what it is. The catalogue is closed; each has its page under {@code
 * docs/watch/}.
 */
public enum Reason {
    /** The device has signed in to this account before. */
    KNOWN_DEVICE,
    /** The address has signed in to this account before. */
    KNOWN_ADDRESS,
    /**
     * The browser was given a device cookie at this account's last sign-in with it, and brings one
     * now; or a colleague uses the device.
     */
    EXPECTED_DEVICE,
    /** Nothing is known about the account yet, so nothing can look strange. */
    FIRST_SIGN_IN,
    /** Neither the device nor the address has signed in to this account before. */
    NEW_PLACE,
    /** No success of this account came from this country before. */
    NEW_COUNTRY,
    /** No success of this account came with this browser before. */
    NEW_BROWSER,
    /** Somebody guesses this account's password from places that it does not know. */
    ACCOUNT_GUESSED,
    /** Somebody guesses this account's password from an address that it knows. */
    GUESSED_FROM_WITHIN,
    /** The submitted password is being tried on many accounts. */
    PASSWORD_SPRAYED,
    /** The source tries many accounts that are not its own. */
    HOSTILE_SOURCE,
    /** The attempt fits a campaign that is going on, and hardly anything else. */
    FITS_CAMPAIGN,
    /** Codes are being guessed, or prompts sent, for an account whose password is known. */
    CODES_GUESSED,
    /** An administrator has blocked the source for a time. */
    SOURCE_BLOCKED,
    /** The session is used from another country or another browser than it was started with. */
    SESSION_MOVED;

    /** The name in the event log and in replay files: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
