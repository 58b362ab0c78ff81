package dev.monban.server.oidc;

import dev.monban.core.authorize.NextStep.Why;
import dev.monban.server.login.Errand;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a person who opened the device page gets through the sign-in and back. */
public final class DevicePath {

    private static final Pattern FORM = Pattern.compile("device\\.([A-Z]{0,8})");

    private DevicePath() {}

    /** The errand for the sign-in page: only letters of a user code are carried along. */
    public static String errand(String typed) {
        return "device." + letters(typed);
    }

    /** The device page with this code filled in. */
    public static String address(String typed) {
        return "/device?user_code=" + letters(typed);
    }

    private static String letters(String typed) {
        String letters = typed.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
        return letters.substring(0, Math.min(8, letters.length()));
    }

    static Optional<Errand> read(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(
                        new Errand(
                                "", "", false, Why.NOT_SIGNED_IN, "", address(form.group(1)), ""))
                : Optional.empty();
    }
}
