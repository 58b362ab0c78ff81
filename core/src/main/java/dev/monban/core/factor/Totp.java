package dev.monban.core.factor;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Codes from an app: six digits, thirty seconds, HMAC-SHA-1, as all apps have it (RFC 6238; RFC
 * 4226, section 5.3).
 */
public final class Totp {

    /** Seconds that a code lasts. */
    public static final int STEP_SECONDS = 30;

    /** Digits of a code. */
    public static final int DIGITS = 6;

    /** How many steps a clock may be off without anybody asking (RFC 6238, section 5.2). */
    static final int WINDOW = 1;

    /** How many steps a clock may be off where two codes in a row agree (the same, section 6). */
    static final int DRIFT_MOST = 10;

    private static final int CODES = 1_000_000;
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private Totp() {}

    /**
     * What is known about somebody's app.
     *
     * @param drift steps that its clock is known to be ahead; negative for behind
     * @param usedStep the step of the last code that was taken: it and older ones are not good
     */
    public record App(byte[] secret, int drift, long usedStep) {

        public App {
            secret = secret.clone();
        }

        @Override
        public byte[] secret() {
            return secret.clone();
        }

        @Override
        public String toString() {
            return "app";
        }
    }

    /**
     * A code that fits.
     *
     * @param step that it belongs to, by the app's clock
     * @param drift steps that the app's clock is ahead
     * @param expected whether the clock is where it is known to be; otherwise a second code must
     *     show the same
     */
    public record Match(long step, int drift, boolean expected) {}

    /** Bytes for typing (RFC 4648, section 6), without padding. */
    public static String base32(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        int buffer = 0;
        int bits = 0;
        for (byte b : bytes) {
            buffer = (buffer << 8) | (b & 0xff);
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(ALPHABET.charAt((buffer >> bits) & 31));
            }
        }
        if (bits > 0) {
            text.append(ALPHABET.charAt((buffer << (5 - bits)) & 31));
        }
        return text.toString();
    }

    /** The step of a time. */
    public static long step(Instant at) {
        return Math.floorDiv(at.getEpochSecond(), (long) STEP_SECONDS);
    }

    /** The code of a step. */
    public static String code(byte[] secret, long step) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(secret, "HmacSHA1"));
            byte[] hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
            int offset = hash[hash.length - 1] & 0xf;
            int number = ByteBuffer.wrap(hash).getInt(offset) & 0x7fffffff;
            return String.format(Locale.ROOT, "%06d", number % CODES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA1", e);
        }
    }

    /**
     * Where a code fits; empty where it does not, or was used. Looks at every step in reach, so
     * that the time tells nothing.
     */
    public static Optional<Match> match(App app, String code, Instant now) {
        long here = step(now);
        Match best = null;
        int most = DRIFT_MOST + WINDOW;
        for (int drift = -most; drift <= most; drift++) {
            boolean same = same(code(app.secret(), here + drift), code);
            boolean expected = Math.abs(drift - app.drift()) <= WINDOW;
            boolean reached = expected || Math.abs(drift) <= DRIFT_MOST;
            if (same && reached && here + drift > app.usedStep() && (best == null || expected)) {
                best = new Match(here + drift, drift, expected);
            }
        }
        return Optional.ofNullable(best);
    }

    private static boolean same(String one, String other) {
        int difference = one.length() ^ other.length();
        for (int i = 0; i < Math.min(one.length(), other.length()); i++) {
            difference |= one.charAt(i) ^ other.charAt(i);
        }
        return difference == 0;
    }
}
