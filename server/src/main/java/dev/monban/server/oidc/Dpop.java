package dev.monban.server.oidc;

import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds tokens to a key that the client proves to have (RFC 9449). Nonces are always asked for, so
 * that no proof can be made in advance (section 8); they come from the time and the master key, so
 * that every node knows them and none is stored.
 */
public final class Dpop {

    private static final Purpose NONCE = Purpose.of("dpop nonce");
    private static final Duration NONCE_LASTS = Duration.ofMinutes(3);

    /** Where clients prove a key before they have a token. */
    private static final Set<String> BACK_CHANNEL = Set.of("/token", "/par");

    private final String issuer;
    private final Vault vault;
    private final UsedAssertions used;
    private final InstantSource clock;

    public Dpop(String issuer, Vault vault, UsedAssertions used, InstantSource clock) {
        this.issuer = issuer;
        this.vault = vault;
        this.used = used;
        this.clock = clock;
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
        if (!BACK_CHANNEL.contains(request.path())) {
            throw DpopFault.NOT_HERE.atBackChannel();
        }
        try {
            DpopProofs.Proof proof =
                    DpopProofs.check(proofs, expected(request, request.path(), null, null));
            useOnce(client.id(), proof);
            return Optional.of(proof.keyThumbprint());
        } catch (DpopProofs.Refused e) {
            throw e.fault().atBackChannel();
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
                throw new DpopProofs.Refused(DpopFault.NO_KEY);
            }
            DpopProofs.Proof proof =
                    DpopProofs.check(
                            request.headers("DPoP"), expected(request, "/userinfo", text, key));
            useOnce(token.client(), proof);
        } catch (DpopProofs.Refused e) {
            throw e.fault().atResource();
        }
    }

    private DpopProofs.Expected expected(
            Request request, String path, @Nullable String token, @Nullable String key) {
        return new DpopProofs.Expected(
                request.method(), URI.create(issuer + path), token, key, nonces(), clock.instant());
    }

    /**
     * Tells a client that proves a key the nonce for its next proof (section 8.2), with an answer
     * as with a refusal.
     */
    public Reply answering(Request request, Reply reply) {
        boolean proves =
                request.header("DPoP").isPresent()
                        || request.header("Authorization")
                                .filter(h -> h.regionMatches(true, 0, "DPoP ", 0, 5))
                                .isPresent();
        return proves ? reply.header("DPoP-Nonce", nonce(window())) : reply;
    }

    private Set<String> nonces() {
        return Set.of(nonce(window()), nonce(window() - 1));
    }

    private long window() {
        return clock.millis() / NONCE_LASTS.toMillis();
    }

    private String nonce(long window) {
        return Tokens.base64Url(vault.tag(NONCE, Long.toString(window))).substring(0, 22);
    }

    /** Asked last, so that only a sound proof is remembered. */
    private void useOnce(String sender, DpopProofs.Proof proof) throws DpopProofs.Refused {
        Instant expires =
                clock.instant().plus(DpopProofs.LASTS).plus(DpopProofs.SKEW.multipliedBy(2));
        if (!used.use("dpop " + sender + " " + proof.id(), expires)) {
            throw new DpopProofs.Refused(DpopFault.REPLAYED);
        }
    }
}
