package dev.monban.server.oidc.page;

import dev.monban.core.authorize.CodeBinding;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.LevelNeeds;
import dev.monban.server.oidc.AccessTokens;
import dev.monban.server.oidc.Claims;
import dev.monban.server.oidc.Client;
import dev.monban.server.oidc.ClientAuthenticator;
import dev.monban.server.oidc.Devices;
import dev.monban.server.oidc.Dpop;
import dev.monban.server.oidc.DpopFault;
import dev.monban.server.oidc.Grant;
import dev.monban.server.oidc.Grants;
import dev.monban.server.oidc.Handles;
import dev.monban.server.oidc.IdTokens;
import dev.monban.server.oidc.OAuthError;
import dev.monban.server.oidc.Pkce;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The token endpoint (RFC 6749, section 3.2): who asks, with what, and what they get for it. */
public final class TokenEndpoint {

    private final ClientAuthenticator authenticator;
    private final Dpop dpop;
    private final Grants grants;
    private final Handles handles;
    private final Devices devices;
    private final AccessTokens accessTokens;
    private final IdTokens idTokens;
    private final Accounts accounts;
    private final LevelNeeds needs;
    private final EventLog events;
    private final InstantSource clock;

    public TokenEndpoint(
            ClientAuthenticator authenticator,
            Dpop dpop,
            Grants grants,
            Handles handles,
            Devices devices,
            AccessTokens accessTokens,
            IdTokens idTokens,
            Accounts accounts,
            LevelNeeds needs,
            EventLog events,
            InstantSource clock) {
        this.authenticator = authenticator;
        this.dpop = dpop;
        this.grants = grants;
        this.handles = handles;
        this.devices = devices;
        this.accessTokens = accessTokens;
        this.idTokens = idTokens;
        this.accounts = accounts;
        this.needs = needs;
        this.events = events;
        this.clock = clock;
    }

    /** Answers a token request. */
    public Reply handle(Request request) {
        Parameters form = request.form();
        if (form.repeated().isPresent()) {
            throw OAuthError.invalidRequest("a parameter was sent twice");
        }
        String type = form.text("grant_type");
        if (type.isEmpty()) {
            throw OAuthError.invalidRequest("grant_type: missing");
        }
        Client client = authenticator.authenticate(request, form);
        Optional<String> key = dpop.atBackChannel(request, client);
        if (client.dpopRequired() && key.isEmpty()) {
            throw DpopFault.REQUIRED.atBackChannel();
        }
        Ask ask = new Ask(request, form, client, key.orElse(null));
        return switch (type) {
            case Client.AUTHORIZATION_CODE -> byCode(ask);
            case Client.REFRESH_TOKEN -> byRefreshToken(ask);
            case Client.CLIENT_CREDENTIALS -> byClientCredentials(ask);
            case Client.DEVICE_CODE -> byDeviceCode(ask);
            default ->
                    throw OAuthError.of(
                            "unsupported_grant_type", "there is no such grant type here");
        };
    }

    /** A request whose client is known. */
    private record Ask(Request request, Parameters form, Client client, @Nullable String key) {

        void mayUse(String grant) {
            if (!client.mayUse(grant)) {
                throw OAuthError.of(
                        "unauthorized_client", "the client was not declared for this grant type");
            }
        }
    }

    private Reply byCode(Ask ask) {
        ask.mayUse(Client.AUTHORIZATION_CODE);
        String verifier = ask.form().text("code_verifier");
        if (ask.form().text("code").isEmpty()) {
            throw OAuthError.invalidRequest("code: missing");
        }
        Grant grant =
                handles.readCode(ask.form().text("code"))
                        .flatMap(grants::find)
                        .filter(g -> g.client().equals(ask.client().id()))
                        .orElseThrow(() -> refused("code"));
        Grant.Code code = grant.code();
        if (code == null) {
            throw refused("code");
        }
        check(ask, grant, code, verifier);
        boolean refreshable = ask.client().mayUse(Client.REFRESH_TOKEN);
        Grant redeemed =
                grants.redeem(grant, refreshable, ask.key(), ask.request().address())
                        .orElseThrow(() -> refused("code"));
        return tokens(ask, redeemed, redeemed.scopes(), true);
    }

    private void check(Ask ask, Grant grant, Grant.Code code, String verifier) {
        boolean sound =
                // A used one goes on to be known as replayed, by whoever proves to be its client.
                (code.used() || code.expiresAt().isAfter(clock.instant()))
                        && (code.used() || !grant.revoked())
                        // RFC 6749, 4.1.3: the redirect address of the request, if it was sent.
                        && ask.form()
                                .get("redirect_uri")
                                .map(code.redirectUri()::equals)
                                .orElse(false);
        // RFC 9449, 10: a code asked for with a key is redeemed with that key.
        String bound = grant.keyThumbprint();
        if (!sound || (bound != null && !bound.equals(ask.key()))) {
            throw refused("code");
        }
        String challenge = code.challenge();
        switch (CodeBinding.redeemed(
                challenge != null,
                !verifier.isEmpty(),
                () -> challenge != null && Pkce.matches(verifier, challenge))) {
            case GOOD -> {}
            case VERIFIER_WRONG -> throw refused("code");
            case VERIFIER_MISSING ->
                    throw OAuthError.invalidGrant(
                            "code_verifier: missing; the code was asked for with a challenge (RFC"
                                    + " 7636, 4.6)");
            case CHALLENGE_MISSING ->
                    throw OAuthError.invalidGrant(
                            "code_verifier: sent, and the code was asked for without a challenge"
                                    + " (RFC 9700, 4.8.2)");
        }
    }

    private Reply byRefreshToken(Ask ask) {
        ask.mayUse(Client.REFRESH_TOKEN);
        String text = ask.form().text("refresh_token");
        if (text.isEmpty()) {
            throw OAuthError.invalidRequest("refresh_token: missing");
        }
        Handles.Refresh handle =
                handles.readRefreshToken(text).orElseThrow(() -> refused("refresh_token"));
        Optional<List<String>> narrower =
                ask.form()
                        .get("scope")
                        .filter(s -> !s.isBlank())
                        .map(s ->
                                within(
                                        s,
                                        grants.find(handle.grant())
                                                .filter(g -> isOf(g, ask.client()))
                                                .map(Grant::scopes)
                                                .orElse(List.of())));
        Grants.Refreshed refreshed =
                grants.refresh(handle, ask.client(), ask.key(), ask.request().address());
        return switch (refreshed) {
            case Grants.Refreshed.Refused() -> throw refused("refresh_token");
            case Grants.Refreshed.Moved(Grant grant) ->
                    tokens(ask, grant, narrower.orElse(grant.scopes()), false);
        };
    }

    private static boolean isOf(Grant grant, Client client) {
        return grant.client().equals(client.id());
    }

    private Reply byClientCredentials(Ask ask) {
        ask.mayUse(Client.CLIENT_CREDENTIALS);
        if (ask.client().isPublic()) {
            throw OAuthError.of("unauthorized_client", "only a client with a secret of its own");
        }
        // openid and offline_access mean a person; a client asks for itself alone.
        List<String> own =
                ask.client().scopes().stream()
                        .filter(scope -> !Claims.SCOPES.contains(scope))
                        .toList();
        List<String> scopes =
                ask.form()
                        .get("scope")
                        .filter(s -> !s.isBlank())
                        .map(s -> within(s, own))
                        .orElse(own);
        String token = accessTokens.issue(ask.client(), null, scopes, ask.key());
        events.record(
                Event.of(EventKind.CLIENT_TOKEN_ISSUED)
                        .client(ask.client().id())
                        .address(ask.request().address()));
        return Reply.json(200, body(ask, token, scopes));
    }

    private Reply byDeviceCode(Ask ask) {
        ask.mayUse(Client.DEVICE_CODE);
        String code = ask.form().text("device_code");
        if (code.isEmpty()) {
            throw OAuthError.invalidRequest("device_code: missing");
        }
        UUID allowed = devices.poll(code, ask.client());
        Grant grant = grants.find(allowed).orElseThrow(() -> refused("device_code"));
        boolean refreshable = ask.client().mayUse(Client.REFRESH_TOKEN);
        Grant redeemed =
                grants.redeem(grant, refreshable, ask.key(), ask.request().address())
                        .orElseThrow(() -> refused("device_code"));
        return tokens(ask, redeemed, redeemed.scopes(), true);
    }

    private Reply tokens(Ask ask, Grant grant, List<String> granted, boolean first) {
        Account account =
                accounts.recent(grant.account())
                        .filter(a -> !a.disabled())
                        .orElseThrow(() -> OAuthError.invalidGrant("the account is not in use"));
        if (!needs.isEnough(account, grant.level(), grant.session())) {
            throw OAuthError.invalidGrant("the organisation wants a stronger proof by now");
        }
        // What the client may ask for today, also where the grant is older.
        List<String> scopes = granted.stream().filter(ask.client().scopes()::contains).toList();
        String accessToken = accessTokens.issue(ask.client(), grant, scopes, ask.key());
        Map<String, Object> body = body(ask, accessToken, scopes);
        if (grant.refreshGeneration() > 0) {
            body.put("refresh_token", handles.refreshToken(grant.id(), grant.refreshGeneration()));
        }
        if (scopes.contains(Claims.OPENID)) {
            body.put(
                    "id_token",
                    idTokens.issue(
                            ask.client(),
                            grant,
                            account,
                            accessToken,
                            grant.claims(ask.client(), scopes),
                            first));
        }
        return Reply.json(200, body);
    }

    private static Map<String, Object> body(Ask ask, String accessToken, List<String> scopes) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("access_token", accessToken);
        body.put("token_type", ask.key() == null ? "Bearer" : "DPoP");
        body.put("expires_in", ask.client().accessTokenLifetime().toSeconds());
        body.put("scope", String.join(" ", scopes));
        return body;
    }

    private static List<String> within(String asked, List<String> allowed) {
        List<String> scopes = List.of(asked.strip().split(" +"));
        if (!allowed.containsAll(scopes)) {
            throw OAuthError.of("invalid_scope", "more than the client may have here");
        }
        return scopes.stream().distinct().sorted().toList();
    }

    /**
     * One answer for all that is wrong with a code or a token, so that none of it can be probed.
     */
    private static OAuthError refused(String parameter) {
        return OAuthError.invalidGrant(parameter + ": not good, or no more, for this client");
    }
}
