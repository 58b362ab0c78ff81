package dev.monban.server.password;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stored hash in PHC form: {@code $argon2id$v=19$m=19456,t=2,p=1$SALT$TAG}.
 *
 * @param salt 8 to 64 bytes
 * @param tag 16 to 64 bytes
 */
record PasswordHash(Argon2Parameters parameters, byte[] salt, byte[] tag) {

    private static final Pattern FORM =
            Pattern.compile(
                    "\\$argon2id\\$v=19\\$m=(\\d{1,9}),t=(\\d{1,9}),p=(\\d{1,9})"
                            + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{22,86})");

    /** Reads a hash; empty where it is none that Monban can check. */
    static Optional<PasswordHash> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            var parameters =
                    new Argon2Parameters(
                            Integer.parseInt(form.group(1)),
                            Integer.parseInt(form.group(2)),
                            Integer.parseInt(form.group(3)));
            var decoder = Base64.getDecoder();
            return Optional.of(
                    new PasswordHash(
                            parameters,
                            decoder.decode(form.group(4)),
                            decoder.decode(form.group(5))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The PHC form. */
    String text() {
        var encoder = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m="
                + parameters.memoryKib()
                + ",t="
                + parameters.iterations()
                + ",p="
                + parameters.lanes()
                + "$"
                + encoder.encodeToString(salt)
                + "$"
                + encoder.encodeToString(tag);
    }
}
