package dev.monban.server.oidc;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What an access token says.
 *
 * @param id the claim {@code jti}
 * @param grant what it came from; {@code null} for a client's own token
 * @param subject the person, or the client itself
 * @param keyThumbprint the key that it is bound to; {@code null} for a bearer token
 */
public record AccessToken(
        String id,
        @Nullable UUID grant,
        String subject,
        String client,
        List<String> scopes,
        String audience,
        Instant issuedAt,
        Instant expiresAt,
        @Nullable Instant authenticatedAt,
        @Nullable String acr,
        @Nullable String keyThumbprint) {

    public AccessToken {
        scopes = List.copyOf(scopes);
    }

    /** The word before the token in the header {@code Authorization}. */
    public String scheme() {
        return keyThumbprint == null ? "Bearer" : "DPoP";
    }
}
