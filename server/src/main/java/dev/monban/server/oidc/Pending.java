package dev.monban.server.oidc;

import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * An authorization request on its way through the pages. It travels sealed in the address, so that
 * nothing is written before a person has signed in, and a flood of requests fills no table.
 *
 * @param parameters the request as it came, form encoded; for a pushed one, its {@code request_uri}
 * @param pushed whether it was pushed
 * @param askedAt when it came first
 * @param chosenBy the session that the person chose for it, or an empty text
 * @param agreedBy the session in which the person agreed to it, or an empty text
 * @param toldIn the session in which the person saw what their organisation will want, or an empty
 *     text
 */
public record Pending(
        String parameters,
        boolean pushed,
        Instant askedAt,
        String chosenBy,
        String agreedBy,
        String toldIn) {

    static Pending fresh(String parameters, boolean pushed, Instant now) {
        return new Pending(parameters, pushed, now, "", "", "");
    }

    public Pending chosen(String session) {
        return new Pending(parameters, pushed, askedAt, session, agreedBy, toldIn);
    }

    public Pending agreed(String session) {
        return new Pending(parameters, pushed, askedAt, chosenBy, session, toldIn);
    }

    public Pending told(String session) {
        return new Pending(parameters, pushed, askedAt, chosenBy, agreedBy, session);
    }

    /** Seals and opens them. */
    public static final class Seal {

        private static final Purpose PURPOSE = Purpose.of("pending authorization");

        /** Longer ones are compressed. Release 0.1.0 refused them, and so reads all that it may. */
        private static final int PLAIN_MAX_CHARACTERS = 6000;

        /** The first byte of a compressed one; a plain one begins with a letter. */
        private static final byte COMPRESSED = 1;

        /** More than any request has that is taken. */
        private static final int MAX_BYTES = 256 * 1024;

        private final Vault vault;
        private final InstantSource clock;
        private final Duration lasts;

        public Seal(Vault vault, InstantSource clock, Duration lasts) {
            this.vault = vault;
            this.clock = clock;
            this.lasts = lasts;
        }

        public String seal(Pending pending) {
            String plain =
                    "asked_at="
                            + pending.askedAt().toEpochMilli()
                            + "&pushed="
                            + pending.pushed()
                            + "&chosen_by="
                            + pending.chosenBy()
                            + "&agreed_by="
                            + pending.agreedBy()
                            + "&told_in="
                            + pending.toldIn()
                            + "&parameters="
                            + URLEncoder.encode(pending.parameters(), StandardCharsets.UTF_8);
            byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
            boolean isLong = pending.parameters().length() > PLAIN_MAX_CHARACTERS;
            return Tokens.base64Url(vault.seal(PURPOSE, isLong ? compressed(bytes) : bytes));
        }

        private static byte[] compressed(byte[] plain) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(COMPRESSED);
            try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
                deflater.write(plain);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return out.toByteArray();
        }

        private static byte[] expanded(byte[] sealed) throws IOException {
            if (sealed.length == 0 || sealed[0] != COMPRESSED) {
                return sealed;
            }
            try (InflaterInputStream in =
                    new InflaterInputStream(
                            new ByteArrayInputStream(sealed, 1, sealed.length - 1))) {
                return in.readNBytes(MAX_BYTES);
            }
        }

        /** Empty for what is not ours, and for what is too old. */
        public Optional<Pending> open(String sealed) {
            try {
                Optional<byte[]> plain = vault.open(PURPOSE, Base64.getUrlDecoder().decode(sealed));
                if (plain.isEmpty()) {
                    return Optional.empty();
                }
                Parameters fields =
                        Parameters.parse(new String(expanded(plain.get()), StandardCharsets.UTF_8));
                Pending pending =
                        new Pending(
                                fields.text("parameters"),
                                fields.text("pushed").equals("true"),
                                Instant.ofEpochMilli(Long.parseLong(fields.text("asked_at"))),
                                fields.text("chosen_by"),
                                fields.text("agreed_by"),
                                fields.text("told_in"));
                boolean fresh = pending.askedAt().plus(lasts).isAfter(clock.instant());
                return fresh ? Optional.of(pending) : Optional.empty();
            } catch (IllegalArgumentException | IOException | Parameters.Malformed e) {
                return Optional.empty();
            }
        }
    }
}
