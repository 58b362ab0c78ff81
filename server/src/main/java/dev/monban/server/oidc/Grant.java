package dev.monban.server.oidc;

import dev.monban.core.factor.AssuranceLevel;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One authorization of a client by a person, from its code to its last refresh token.
 *
 * @param claimsRequest the parameter {@code claims} as JSON; {@code null} where none was sent
 * @param claimScopes the scopes that cover the claims asked for by name, beyond {@code scopes}
 * @param code what only a redirect flow has; {@code null} for the device grant
 * @param keyThumbprint the DPoP key that its tokens are bound to (RFC 7638); {@code null} for
 *     bearer tokens
 * @param refreshGeneration number of the refresh token that is good now; 0 where none was given
 */
public record Grant(
        UUID id,
        String client,
        UUID account,
        UUID session,
        List<String> scopes,
        @Nullable String claimsRequest,
        List<String> claimScopes,
        @Nullable String nonce,
        AssuranceLevel level,
        List<String> methods,
        Instant authenticatedAt,
        Instant createdAt,
        @Nullable Code code,
        @Nullable String keyThumbprint,
        int refreshGeneration,
        @Nullable Instant refreshedAt,
        @Nullable Instant refreshExpiresAt,
        boolean revoked) {

    /**
     * The authorization code's conditions.
     *
     * @param challenge PKCE, S256 (RFC 7636, section 4.2); {@code null} where the request carried
     *     none
     * @param used whether it was redeemed
     */
    public record Code(
            String redirectUri, @Nullable String challenge, Instant expiresAt, boolean used) {}

    public Grant {
        scopes = List.copyOf(scopes);
        claimScopes = List.copyOf(claimScopes);
        methods = List.copyOf(methods);
    }

    /**
     * What a token of it gives. A token that was narrowed by a refresh (RFC 6749, section 6)
     * carries no claim beyond the scopes that it kept.
     *
     * @param client its client as it is declared today
     * @param tokenScopes the scopes of the token
     */
    public Claims.Granted claims(Client client, List<String> tokenScopes) {
        boolean whole =
                tokenScopes.containsAll(scopes.stream().filter(client.scopes()::contains).toList());
        List<String> byName =
                whole ? claimScopes.stream().filter(client.scopes()::contains).toList() : List.of();
        return new Claims.Granted(tokenScopes, claimsRequest, byName);
    }

    /** Whether it outlives the session (OpenID Connect Core 1.0, section 11). */
    public boolean offline() {
        return scopes.contains("offline_access");
    }
}
