package dev.monban.server.oidc.page;

import dev.monban.core.authorize.CodeBinding;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.LevelNeeds;
import dev.monban.server.oidc.AccessTokens;
import dev.monban.server.oidc.CallFacts;
import dev.monban.server.oidc.Claims;
import dev.monban.server.oidc.Client;
import dev.monban.server.oidc.ClientAuthenticator;
import dev.monban.server.oidc.Devices;
import dev.monban.server.oidc.Dpop;
import dev.monban.server.oidc.DpopFault;
import dev.monban.server.oidc.GoodCalls;
import dev.monban.server.oidc.Grant;
import dev.monban.server.oidc.GrantRefusals;
import dev.monban.server.oidc.Grants;
import dev.monban.server.oidc.Handles;
import dev.monban.server.oidc.IdTokens;
import dev.monban.server.oidc.OAuthError;
import dev.monban.server.oidc.Pkce;
import dev.monban.server.oidc.RefusalCause;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final GoodCalls calls;
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
            GoodCalls calls,
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
        this.calls = calls;
        this.clock = clock;
    }

    /** Answers a token request. */
    public Reply handle(Request request) {
        Parameters form = request.form();
        if (form.repeated().isPresent()) {
            throw OAuthError.repeated();
        }
        String type = form.text("grant_type");
        if (type.isEmpty()) {
            throw OAuthError.invalidRequest("grant_type: missing");
        }
        ClientAuthenticator.Proven proven = authenticator.authenticate(request, form);
        Client client = proven.client();
        Optional<String> key = dpop.atBackChannel(request, client);
        if (client.dpopRequired() && key.isEmpty()) {
            throw DpopFault.REQUIRED.atBackChannel();
        }
        Ask ask = new Ask(request, form, proven, key.orElse(null));
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
    private record Ask(
            Request request,
            Parameters form,
            ClientAuthenticator.Proven proven,
            @Nullable String key) {

        Client client() {
            return proven.client();
        }

        void mayUse(String grant) {
            if (!client().mayUse(grant)) {
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
        Optional<Grant> named = handles.readCode(ask.form().text("code")).flatMap(grants::find);
        Optional<RefusalCause> wrong =
                GrantRefusals.ofCode(
                        named,
                        ask.client(),
                        ask.form().get("redirect_uri"),
                        ask.key(),
                        clock.instant());
        if (wrong.isPresent()) {
            throw refused("code", wrong.get());
        }
        Grant grant = named.orElseThrow();
        checkVerifier(Objects.requireNonNull(grant.code()).challenge(), verifier);
        boolean refreshable = ask.client().mayUse(Client.REFRESH_TOKEN);
        Grant redeemed =
                grants.redeem(grant, refreshable, ask.key(), ask.request().address())
                        .orElseThrow(() -> refused("code", RefusalCause.CODE_USED));
        return tokens(ask, redeemed, redeemed.scopes(), true);
    }

    private static void checkVerifier(@Nullable String challenge, String verifier) {
        switch (CodeBinding.redeemed(
                challenge != null,
                !verifier.isEmpty(),
                () -> challenge != null && Pkce.matches(verifier, challenge))) {
            case GOOD -> {}
            case VERIFIER_WRONG -> throw refused("code", RefusalCause.PKCE_FAILED);
            case VERIFIER_MISSING ->
                    throw OAuthError.invalidGrant(
                                    "code_verifier: missing; the code was asked for with a"
                                            + " challenge (RFC 7636, 4.6)")
                            .because(RefusalCause.PKCE_MISSING);
            case CHALLENGE_MISSING ->
                    throw OAuthError.invalidGrant(
                                    "code_verifier: sent, and the code was asked for without a"
                                            + " challenge (RFC 9700, 4.8.2)")
                            .because(RefusalCause.PKCE_NOT_ASKED);
        }
    }

    private Reply byRefreshToken(Ask ask) {
        ask.mayUse(Client.REFRESH_TOKEN);
        String text = ask.form().text("refresh_token");
        if (text.isEmpty()) {
            throw OAuthError.invalidRequest("refresh_token: missing");
        }
        Handles.Refresh handle =
                handles.readRefreshToken(text)
                        .orElseThrow(
                                () -> refused("refresh_token", RefusalCause.UNKNOWN_REFRESH_TOKEN));
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
            case Grants.Refreshed.Refused() ->
                    throw refused(
                            "refresh_token",
                            GrantRefusals.ofRefresh(
                                    grants.find(handle.grant()),
                                    handle,
                                    ask.client(),
                                    ask.key(),
                                    clock.instant()));
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
        return answer(ask, body(ask, token, scopes), scopes);
    }

    private Reply byDeviceCode(Ask ask) {
        ask.mayUse(Client.DEVICE_CODE);
        String code = ask.form().text("device_code");
        if (code.isEmpty()) {
            throw OAuthError.invalidRequest("device_code: missing");
        }
        UUID allowed = devices.poll(code, ask.client());
        Grant grant =
                grants.find(allowed)
                        .orElseThrow(
                                () -> refused("device_code", RefusalCause.UNKNOWN_DEVICE_CODE));
        boolean refreshable = ask.client().mayUse(Client.REFRESH_TOKEN);
        Grant redeemed =
                grants.redeem(grant, refreshable, ask.key(), ask.request().address())
                        .orElseThrow(() -> refused("device_code", RefusalCause.DEVICE_CODE_USED));
        return tokens(ask, redeemed, redeemed.scopes(), true);
    }

    private Reply tokens(Ask ask, Grant grant, List<String> granted, boolean first) {
        Account account =
                accounts.recent(grant.account())
                        .filter(a -> !a.disabled())
                        .orElseThrow(() ->
                                OAuthError.invalidGrant("the account is not in use")
                                        .because(RefusalCause.ACCOUNT_NOT_IN_USE));
        if (!needs.isEnough(account, grant.level(), grant.session())) {
            throw OAuthError.invalidGrant("the organisation wants a stronger proof by now")
                    .because(RefusalCause.STRONGER_SIGN_IN_WANTED);
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
        return answer(ask, body, scopes);
    }

    private Reply answer(Ask ask, Map<String, Object> body, List<String> scopes) {
        calls.record(
                ask.request(),
                ask.proven(),
                Map.of(CallFacts.SCOPE, String.join(" ", scopes.stream().sorted().toList())));
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
    private static OAuthError refused(String parameter, RefusalCause cause) {
        return OAuthError.invalidGrant(parameter + ": not good, or no more, for this client")
                .because(cause);
    }
}
