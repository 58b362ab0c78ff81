package dev.monban.server.oidc;

import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Vault;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * An authorization request on its way through the pages. It travels sealed in the address, so that
 * nothing is written before a person has signed in, and a flood of requests fills no table.
 *
 * @param parameters the request as it came, form encoded; for a pushed one, its {@code request_uri}
 * @param pushed whether it was pushed
 * @param back of a pushed one, what leads back to its client once it is gone, form encoded
 * @param askedAt when it came first
 * @param chosenBy the session that the person chose for it, or an empty text
 * @param agreedBy the session in which the person agreed to it, or an empty text
 * @param toldIn the session in which the person saw what their organisation will want, or an empty
 *     text
 */
public record Pending(
        String parameters,
        boolean pushed,
        String back,
        Instant askedAt,
        String chosenBy,
        String agreedBy,
        String toldIn) {

    static Pending fresh(String parameters, Instant now) {
        return new Pending(parameters, false, "", now, "", "", "");
    }

    static Pending pushed(String requestUri, String back, Instant now) {
        return new Pending(requestUri, true, back, now, "", "", "");
    }

    public Pending chosen(String session) {
        return new Pending(parameters, pushed, back, askedAt, session, agreedBy, toldIn);
    }

    public Pending agreed(String session) {
        return new Pending(parameters, pushed, back, askedAt, chosenBy, session, toldIn);
    }

    public Pending told(String session) {
        return new Pending(parameters, pushed, back, askedAt, chosenBy, agreedBy, session);
    }

    /** Seals and opens them. */
    public static final class Seal {

        private static final Purpose PURPOSE = Purpose.of("pending authorization");

        private final SealedText text;
        private final InstantSource clock;
        private final Duration lasts;

        public Seal(Vault vault, InstantSource clock, Duration lasts) {
            this.text = new SealedText(vault, PURPOSE);
            this.clock = clock;
            this.lasts = lasts;
        }

        public String seal(Pending pending) {
            String plain =
                    "asked_at="
                            + pending.askedAt().toEpochMilli()
                            + "&pushed="
                            + pending.pushed()
                            + "&back="
                            + URLEncoder.encode(pending.back(), StandardCharsets.UTF_8)
                            + "&chosen_by="
                            + pending.chosenBy()
                            + "&agreed_by="
                            + pending.agreedBy()
                            + "&told_in="
                            + pending.toldIn()
                            + "&parameters="
                            + URLEncoder.encode(pending.parameters(), StandardCharsets.UTF_8);
            return text.seal(plain);
        }

        /** Empty for what is not ours, and for what is too old. */
        public Optional<Pending> open(String sealed) {
            return openAny(sealed)
                    .filter(pending -> pending.askedAt().plus(lasts).isAfter(clock.instant()));
        }

        /** Empty for what is not ours; a code may come of it no more where it is too old. */
        public Optional<Pending> openAny(String sealed) {
            try {
                Optional<String> plain = text.open(sealed);
                if (plain.isEmpty()) {
                    return Optional.empty();
                }
                Parameters fields = Parameters.parse(plain.get());
                return Optional.of(
                        new Pending(
                                fields.text("parameters"),
                                fields.text("pushed").equals("true"),
                                fields.text("back"),
                                Instant.ofEpochMilli(Long.parseLong(fields.text("asked_at"))),
                                fields.text("chosen_by"),
                                fields.text("agreed_by"),
                                fields.text("told_in")));
            } catch (IllegalArgumentException | Parameters.Malformed e) {
                return Optional.empty();
            }
        }
    }
}
