package dev.monban.server.login;

import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;

/**
 * Ways to identity providers and back. They travel sealed, in {@code state}: nothing is kept here
 * for those who never return.
 */
final class FederatedWays {

    static final Duration GOOD_FOR = Duration.ofMinutes(10);
    private static final Purpose PURPOSE = Purpose.of("federated sign-in");

    private final Vault vault;
    private final InstantSource clock;

    FederatedWays(Vault vault, InstantSource clock) {
        this.vault = vault;
        this.clock = clock;
    }

    String seal(FederatedSignIn.Way way) {
        String plain =
                field("tenant", way.tenant())
                        + field("identifier", way.identifier())
                        + field("nonce", way.nonce())
                        + field("verifier", way.verifier())
                        + field("browser", way.browser())
                        + field("request", way.request())
                        + field("anew", way.anew() ? "1" : "")
                        + "made_at="
                        + way.madeAt().toEpochMilli();
        return Tokens.base64Url(vault.seal(PURPOSE, plain.getBytes(StandardCharsets.UTF_8)));
    }

    private static String field(String name, String value) {
        return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8) + "&";
    }

    /** Empty where it is too old, another organisation's, another browser's, or none of ours. */
    Optional<FederatedSignIn.Way> open(String sealed, String tenant, String browser) {
        return read(sealed)
                .filter(way -> way.tenant().equals(tenant))
                .filter(way ->
                        MessageDigest.isEqual(
                                way.browser().getBytes(StandardCharsets.UTF_8),
                                browser.getBytes(StandardCharsets.UTF_8)))
                .filter(way -> way.madeAt().plus(GOOD_FOR).isAfter(clock.instant()));
    }

    private Optional<FederatedSignIn.Way> read(String sealed) {
        try {
            Optional<byte[]> plain = vault.open(PURPOSE, Base64.getUrlDecoder().decode(sealed));
            if (plain.isEmpty()) {
                return Optional.empty();
            }
            Parameters fields = Parameters.parse(new String(plain.get(), StandardCharsets.UTF_8));
            return Optional.of(
                    new FederatedSignIn.Way(
                            fields.text("tenant"),
                            fields.text("identifier"),
                            fields.text("nonce"),
                            fields.text("verifier"),
                            fields.text("browser"),
                            fields.text("request"),
                            !fields.text("anew").isEmpty(),
                            Instant.ofEpochMilli(Long.parseLong(fields.text("made_at")))));
        } catch (IllegalArgumentException | Parameters.Malformed e) {
            return Optional.empty();
        }
    }
}
