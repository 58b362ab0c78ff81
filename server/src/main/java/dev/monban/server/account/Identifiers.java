package dev.monban.server.account;

import dev.monban.server.platform.PlainText;
import java.util.Locale;

/** Login names. */
public final class Identifiers {

    /** As long as the longest e-mail address (RFC 5321, section 4.5.3.1.3). */
    public static final int MOST_CHARACTERS = 254;

    private Identifiers() {}

    /**
     * The one form of a login name, however it was typed: NFKC (full-width letters become plain
     * ones), no space around it, lower case. What is too long stays too long by one character, so
     * that it is nobody's name.
     */
    public static String normalise(String typed) {
        String plain = PlainText.nfkc(typed, MOST_CHARACTERS).strip().toLowerCase(Locale.ROOT);
        return plain.substring(0, Math.min(plain.length(), MOST_CHARACTERS + 1));
    }
}
