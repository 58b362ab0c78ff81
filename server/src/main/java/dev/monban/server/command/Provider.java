package dev.monban.server.command;

import dev.monban.server.account.Accounts;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.AccessTokens;
import dev.monban.server.oidc.AuthorizationRequests;
import dev.monban.server.oidc.AuthorizeFlow;
import dev.monban.server.oidc.BackChannelLogout;
import dev.monban.server.oidc.ClientAuthenticator;
import dev.monban.server.oidc.ClientKeys;
import dev.monban.server.oidc.Clients;
import dev.monban.server.oidc.Devices;
import dev.monban.server.oidc.Dpop;
import dev.monban.server.oidc.GoodCalls;
import dev.monban.server.oidc.Grants;
import dev.monban.server.oidc.Handles;
import dev.monban.server.oidc.IdTokens;
import dev.monban.server.oidc.KeySetByHttp;
import dev.monban.server.oidc.LinkedClients;
import dev.monban.server.oidc.LogoutRequests;
import dev.monban.server.oidc.Pending;
import dev.monban.server.oidc.PushedRequests;
import dev.monban.server.oidc.Revocations;
import dev.monban.server.oidc.SigningKeys;
import dev.monban.server.oidc.TokenSettings;
import dev.monban.server.oidc.page.AuthorizePages;
import dev.monban.server.oidc.page.BackChannelEndpoints;
import dev.monban.server.oidc.page.DevicePage;
import dev.monban.server.oidc.page.DiscoveryEndpoint;
import dev.monban.server.oidc.page.Endpoints;
import dev.monban.server.oidc.page.LogoutPage;
import dev.monban.server.oidc.page.RefusalLog;
import dev.monban.server.oidc.page.TokenEndpoint;
import dev.monban.server.oidc.page.UserInfoEndpoint;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Vault;
import dev.monban.server.session.Sessions;
import java.time.InstantSource;

/** The OpenID Provider: its parts, and its doors. */
final class Provider implements AutoCloseable {

    final SigningKeys keys;
    final Revocations revocations;
    final AuthorizeFlow authorize;
    final Clients clients;
    final Grants grants;
    final LinkedClients linkedClients;
    private final Ground ground;
    final String issuer;
    private final IdTokens idTokens;
    private final Devices devices;
    private final Dpop dpop;
    final RefusalLog refusals;
    private final TokenEndpoint token;
    private final UserInfoEndpoint userInfo;
    private final BackChannelEndpoints backChannel;

    Provider(Ground ground, String issuer, TokenSettings tokens) {
        this.ground = ground;
        this.issuer = issuer;
        Database database = ground.database;
        Vault vault = ground.vault;
        InstantSource clock = ground.clock;
        EventLog events = ground.events;
        Limits limits = ground.limits;
        clients = new Clients(database);
        keys = new SigningKeys(database, vault, clock, events);
        keys.turn();
        revocations = new Revocations(database, clock);
        revocations.follow();
        grants = new Grants(database, ground.ids, clock, events, revocations, tokens);
        linkedClients = new LinkedClients(database, clients, revocations, events, clock);
        Handles handles = new Handles(vault);
        AccessTokens accessTokens =
                new AccessTokens(issuer, keys, vault, revocations, clients, clock);
        idTokens = new IdTokens(issuer, keys, tokens, clock);
        dpop = new Dpop(issuer, vault, ground.used, clock);
        RateLimit requestLimit = limits.requests();
        RateLimit failureLimit = limits.failures();
        ClientAuthenticator authenticator =
                new ClientAuthenticator(
                        issuer,
                        clients,
                        new ClientKeys(new KeySetByHttp(ground.outgoing), clock),
                        vault,
                        ground.used,
                        database,
                        failureLimit,
                        requestLimit,
                        clock);
        GoodCalls calls = new GoodCalls(database, clock);
        AuthorizationRequests requests = new AuthorizationRequests(clients, idTokens);
        authorize =
                new AuthorizeFlow(
                        database,
                        requests,
                        grants,
                        handles,
                        ground.accounts,
                        ground.factors,
                        ground.needs,
                        new Pending.Seal(vault, clock, tokens.pendingRequest()),
                        events,
                        clock);
        devices = new Devices(database, grants, events, tokens, clock);
        BackChannelLogout logout =
                new BackChannelLogout(
                        issuer,
                        clients,
                        grants,
                        ground.outbox,
                        keys,
                        events,
                        ground.outgoing,
                        clock);
        ground.sessions.onEnd(logout);
        ground.outbox.register(BackChannelLogout.KIND, logout);
        refusals = new RefusalLog(clients, events, clock);
        token =
                new TokenEndpoint(
                        authenticator,
                        dpop,
                        grants,
                        handles,
                        devices,
                        accessTokens,
                        idTokens,
                        ground.accounts,
                        ground.needs,
                        events,
                        calls,
                        clock);
        userInfo =
                new UserInfoEndpoint(
                        issuer,
                        accessTokens,
                        dpop,
                        grants,
                        ground.accounts,
                        clients,
                        keys,
                        limits.failures());
        backChannel =
                new BackChannelEndpoints(
                        issuer,
                        authenticator,
                        accessTokens,
                        handles,
                        dpop,
                        grants,
                        revocations,
                        new PushedRequests(database, requests, tokens, clock),
                        devices,
                        database,
                        events,
                        calls,
                        limits.requests(),
                        tokens.pushedRequest(),
                        clock);
    }

    void hang(HttpServer front, Pages pages, Browsers browsers) {
        Sessions sessions = ground.sessions;
        Accounts accounts = ground.accounts;
        Limits limits = ground.limits;
        new AuthorizePages(
                        issuer,
                        authorize,
                        sessions,
                        accounts,
                        pages,
                        browsers,
                        limits.pages(),
                        refusals)
                .hang(front);
        new DevicePage(
                        devices,
                        clients,
                        sessions,
                        accounts,
                        ground.needs,
                        pages,
                        browsers,
                        limits.guesses())
                .hang(front);
        new LogoutPage(
                        new LogoutRequests(ground.vault),
                        idTokens,
                        clients,
                        sessions,
                        pages,
                        browsers,
                        limits.pages())
                .hang(front);
        new DiscoveryEndpoint(issuer, keys).hang(front);
        Endpoints endpoints = new Endpoints(clients, front, refusals, dpop, limits.failures());
        endpoints.protect("POST", "/token", token::handle);
        endpoints.protect("GET", "/userinfo", userInfo::handle, userInfo::client);
        endpoints.protect("POST", "/userinfo", userInfo::handle, userInfo::client);
        endpoints.protect("POST", "/introspect", backChannel::introspect);
        endpoints.protect("POST", "/revoke", backChannel::revoke);
        endpoints.protect("POST", "/par", backChannel::push);
        endpoints.protect("POST", "/device_authorization", backChannel::beginDevice);
        endpoints.preflight("/token", "POST");
        endpoints.preflight("/userinfo", "GET, POST");
        endpoints.preflight("/revoke", "POST");
        endpoints.preflight("/par", "POST");
        endpoints.preflight("/device_authorization", "POST");
    }

    @Override
    public void close() {
        grants.close();
    }
}
