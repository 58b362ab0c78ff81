package dev.monban.server.oidc.page;

import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.AccessToken;
import dev.monban.server.oidc.AccessTokens;
import dev.monban.server.oidc.Client;
import dev.monban.server.oidc.ClientAuthenticator;
import dev.monban.server.oidc.Devices;
import dev.monban.server.oidc.Dpop;
import dev.monban.server.oidc.GoodCalls;
import dev.monban.server.oidc.Grant;
import dev.monban.server.oidc.Grants;
import dev.monban.server.oidc.Handles;
import dev.monban.server.oidc.OAuthError;
import dev.monban.server.oidc.PushedRequests;
import dev.monban.server.oidc.RefusalCause;
import dev.monban.server.oidc.Revocations;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What clients call besides the token endpoint: introspection, revocation, PAR, devices. */
public final class BackChannelEndpoints {

    private static final int TOO_LARGE = 413;

    private final String issuer;
    private final ClientAuthenticator authenticator;
    private final AccessTokens accessTokens;
    private final Handles handles;
    private final Dpop dpop;
    private final Grants grants;
    private final Revocations revocations;
    private final PushedRequests pushedRequests;
    private final Devices devices;
    private final Database database;
    private final EventLog events;
    private final GoodCalls calls;
    private final RateLimit limit;
    private final Duration pushedLasts;
    private final InstantSource clock;

    public BackChannelEndpoints(
            String issuer,
            ClientAuthenticator authenticator,
            AccessTokens accessTokens,
            Handles handles,
            Dpop dpop,
            Grants grants,
            Revocations revocations,
            PushedRequests pushedRequests,
            Devices devices,
            Database database,
            EventLog events,
            GoodCalls calls,
            RateLimit limit,
            Duration pushedLasts,
            InstantSource clock) {
        this.issuer = issuer;
        this.authenticator = authenticator;
        this.accessTokens = accessTokens;
        this.handles = handles;
        this.dpop = dpop;
        this.grants = grants;
        this.revocations = revocations;
        this.pushedRequests = pushedRequests;
        this.devices = devices;
        this.database = database;
        this.events = events;
        this.calls = calls;
        this.limit = limit;
        this.pushedLasts = pushedLasts;
        this.clock = clock;
    }

    /**
     * RFC 7662. Only a client that proves itself may ask; of anything unknown it learns nothing.
     */
    public Reply introspect(Request request) {
        Parameters form = checked(request);
        ClientAuthenticator.Proven proven = authenticator.authenticate(request, form);
        Client client = proven.client();
        if (client.isPublic()) {
            throw OAuthError.invalidClient(RefusalCause.PUBLIC_CLIENT);
        }
        String token = required(form, "token");
        Map<String, Object> answer =
                accessTokens
                        .read(token)
                        .map(this::describe)
                        .or(() -> refreshToken(token, client))
                        .orElse(Map.of("active", false));
        calls.record(request, proven);
        return Reply.json(200, answer);
    }

    private Map<String, Object> describe(AccessToken token) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("active", true);
        answer.put("iss", issuer);
        answer.put("sub", token.subject());
        answer.put("client_id", token.client());
        answer.put("aud", token.audience());
        answer.put("scope", String.join(" ", token.scopes()));
        answer.put("token_type", token.scheme());
        answer.put("jti", token.id());
        answer.put("iat", token.issuedAt().getEpochSecond());
        answer.put("exp", token.expiresAt().getEpochSecond());
        if (token.acr() != null) {
            answer.put("acr", token.acr());
        }
        if (token.authenticatedAt() != null) {
            answer.put("auth_time", token.authenticatedAt().getEpochSecond());
        }
        if (token.keyThumbprint() != null) {
            answer.put("cnf", Map.of("jkt", token.keyThumbprint()));
        }
        return answer;
    }

    /** A refresh token is shown to its own client only. */
    private Optional<Map<String, Object>> refreshToken(String text, Client client) {
        Instant now = clock.instant();
        return handles.readRefreshToken(text)
                .flatMap(handle ->
                        grants.find(handle.grant())
                                .filter(g -> g.refreshGeneration() == handle.generation()))
                .filter(grant -> grant.client().equals(client.id()) && !grant.revoked())
                .filter(grant ->
                        grant.refreshExpiresAt() != null && grant.refreshExpiresAt().isAfter(now))
                .map(BackChannelEndpoints::describe);
    }

    private static Map<String, Object> describe(Grant grant) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("active", true);
        answer.put("sub", grant.account().toString());
        answer.put("client_id", grant.client());
        answer.put("scope", String.join(" ", grant.scopes()));
        Instant expires = grant.refreshExpiresAt();
        if (expires != null) {
            answer.put("exp", expires.getEpochSecond());
        }
        return answer;
    }

    /** RFC 7009. A token that is not known is as good as revoked. */
    public Reply revoke(Request request) {
        Parameters form = checked(request);
        ClientAuthenticator.Proven proven = authenticator.authenticate(request, form);
        Client client = proven.client();
        String token = required(form, "token");
        Optional<Grant> grant =
                handles.readRefreshToken(token)
                        .flatMap(handle -> grants.find(handle.grant()))
                        .filter(g -> g.client().equals(client.id()));
        grant.ifPresent(g -> grants.revokeByClient(g, request.address()));
        accessTokens
                .read(token)
                .filter(t -> t.client().equals(client.id()))
                .ifPresent(t -> revoke(t, request));
        calls.record(request, proven);
        return Reply.empty(200).uncached();
    }

    private void revoke(AccessToken token, Request request) {
        database.transact(connection -> {
            revocations.revokeToken(connection, token.id(), token.expiresAt());
            events.record(
                    connection,
                    Event.of(EventKind.TOKEN_REVOKED)
                            .client(token.client())
                            .grant(token.grant())
                            .address(request.address())
                            .details(Map.of("token", token.id())));
        });
    }

    /** RFC 9126. */
    public Reply push(Request request) {
        limit.count(request);
        Parameters form = once(pushedForm(request));
        ClientAuthenticator.Proven proven = authenticator.authenticate(request, form);
        Client client = proven.client();
        Optional<String> key = dpop.atBackChannel(request, client);
        String requestUri = pushedRequests.push(form, client, key);
        calls.record(request, proven);
        return Reply.json(
                201, Map.of("request_uri", requestUri, "expires_in", pushedLasts.toSeconds()));
    }

    private static Parameters pushedForm(Request request) {
        try {
            return request.form(PushedRequests.MAX_BYTES);
        } catch (Problem e) {
            throw e.status() == TOO_LARGE ? PushedRequests.tooLarge() : e;
        }
    }

    /** RFC 8628, section 3.1. */
    public Reply beginDevice(Request request) {
        limit.count(request);
        Parameters form = checked(request);
        ClientAuthenticator.Proven proven = authenticator.authenticate(request, form);
        Client client = proven.client();
        if (!client.mayUse(Client.DEVICE_CODE)) {
            throw OAuthError.of("unauthorized_client", "not declared for the device grant");
        }
        List<String> scopes =
                List.of(form.text("scope").strip().split(" +")).stream()
                        .filter(client.scopes()::contains)
                        .distinct()
                        .toList();
        if (scopes.isEmpty()) {
            throw OAuthError.of("invalid_scope", "scope: none that this client may ask for");
        }
        Devices.Codes codes = devices.begin(client, scopes);
        calls.record(request, proven);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("device_code", codes.deviceCode());
        answer.put("user_code", codes.userCode());
        answer.put("verification_uri", issuer + "/device");
        answer.put("verification_uri_complete", issuer + "/device?user_code=" + codes.userCode());
        answer.put("expires_in", codes.lifetime().toSeconds());
        answer.put("interval", codes.interval().toSeconds());
        return Reply.json(200, answer);
    }

    private static Parameters checked(Request request) {
        return once(request.form());
    }

    private static Parameters once(Parameters form) {
        if (form.repeated().isPresent()) {
            throw OAuthError.repeated();
        }
        return form;
    }

    private static String required(Parameters form, String name) {
        String value = form.text(name);
        if (value.isEmpty()) {
            throw OAuthError.invalidRequest(name + ": missing");
        }
        return value;
    }
}
