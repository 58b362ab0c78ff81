package dev.monban.core.watch;

import java.util.Locale;

/**
 * How a wrong password missed the right one. It never helps anybody in, and no unknown client
 * learns it (OWASP ASVS 5 6.2.8).
 */
public enum NearMiss {
    TYPO,
    CAPS_LOCK,
    FULL_WIDTH,
    STRAY_SPACE,
    OLD_PASSWORD,
    /** The keyboard writes other signs than its keys show. */
    LAYOUT,
    /** It is right for another account that the same browser has used. */
    OTHER_ACCOUNT,
    /** The login name was in the password's place, and the password in the name's. */
    SWAPPED;

    /** The name in the event log and in replay files: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
