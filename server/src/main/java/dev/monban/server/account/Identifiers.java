package dev.monban.server.account;

import java.text.Normalizer;
import java.util.Locale;

/** Login names. */
public final class Identifiers {

    /** As long as the longest e-mail address (RFC 5321, section 4.5.3.1.3). */
    public static final int MOST_CHARACTERS = 254;

    private Identifiers() {}

    /**
     * The one form of a login name, however it was typed: NFKC (full-width letters become plain
     * ones), no space around it, lower case.
     */
    public static String normalise(String typed) {
        return Normalizer.normalize(typed, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
    }
}
