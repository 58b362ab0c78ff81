package dev.monban.server.oidc;

import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Vault;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Logout requests that came by POST (OpenID Connect RP-Initiated Logout 1.0, section 2) on their
 * way to the GET that answers them. Sealed, so that an ID token stands in no address.
 */
public final class LogoutRequests {

    private static final Purpose PURPOSE = Purpose.of("logout request");

    private final SealedText text;

    public LogoutRequests(Vault vault) {
        text = new SealedText(vault, PURPOSE);
    }

    /**
     * Seals them.
     *
     * @param parameters each of them once
     * @throws Problem (400) where they are too long for an address
     */
    public String seal(Parameters parameters) {
        String sealed =
                text.seal(
                        parameters.asMap().entrySet().stream()
                                .map(e ->
                                        encode(e.getKey()) + "=" + encode(e.getValue().getFirst()))
                                .collect(Collectors.joining("&")));
        if (sealed.length() > SealedText.MAX_CHARACTERS) {
            throw new Problem(400, "bad_logout", "the request is too long; shorten its state");
        }
        return sealed;
    }

    /** Empty for what is not ours. */
    public Optional<Parameters> open(String sealed) {
        try {
            Optional<String> encoded = text.open(sealed);
            return encoded.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Parameters.parse(encoded.get()));
        } catch (Parameters.Malformed e) {
            return Optional.empty();
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
