package dev.monban.server.oidc.page;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.oidc.AccessToken;
import dev.monban.server.oidc.AccessTokens;
import dev.monban.server.oidc.Algorithm;
import dev.monban.server.oidc.Claims;
import dev.monban.server.oidc.Client;
import dev.monban.server.oidc.Clients;
import dev.monban.server.oidc.Dpop;
import dev.monban.server.oidc.Grant;
import dev.monban.server.oidc.Grants;
import dev.monban.server.oidc.OAuthError;
import dev.monban.server.oidc.RefusalCause;
import dev.monban.server.oidc.SigningKeys;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The userinfo endpoint (OpenID Connect Core 1.0, section 5.3). */
public final class UserInfoEndpoint {

    /** What a grant gives never changes, and is asked for again and again. */
    private static final int REMEMBERED = 10_000;

    private final String issuer;
    private final AccessTokens accessTokens;
    private final Dpop dpop;
    private final Grants grants;
    private final Accounts accounts;
    private final Clients clients;
    private final SigningKeys keys;
    private final RateLimit failures;
    private final Cache<UUID, Optional<Grant>> granted =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    public UserInfoEndpoint(
            String issuer,
            AccessTokens accessTokens,
            Dpop dpop,
            Grants grants,
            Accounts accounts,
            Clients clients,
            SigningKeys keys,
            RateLimit failures) {
        this.issuer = issuer;
        this.accessTokens = accessTokens;
        this.dpop = dpop;
        this.grants = grants;
        this.accounts = accounts;
        this.clients = clients;
        this.keys = keys;
        this.failures = failures;
    }

    private record Presented(String scheme, String token) {}

    /** Answers GET and POST. */
    public Reply handle(Request request) {
        Presented presented = presented(request);
        AccessToken token =
                accessTokens
                        .read(presented.token())
                        .filter(t -> t.scheme().equals(presented.scheme()))
                        .orElseThrow(() -> refused(request, presented));
        request.known();
        if (token.keyThumbprint() != null) {
            dpop.atUserInfo(request, presented.token(), token);
        }
        UUID grant = token.grant();
        if (grant == null || !token.scopes().contains(Claims.OPENID)) {
            throw OAuthError.resource(
                    presented.scheme(), "insufficient_scope", 403, "the scope openid is needed");
        }
        Account account =
                accounts.recent(UUID.fromString(token.subject()))
                        .filter(a -> !a.disabled())
                        .orElseThrow(() -> {
                            failures.count(request);
                            return OAuthError.invalidToken(presented.scheme())
                                    .because(RefusalCause.ACCOUNT_NOT_IN_USE);
                        });
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", account.subject());
        claims.putAll(Claims.about(account, granted(grant, token), Claims.Place.USER_INFO));
        return answer(token, claims);
    }

    private Reply answer(AccessToken token, Map<String, Object> claims) {
        Algorithm algorithm =
                clients.find(token.client()).map(Client::userInfoAlgorithm).orElse(null);
        if (algorithm == null) {
            return Reply.json(200, claims);
        }
        JWTClaimsSet.Builder signed =
                new JWTClaimsSet.Builder().issuer(issuer).audience(token.client());
        claims.forEach(signed::claim);
        String jwt = keys.sign(algorithm, JOSEObjectType.JWT, signed.build());
        return Reply.bytes(200, "application/jwt", jwt.getBytes(StandardCharsets.US_ASCII))
                .uncached();
    }

    private Claims.Granted granted(UUID id, AccessToken token) {
        Optional<Client> client = clients.find(token.client());
        return granted.get(id, grants::find)
                .flatMap(grant -> client.map(c -> grant.claims(c, token.scopes())))
                .orElseGet(() -> new Claims.Granted(token.scopes(), null, List.of()));
    }

    /**
     * RFC 6750, section 2: in the header or, for POST, in the form, and in one of them alone; never
     * in the address.
     */
    private static Presented presented(Request request) {
        List<String> headers = request.headers("Authorization");
        boolean form =
                request.isPost()
                        && request.header("Content-Type")
                                .orElse("")
                                .toLowerCase(Locale.ROOT)
                                .startsWith("application/x-www-form-urlencoded");
        List<String> inForm = form ? request.form().all("access_token") : List.of();
        boolean inQuery = request.query().get("access_token").isPresent();
        if (headers.size() + inForm.size() + (inQuery ? 1 : 0) > 1) {
            throw OAuthError.invalidRequest(
                            "send the access token in one way, once (RFC 6750, section 2)")
                    .because(RefusalCause.TOKEN_SENT_TWICE);
        }
        if (inQuery) {
            throw OAuthError.invalidRequest(
                            "access_token: send it in the header, not in the address (RFC 6750,"
                                    + " section 2.3; RFC 9700, section 4.3.2)")
                    .because(RefusalCause.TOKEN_MISSING);
        }
        if (!headers.isEmpty()) {
            String[] parts = headers.getFirst().strip().split(" +", 2);
            String scheme =
                    switch (parts[0].toLowerCase(Locale.ROOT)) {
                        case "bearer" -> "Bearer";
                        case "dpop" -> "DPoP";
                        default -> throw noToken();
                    };
            if (parts.length == 2) {
                return new Presented(scheme, parts[1]);
            }
            throw noToken();
        }
        if (!inForm.isEmpty()) {
            return new Presented("Bearer", inForm.getFirst());
        }
        throw noToken();
    }

    /**
     * The client whose token a request carries, for the log; the token may not be good any more.
     *
     * @return its id; empty where that cannot be told
     */
    public String client(Request request) {
        try {
            return accessTokens
                    .known(presented(request).token())
                    .map(AccessToken::client)
                    .orElse("");
        } catch (OAuthError | Problem noToken) {
            return "";
        }
    }

    private OAuthError refused(Request request, Presented presented) {
        failures.count(request);
        return OAuthError.invalidToken(presented.scheme())
                .because(
                        accessTokens
                                .known(presented.token())
                                .map(token ->
                                        accessTokens.isExpired(token)
                                                ? RefusalCause.TOKEN_EXPIRED
                                                : token.scheme().equals(presented.scheme())
                                                        ? RefusalCause.TOKEN_REVOKED
                                                        : RefusalCause.TOKEN_SCHEME)
                                .orElse(RefusalCause.TOKEN_INVALID));
    }

    private static OAuthError noToken() {
        return OAuthError.resource("Bearer", "invalid_token", 401, "an access token is needed")
                .because(RefusalCause.TOKEN_MISSING);
    }
}
