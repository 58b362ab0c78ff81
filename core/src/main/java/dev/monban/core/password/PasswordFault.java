package dev.monban.core.password;

import java.util.Locale;

/** Why a password may not be chosen. */
public enum PasswordFault {
    /** Fewer characters than asked for (SP 800-63B-4, section 3.1.1.2). */
    TOO_SHORT,
    /** More characters than can be taken. */
    TOO_LONG,
    /** It stands on lists of common passwords (the same section: blocklists). */
    COMMON,
    /** It has become known in a breach elsewhere (the same section). */
    BREACHED,
    /** It is little more than a name: the person's, the organisation's, the product's. */
    NAMES,
    /** It is the one that is to be replaced. */
    SAME,
    /** So few guesses lead to it that its length does not help. */
    EASY;

    /** The name in texts: lower case with underscores. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
