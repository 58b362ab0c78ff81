package dev.monban.server.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.dpop.JWKThumbprintConfirmation;
import com.nimbusds.oauth2.sdk.dpop.verifiers.AccessTokenValidationException;
import com.nimbusds.oauth2.sdk.dpop.verifiers.DPoPIssuer;
import com.nimbusds.oauth2.sdk.dpop.verifiers.DPoPProofUse;
import com.nimbusds.oauth2.sdk.dpop.verifiers.DPoPProtectedResourceRequestVerifier;
import com.nimbusds.oauth2.sdk.dpop.verifiers.DPoPTokenRequestVerifier;
import com.nimbusds.oauth2.sdk.dpop.verifiers.InvalidDPoPNonceException;
import com.nimbusds.oauth2.sdk.dpop.verifiers.InvalidDPoPProofException;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;
import com.nimbusds.oauth2.sdk.util.singleuse.AlreadyUsedException;
import com.nimbusds.oauth2.sdk.util.singleuse.SingleUseChecker;
import com.nimbusds.openid.connect.sdk.Nonce;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Binds tokens to a key that the client proves to have (RFC 9449). Nonces are always asked for, so
 * that no proof can be made in advance (section 8); they come from the time and the master key, so
 * that every node knows them and none is stored.
 */
public final class Dpop {

    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256, JWSAlgorithm.PS256);

    private static final Duration NONCE_LASTS = Duration.ofMinutes(3);
    private static final long SKEW_SECONDS = 10;
    private static final long PROOF_LASTS_SECONDS = 60;

    private final Vault vault;
    private final InstantSource clock;
    private final URI userInfo;
    private final Map<String, DPoPTokenRequestVerifier> atBackChannel = new HashMap<>();
    private final DPoPProtectedResourceRequestVerifier atResource;

    public Dpop(String issuer, Vault vault, UsedAssertions used, InstantSource clock) {
        this.vault = vault;
        this.clock = clock;
        this.userInfo = URI.create(issuer + "/userinfo");
        SingleUseChecker<DPoPProofUse> once = proof -> useOnce(proof, used, clock.instant());
        for (String path : List.of("/token", "/par")) {
            atBackChannel.put(
                    path,
                    new DPoPTokenRequestVerifier(
                            ALGORITHMS,
                            URI.create(issuer + path),
                            SKEW_SECONDS,
                            PROOF_LASTS_SECONDS,
                            once));
        }
        this.atResource =
                new DPoPProtectedResourceRequestVerifier(
                        ALGORITHMS, SKEW_SECONDS, PROOF_LASTS_SECONDS, once);
    }

    /**
     * The thumbprint of the key that a request to /token or /par proves; empty where it carries no
     * proof.
     *
     * @throws OAuthError where the proof is no good, or lacks today's nonce
     */
    public Optional<String> atBackChannel(Request request, Client client) {
        List<String> proofs = request.headers("DPoP");
        if (proofs.isEmpty()) {
            return Optional.empty();
        }
        DPoPTokenRequestVerifier verifier = atBackChannel.get(request.path());
        if (verifier == null) {
            throw OAuthError.of("invalid_dpop_proof", "no key is proved here");
        }
        try {
            JWKThumbprintConfirmation key =
                    verifier.verify(
                            new DPoPIssuer(new ClientID(client.id())), one(proofs), nonces());
            return Optional.of(key.getValue().toString());
        } catch (Database.DatabaseFailed e) {
            throw e;
        } catch (InvalidDPoPNonceException e) {
            throw OAuthError.of("use_dpop_nonce", "the proof lacks the nonce of the header");
        } catch (InvalidDPoPProofException | JOSEException | ParseException | RuntimeException e) {
            throw OAuthError.of("invalid_dpop_proof", "the DPoP proof is not good");
        }
    }

    /**
     * Makes sure that whoever sends this token to the userinfo endpoint has its key.
     *
     * @throws OAuthError where that is not proved
     */
    public void atUserInfo(Request request, String text, AccessToken token) {
        try {
            String key = token.keyThumbprint();
            if (key == null) {
                throw new ParseException("the token is bound to no key", 0);
            }
            atResource.verify(
                    request.method(),
                    userInfo,
                    new DPoPIssuer(new ClientID(token.client())),
                    one(request.headers("DPoP")),
                    new DPoPAccessToken(text),
                    new JWKThumbprintConfirmation(new com.nimbusds.jose.util.Base64URL(key)),
                    nonces(),
                    null);
        } catch (Database.DatabaseFailed e) {
            throw e;
        } catch (InvalidDPoPNonceException e) {
            throw OAuthError.resource(
                    "DPoP", "use_dpop_nonce", 401, "the proof lacks the nonce of the header");
        } catch (InvalidDPoPProofException
                | AccessTokenValidationException
                | JOSEException
                | ParseException
                | RuntimeException e) {
            throw OAuthError.resource(
                    "DPoP", "invalid_dpop_proof", 401, "the DPoP proof is not good");
        }
    }

    /** Answers; a request with a proof is told the nonce for the next one, also with a refusal. */
    public Reply answering(Request request, Handler handler) {
        if (request.header("DPoP").isEmpty()) {
            return handler.handle(request);
        }
        try {
            return withNonce(handler.handle(request));
        } catch (OAuthError e) {
            return withNonce(e.asReply());
        }
    }

    /** Tells the client the nonce for its next proof (section 8.2). */
    public Reply withNonce(Reply reply) {
        return reply.header("DPoP-Nonce", nonce(window()));
    }

    private static SignedJWT one(List<String> proofs) throws ParseException {
        if (proofs.size() != 1) {
            throw new ParseException("one proof, not " + proofs.size(), 0);
        }
        return SignedJWT.parse(proofs.getFirst());
    }

    private Set<Nonce> nonces() {
        return Set.of(new Nonce(nonce(window())), new Nonce(nonce(window() - 1)));
    }

    private long window() {
        return clock.millis() / NONCE_LASTS.toMillis();
    }

    private String nonce(long window) {
        return Tokens.base64Url(vault.tag("dpop nonce", Long.toString(window))).substring(0, 22);
    }

    private static void useOnce(DPoPProofUse proof, UsedAssertions used, Instant now)
            throws AlreadyUsedException {
        String name = "dpop " + proof.getIssuer().getValue() + " " + proof.getJWTID().getValue();
        Instant expires = now.plusSeconds(PROOF_LASTS_SECONDS + 2 * SKEW_SECONDS);
        if (!used.use(name, expires)) {
            throw new AlreadyUsedException("the proof was used before");
        }
    }
}
