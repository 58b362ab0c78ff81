package dev.monban.server.oidc;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.claims.AccessTokenHash;
import dev.monban.server.account.Account;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;

/** Makes ID tokens, and reads those that come back as hints. */
public final class IdTokens {

    private final String issuer;
    private final SigningKeys keys;
    private final TokenSettings settings;
    private final InstantSource clock;

    public IdTokens(String issuer, SigningKeys keys, TokenSettings settings, InstantSource clock) {
        this.issuer = issuer;
        this.keys = keys;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * An ID token (OpenID Connect Core 1.0, section 2) to go with this access token.
     *
     * @param granted what the access token gives
     * @param first whether it comes with a code; one that comes with a refresh carries no nonce
     *     (section 12.2)
     */
    public String issue(
            Client client,
            Grant grant,
            Account account,
            String accessToken,
            Claims.Granted granted,
            boolean first) {
        Instant now = clock.instant();
        Algorithm algorithm = client.signingAlgorithm();
        JWTClaimsSet.Builder claims =
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .subject(account.subject())
                        .audience(client.id())
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(settings.idToken())))
                        .claim("auth_time", grant.authenticatedAt().getEpochSecond())
                        .claim("acr", grant.level().acr())
                        .claim("amr", grant.methods())
                        .claim("sid", grant.session().toString())
                        .claim(
                                "at_hash",
                                AccessTokenHash.compute(
                                                new BearerAccessToken(accessToken),
                                                algorithm.jws(),
                                                algorithm == Algorithm.EDDSA ? Curve.Ed25519 : null)
                                        .getValue());
        if (first && grant.nonce() != null) {
            claims.claim("nonce", grant.nonce());
        }
        Claims.about(account, granted, Claims.Place.ID_TOKEN).forEach(claims::claim);
        return keys.sign(algorithm, JOSEObjectType.JWT, claims.build());
    }

    /**
     * What a hint says.
     *
     * @param client the client that it was made for
     * @param session the session that it was made in
     */
    public record Hint(String subject, String client, String session) {}

    /** Reads an ID token of ours, also one that has expired; empty for anything else. */
    public Optional<Hint> readHint(String text) {
        try {
            if (!(JWTParser.parse(text) instanceof SignedJWT jwt)) {
                return Optional.empty();
            }
            Optional<JWTClaimsSet> claims = keys.verify(jwt, JOSEObjectType.JWT);
            if (claims.isEmpty() || !issuer.equals(claims.get().getIssuer())) {
                return Optional.empty();
            }
            // A signed answer of the userinfo endpoint is a JWT of ours too, but names no session.
            String session = claims.get().getStringClaim("sid");
            return session == null || claims.get().getAudience().size() != 1
                    ? Optional.empty()
                    : Optional.of(
                            new Hint(
                                    claims.get().getSubject(),
                                    claims.get().getAudience().getFirst(),
                                    session));
        } catch (ParseException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
