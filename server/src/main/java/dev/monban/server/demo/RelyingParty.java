package dev.monban.server.demo;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponse;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.LogoutRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.claims.UserInfo;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.LogoutTokenValidator;
import dev.monban.server.platform.Addresses;
import dev.monban.server.platform.Assets;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.io.IOException;
import java.net.URI;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A small system that people sign in to through the gate, as a customer's own would be: it knows
 * the issuer's address, its id and its secret, and finds all else by discovery.
 */
public final class RelyingParty implements AutoCloseable {

    /** Enough for a demonstration; the oldest are forgotten by restarting. */
    private static final int MOST_VISITORS = 1_000;

    private static final int TIMEOUT_MS = 5_000;

    /** How it is set up. */
    public record Settings(
            String issuer, String clientId, String secret, String name, int port, String other) {

        URI callback() {
            return URI.create("http://localhost:" + port + "/callback");
        }

        URI home() {
            return URI.create("http://localhost:" + port + "/");
        }
    }

    /** Who is on the way through the gate. */
    private record Leaving(State state, Nonce nonce, CodeVerifier verifier) {}

    /**
     * Who is signed in here.
     *
     * @param session the gate's own session, which its logout names
     */
    public record Visitor(String name, String login, String session, JWT idToken) {}

    private final Settings settings;
    private final OIDCProviderMetadata provider;
    private final IDTokenValidator idTokens;
    private final LogoutTokenValidator logoutTokens;
    private final Map<String, Leaving> leaving = new ConcurrentHashMap<>();
    private final Map<String, Visitor> visitors = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final Pages pages;
    private final String cookie;

    /** Finds the gate and opens its own door. */
    public RelyingParty(Settings settings) throws GeneralException, IOException {
        this.settings = settings;
        this.cookie = "demo_" + settings.clientId();
        this.provider = OIDCProviderMetadata.resolve(new Issuer(settings.issuer()));
        JWKSource<SecurityContext> keys =
                JWKSourceBuilder.create(provider.getJWKSetURI().toURL()).retrying(true).build();
        var selector =
                new JWSVerificationKeySelector<>(
                        Set.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256), keys);
        ClientID client = new ClientID(settings.clientId());
        this.idTokens = new IDTokenValidator(provider.getIssuer(), client, selector, null);
        this.logoutTokens =
                new LogoutTokenValidator(provider.getIssuer(), client, true, selector, null);
        this.server =
                new HttpServer(
                                new HttpServer.Settings(
                                        "127.0.0.1",
                                        settings.port(),
                                        Optional.empty(),
                                        new Addresses(
                                                List.of(), Addresses.ProxyHeader.X_FORWARDED_FOR),
                                        HttpServer.MAX_MANAGEMENT_CONNECTIONS,
                                        Optional.empty(),
                                        (method, route, status, took) -> {}))
                        .keepPlainCookies();
        byte[] key = new byte[32];
        System.arraycopy(Tokens.hash(Tokens.fresh()), 0, key, 0, key.length);
        this.pages = new Pages(new Assets(server), new Browsers(Vault.of(key)));
        server.get("/", this::home)
                .get("/sign-in", pages.guarded(this::signIn))
                .get("/callback", pages.guarded(this::callback))
                .get("/sign-out", this::signOut)
                .post("/back-channel-logout", this::loggedOut);
        server.start();
    }

    @Override
    public void close() {
        server.close();
    }

    private Reply home(Request request) {
        Optional<Visitor> visitor =
                request.cookie(cookie).flatMap(id -> Optional.ofNullable(visitors.get(id)));
        return pages.show(
                request,
                200,
                "demo",
                Map.of(
                        "name", settings.name(),
                        "visitorName", visitor.map(Visitor::name).orElse(""),
                        "visitorLogin", visitor.map(Visitor::login).orElse(""),
                        "other", settings.other(),
                        "gate", settings.issuer()));
    }

    private Reply signIn(Request request) {
        if (leaving.size() > MOST_VISITORS) {
            leaving.clear();
        }
        Leaving away = new Leaving(new State(), new Nonce(), new CodeVerifier());
        leaving.put(away.state().getValue(), away);
        URI uri =
                new AuthenticationRequest.Builder(
                                ResponseType.CODE,
                                new Scope("openid", "profile", "email"),
                                new ClientID(settings.clientId()),
                                settings.callback())
                        .endpointURI(provider.getAuthorizationEndpointURI())
                        .state(away.state())
                        .nonce(away.nonce())
                        .codeChallenge(away.verifier(), CodeChallengeMethod.S256)
                        .build()
                        .toURI();
        return Reply.seeOther(uri.toString());
    }

    private Reply callback(Request request) {
        try {
            AuthenticationResponse response =
                    AuthenticationResponseParser.parse(
                            URI.create(settings.callback() + "?" + request.rawQuery()));
            Leaving away =
                    response.getState() == null
                            ? null
                            : leaving.remove(response.getState().getValue());
            if (away == null || !provider.getIssuer().equals(response.getIssuer())) {
                throw Problem.badRequest("an answer that nobody asked for");
            }
            if (!response.indicatesSuccess()) {
                return Reply.seeOther("/");
            }
            Visitor visitor = exchange(response.toSuccessResponse().getAuthorizationCode(), away);
            if (visitors.size() > MOST_VISITORS) {
                visitors.clear();
            }
            String id = Tokens.fresh();
            visitors.put(id, visitor);
            return Reply.seeOther("/").cookie(cookie, id, null);
        } catch (GeneralException | IOException | BadJOSEException | ParseException e) {
            throw Problem.badRequest("the gate's answer is not good: " + e.getMessage());
        } catch (com.nimbusds.jose.JOSEException e) {
            throw Problem.badRequest("the gate's signature cannot be checked");
        }
    }

    private Visitor exchange(AuthorizationCode code, Leaving away)
            throws GeneralException,
                    IOException,
                    BadJOSEException,
                    com.nimbusds.jose.JOSEException,
                    ParseException {
        var request =
                new TokenRequest.Builder(
                                provider.getTokenEndpointURI(),
                                new ClientSecretBasic(
                                        new ClientID(settings.clientId()),
                                        new Secret(settings.secret())),
                                new AuthorizationCodeGrant(
                                        code, settings.callback(), away.verifier()))
                        .build()
                        .toHTTPRequest();
        request.setConnectTimeout(TIMEOUT_MS);
        request.setReadTimeout(TIMEOUT_MS);
        TokenResponse response = OIDCTokenResponseParser.parse(request.send());
        if (!response.indicatesSuccess()) {
            throw new GeneralException(response.toErrorResponse().getErrorObject().toString());
        }
        OIDCTokens tokens = ((OIDCTokenResponse) response.toSuccessResponse()).getOIDCTokens();
        IDTokenClaimsSet claims = idTokens.validate(tokens.getIDToken(), away.nonce());
        UserInfo info =
                UserInfoResponse.parse(
                                new UserInfoRequest(
                                                provider.getUserInfoEndpointURI(),
                                                tokens.getAccessToken())
                                        .toHTTPRequest()
                                        .send())
                        .toSuccessResponse()
                        .getUserInfo();
        if (!info.getSubject().equals(claims.getSubject())) {
            throw new GeneralException("the userinfo endpoint speaks of somebody else");
        }
        return new Visitor(
                info.getName(),
                info.getPreferredUsername(),
                claims.getSessionID().getValue(),
                JWTParser.parse(tokens.getIDTokenString()));
    }

    private Reply signOut(Request request) {
        Visitor visitor = request.cookie(cookie).map(visitors::remove).orElse(null);
        if (visitor == null) {
            return Reply.seeOther("/");
        }
        URI uri =
                new LogoutRequest(
                                provider.getEndSessionEndpointURI(),
                                visitor.idToken(),
                                settings.home(),
                                new State())
                        .toURI();
        return Reply.seeOther(uri.toString());
    }

    /** The gate tells that a session has ended (OpenID Connect Back-Channel Logout 1.0). */
    private Reply loggedOut(Request request) {
        try {
            String session =
                    logoutTokens
                            .validate(JWTParser.parse(request.form().text("logout_token")))
                            .getSessionID()
                            .getValue();
            visitors.values().removeIf(visitor -> visitor.session().equals(session));
            return Reply.empty(200).uncached();
        } catch (ParseException | BadJOSEException | com.nimbusds.jose.JOSEException e) {
            throw Problem.badRequest("this is no logout token for this system");
        }
    }
}
