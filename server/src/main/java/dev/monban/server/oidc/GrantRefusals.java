package dev.monban.server.oidc;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says what exactly is wrong with a code or a refresh token. Clients get one answer for all of it,
 * so that nothing can be probed; the log tells the causes apart. PKCE is judged elsewhere.
 */
public final class GrantRefusals {

    private GrantRefusals() {}

    /**
     * What is wrong with a code.
     *
     * @param grant that the code names; empty where it names none
     * @param redirectUri as the token request has it; empty where it has none
     * @param key that the request proves to have; {@code null} where none
     * @return empty where nothing is; a used code is judged when it is redeemed, so that its second
     *     use is known for what it is
     */
    public static Optional<RefusalCause> ofCode(
            Optional<Grant> grant,
            Client client,
            Optional<String> redirectUri,
            @Nullable String key,
            Instant now) {
        Grant.Code code = grant.map(Grant::code).orElse(null);
        if (grant.isEmpty() || code == null) {
            return Optional.of(RefusalCause.UNKNOWN_CODE);
        }
        if (!grant.get().client().equals(client.id())) {
            return Optional.of(RefusalCause.CODE_OF_ANOTHER_CLIENT);
        }
        if (!code.used() && !code.expiresAt().isAfter(now)) {
            return Optional.of(RefusalCause.EXPIRED_CODE);
        }
        if (!code.used() && grant.get().revoked()) {
            return Optional.of(RefusalCause.CODE_REVOKED);
        }
        // RFC 6749, 4.1.3: the redirect URI of the authorization request.
        if (redirectUri.isEmpty()) {
            return Optional.of(RefusalCause.REDIRECT_URI_MISSING);
        }
        if (!code.redirectUri().equals(redirectUri.get())) {
            return Optional.of(RefusalCause.REDIRECT_URI_MISMATCH);
        }
        // RFC 9449, 10: a code asked for with a key is redeemed with that key.
        String bound = grant.get().keyThumbprint();
        return bound != null && !bound.equals(key)
                ? Optional.of(RefusalCause.DPOP_OTHER_KEY)
                : Optional.empty();
    }

    /**
     * Why a refresh token was refused.
     *
     * @param grant that the token names, as it is after the refusal; empty where it names none
     * @param key that the request proves to have; {@code null} where none
     */
    public static RefusalCause ofRefresh(
            Optional<Grant> grant,
            Handles.Refresh handle,
            Client client,
            @Nullable String key,
            Instant now) {
        if (grant.isEmpty()) {
            return RefusalCause.UNKNOWN_REFRESH_TOKEN;
        }
        Grant one = grant.get();
        if (!one.client().equals(client.id())) {
            return RefusalCause.REFRESH_OF_ANOTHER_CLIENT;
        }
        // RFC 9449, 5: refresh tokens of a public client are bound to the key.
        if (client.isPublic() && !Objects.equals(one.keyThumbprint(), key)) {
            return RefusalCause.DPOP_OTHER_KEY;
        }
        if (handle.generation() < one.refreshGeneration()) {
            return RefusalCause.REFRESH_REPLAYED;
        }
        if (one.revoked()) {
            return RefusalCause.REFRESH_REVOKED;
        }
        Instant expires = one.refreshExpiresAt();
        return expires != null && !expires.isAfter(now)
                ? RefusalCause.REFRESH_EXPIRED
                : RefusalCause.UNKNOWN_REFRESH_TOKEN;
    }
}
