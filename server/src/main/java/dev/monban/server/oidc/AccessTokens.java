package dev.monban.server.oidc;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.monban.server.platform.Json;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes and reads access tokens: signed (RFC 9068), or opaque, which is the same sealed. Neither
 * needs a row; what is revoked before its time stands in {@link Revocations}.
 */
public final class AccessTokens {

    private static final JOSEObjectType AT_JWT = new JOSEObjectType("at+jwt");
    private static final Purpose PURPOSE = Purpose.of("access token");

    /** So that a token found in a log or in code can be told for what it is. */
    private static final String OPAQUE_PREFIX = "mnb_at_";

    /** A token is read many times in its life; checking its signature once is enough. */
    private static final int REMEMBERED = 10_000;

    /** Longer texts are no tokens of ours. */
    private static final int MOST_CHARACTERS = 4096;

    private final String issuer;
    private final SigningKeys keys;
    private final Vault vault;
    private final Revocations revocations;
    private final Clients clients;
    private final InstantSource clock;
    private final Cache<String, AccessToken> read =
            Caffeine.newBuilder()
                    .maximumSize(REMEMBERED)
                    .expireAfterWrite(Duration.ofMinutes(5))
                    .build();

    public AccessTokens(
            String issuer,
            SigningKeys keys,
            Vault vault,
            Revocations revocations,
            Clients clients,
            InstantSource clock) {
        this.issuer = issuer;
        this.keys = keys;
        this.vault = vault;
        this.revocations = revocations;
        this.clients = clients;
        this.clock = clock;
    }

    /** A token for a person's grant, or for the client itself where there is none. */
    public String issue(
            Client client,
            @Nullable Grant grant,
            List<String> scopes,
            @Nullable String keyThumbprint) {
        Instant now = Instant.ofEpochSecond(clock.instant().getEpochSecond());
        String audience = client.audience();
        AccessToken token =
                new AccessToken(
                        Tokens.fresh().substring(0, 22),
                        grant == null ? null : grant.id(),
                        grant == null ? client.id() : grant.account().toString(),
                        client.id(),
                        scopes,
                        audience == null ? issuer : audience,
                        now,
                        now.plus(client.accessTokenLifetime()),
                        grant == null ? null : grant.authenticatedAt(),
                        grant == null ? null : grant.level().acr(),
                        keyThumbprint);
        return switch (client.accessTokenFormat()) {
            case JWT -> keys.sign(client.signingAlgorithm(), AT_JWT, claims(token));
            case OPAQUE -> OPAQUE_PREFIX + seal(token);
        };
    }

    /** What the token says, if it is good now; empty for everything else. */
    public Optional<AccessToken> read(String text) {
        if (text.length() > MOST_CHARACTERS) {
            return Optional.empty();
        }
        AccessToken token = read.getIfPresent(text);
        if (token == null) {
            token = parse(text).orElse(null);
            if (token == null) {
                return Optional.empty();
            }
            read.put(text, token);
        }
        boolean good =
                token.expiresAt().isAfter(clock.instant())
                        && !revocations.isRevoked(token)
                        && clients.find(token.client()).isPresent();
        return good ? Optional.of(token) : Optional.empty();
    }

    /** A token that was made here, whether it is good now or not. */
    public Optional<AccessToken> known(String text) {
        return text.length() > MOST_CHARACTERS ? Optional.empty() : parse(text);
    }

    public boolean isExpired(AccessToken token) {
        return !token.expiresAt().isAfter(clock.instant());
    }

    private Optional<AccessToken> parse(String text) {
        try {
            if (text.startsWith(OPAQUE_PREFIX)) {
                byte[] sealed =
                        Base64.getUrlDecoder().decode(text.substring(OPAQUE_PREFIX.length()));
                Optional<byte[]> plain = vault.open(PURPOSE, sealed);
                if (plain.isEmpty()) {
                    return Optional.empty();
                }
                return Optional.of(
                        of(
                                JWTClaimsSet.parse(
                                        Json.object(
                                                new String(plain.get(), StandardCharsets.UTF_8)))));
            }
            Optional<JWTClaimsSet> claims = keys.verify(SignedJWT.parse(text), AT_JWT);
            // RFC 9068, section 4: type, issuer, signature; the rest is checked by the reader.
            if (claims.isEmpty() || !issuer.equals(claims.get().getIssuer())) {
                return Optional.empty();
            }
            return Optional.of(of(claims.get()));
        } catch (ParseException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private JWTClaimsSet claims(AccessToken token) {
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .subject(token.subject())
                        .audience(token.audience())
                        .claim("client_id", token.client())
                        .issueTime(Date.from(token.issuedAt()))
                        .expirationTime(Date.from(token.expiresAt()))
                        .jwtID(token.id())
                        .claim("scope", String.join(" ", token.scopes()));
        if (token.grant() != null) {
            claims.claim("grant_id", token.grant().toString());
        }
        if (token.authenticatedAt() != null) {
            claims.claim("auth_time", token.authenticatedAt().getEpochSecond());
        }
        if (token.acr() != null) {
            claims.claim("acr", token.acr());
        }
        if (token.keyThumbprint() != null) {
            // RFC 9449, section 6.1
            claims.claim("cnf", Map.of("jkt", token.keyThumbprint()));
        }
        return claims.build();
    }

    private String seal(AccessToken token) {
        Map<String, Object> json = new LinkedHashMap<>(claims(token).toJSONObject());
        return Tokens.base64Url(vault.seal(PURPOSE, Json.bytes(json)));
    }

    private static AccessToken of(JWTClaimsSet claims) throws ParseException {
        String grant = claims.getStringClaim("grant_id");
        Long authenticated = claims.getLongClaim("auth_time");
        Map<String, Object> confirmation = claims.getJSONObjectClaim("cnf");
        String scope = claims.getStringClaim("scope");
        return new AccessToken(
                claims.getJWTID(),
                grant == null ? null : UUID.fromString(grant),
                claims.getSubject(),
                claims.getStringClaim("client_id"),
                scope.isEmpty() ? List.of() : List.of(scope.split(" ")),
                claims.getAudience().getFirst(),
                claims.getIssueTime().toInstant(),
                claims.getExpirationTime().toInstant(),
                authenticated == null ? null : Instant.ofEpochSecond(authenticated),
                claims.getStringClaim("acr"),
                confirmation == null ? null : (String) confirmation.get("jkt"));
    }
}
