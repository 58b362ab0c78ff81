package dev.monban.server.command;

import dev.monban.core.watch.Policy;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.DeclaredAccounts;
import dev.monban.server.audit.EventLog;
import dev.monban.server.audit.LogUpkeep;
import dev.monban.server.console.page.CampaignPage;
import dev.monban.server.console.page.ConsolePages;
import dev.monban.server.console.page.Operators;
import dev.monban.server.declare.Apply;
import dev.monban.server.declare.State;
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.Passkeys;
import dev.monban.server.factor.page.FactorPages;
import dev.monban.server.home.Reports;
import dev.monban.server.home.page.AccountPage;
import dev.monban.server.login.Arrivals;
import dev.monban.server.login.Challenges;
import dev.monban.server.login.KnownPasswords;
import dev.monban.server.login.Login;
import dev.monban.server.login.PasskeySignIn;
import dev.monban.server.login.PasswordChanges;
import dev.monban.server.login.Resets;
import dev.monban.server.login.SecondStep;
import dev.monban.server.login.page.LoginPage;
import dev.monban.server.login.page.NewPasswordPage;
import dev.monban.server.login.page.ResetPage;
import dev.monban.server.login.page.Visitors;
import dev.monban.server.measure.Jobs;
import dev.monban.server.measure.Measures;
import dev.monban.server.notify.Alerts;
import dev.monban.server.notify.Mail;
import dev.monban.server.notify.Notices;
import dev.monban.server.notify.Outbox;
import dev.monban.server.oidc.AccessTokens;
import dev.monban.server.oidc.AuthorizationRequests;
import dev.monban.server.oidc.AuthorizeFlow;
import dev.monban.server.oidc.BackChannelLogout;
import dev.monban.server.oidc.ClientAuthenticator;
import dev.monban.server.oidc.Clients;
import dev.monban.server.oidc.DeclaredClients;
import dev.monban.server.oidc.Devices;
import dev.monban.server.oidc.Dpop;
import dev.monban.server.oidc.Grants;
import dev.monban.server.oidc.Handles;
import dev.monban.server.oidc.Housekeeping;
import dev.monban.server.oidc.IdTokens;
import dev.monban.server.oidc.Pending;
import dev.monban.server.oidc.PushedRequests;
import dev.monban.server.oidc.Revocations;
import dev.monban.server.oidc.SigningKeys;
import dev.monban.server.oidc.TokenSettings;
import dev.monban.server.oidc.UsedAssertions;
import dev.monban.server.oidc.page.AuthorizePages;
import dev.monban.server.oidc.page.BackChannelEndpoints;
import dev.monban.server.oidc.page.DevicePage;
import dev.monban.server.oidc.page.DiscoveryEndpoint;
import dev.monban.server.oidc.page.Endpoints;
import dev.monban.server.oidc.page.LogoutPage;
import dev.monban.server.oidc.page.RefusalLog;
import dev.monban.server.oidc.page.TokenEndpoint;
import dev.monban.server.oidc.page.UserInfoEndpoint;
import dev.monban.server.password.BreachedPasswords;
import dev.monban.server.password.CommonPasswords;
import dev.monban.server.password.HashGate;
import dev.monban.server.password.NewPasswords;
import dev.monban.server.password.Passwords;
import dev.monban.server.platform.Addresses;
import dev.monban.server.platform.Assets;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Networks;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Vault;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenants;
import dev.monban.server.watch.Acts;
import dev.monban.server.watch.CampaignAlerts;
import dev.monban.server.watch.Campaigns;
import dev.monban.server.watch.LiveWatch;
import dev.monban.server.watch.SignIns;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Optional;

/** The whole gate, wired by hand: who needs whom is read from top to bottom. */
final class Gate implements AutoCloseable {

    private final Jobs jobs = new Jobs();
    private final EventLog events;
    private final Outbox outbox;
    private final Grants grants;
    private final LiveWatch watch;
    private final Networks networks;
    private final Measures measures;
    private final HttpServer front;
    private final HttpServer management;
    private final Apply.Changes changes;

    Gate(GateSettings settings, State state, Database database, Vault vault, InstantSource clock) {
        String issuer = state.issuer();
        TokenSettings tokens = settings.tokens();
        Limits limits = new Limits(clock, settings.rates());

        // What everything else stands on.
        Ids ids = new Ids(clock);
        LogUpkeep upkeep = new LogUpkeep(database, clock);
        upkeep.turn();
        networks = Networks.of(settings.networks());
        events = new EventLog(database, ids, clock);
        outbox = new Outbox(database, ids, clock);
        Optional<Mail> mail = settings.mail().map(how -> new Mail(how, outbox, vault));
        Campaigns campaigns = new Campaigns(database, ids, clock);
        Alerts alerts = new Alerts(state.alerts(), mail, outbox, database, clock);
        Notices notices = new Notices(mail);
        Accounts accounts = new Accounts(database);
        campaigns.listen(new CampaignAlerts(alerts, Language.JA, ZoneId.systemDefault(), clock));
        watch =
                new LiveWatch(
                        database,
                        vault,
                        campaigns,
                        Policy.standard(),
                        settings.watchedAccounts().orElseGet(() -> watched(accounts)),
                        clock);
        Challenges challenges = new Challenges(database, vault, mail, clock);
        Passwords passwords = new Passwords(settings.argon2());
        HashGate hashGate = new HashGate(settings.hashesAtOnce());
        CommonPasswords common = CommonPasswords.read(settings.blockedPasswords());
        NewPasswords newPasswords =
                new NewPasswords(
                        passwords,
                        common,
                        settings.breachedPasswords().map(BreachedPasswords::new));
        Sessions sessions = new Sessions(database, ids, clock, events, settings.sessions());

        // Second factors.
        Factors factors = new Factors(database, accounts, vault, ids, clock, events, notices);
        UsedAssertions used = new UsedAssertions(database);
        Passkeys passkeys =
                new Passkeys(issuer, database, factors, vault, used::use, ids, clock, events);

        // The OpenID Provider.
        Clients clients = new Clients(database);
        SigningKeys keys = new SigningKeys(database, vault, clock, events);
        keys.turn();
        Revocations revocations = new Revocations(database, clock);
        revocations.follow();
        grants = new Grants(database, ids, clock, events, revocations, tokens);
        Handles handles = new Handles(vault);
        AccessTokens accessTokens =
                new AccessTokens(issuer, keys, vault, revocations, clients, clock);
        IdTokens idTokens = new IdTokens(issuer, keys, tokens, clock);
        Dpop dpop = new Dpop(issuer, vault, used, clock);
        ClientAuthenticator authenticator =
                new ClientAuthenticator(
                        issuer, clients, vault, used, events, limits.failures(), limits.requests());
        AuthorizationRequests requests = new AuthorizationRequests(clients, idTokens);
        Pending.Seal seal = new Pending.Seal(vault, clock, tokens.pendingRequest());
        AuthorizeFlow authorize =
                new AuthorizeFlow(
                        database, requests, grants, handles, accounts, factors, seal, events,
                        clock);
        PushedRequests pushed = new PushedRequests(database, requests, tokens, clock);
        Devices devices = new Devices(database, grants, events, tokens, clock);
        BackChannelLogout logout =
                new BackChannelLogout(issuer, clients, grants, outbox, keys, events, clock);
        sessions.onEnd(logout);
        outbox.register(BackChannelLogout.KIND, logout);

        Tenants tenants = new Tenants(ids, clock, events);

        // The declared state, before the first request.
        changes =
                new Apply(
                                database,
                                tenants,
                                new DeclaredAccounts(
                                        ids, clock, events, passwords, vault, sessions),
                                new DeclaredClients(events, revocations, clock),
                                vault,
                                events)
                        .apply(state);

        // What is done from time to time.
        Housekeeping housekeeping = new Housekeeping(database, clock);
        jobs.every(Duration.ofSeconds(1), "outbox", outbox::turn);
        jobs.every(Duration.ofSeconds(1), "revocations", revocations::follow);
        jobs.every(Duration.ofMinutes(1), "keys", keys::turn);
        jobs.every(Duration.ofMinutes(5), "housekeeping", housekeeping::turn);
        jobs.every(Duration.ofMinutes(5), "challenges", challenges::sweep);
        jobs.every(Duration.ofHours(6), "logs", upkeep::turn);
        measures = new Measures(database, hashGate, jobs);

        // The doors.
        Addresses addresses = new Addresses(settings.trustedProxies(), settings.proxyHeader());
        front =
                new HttpServer(
                        new HttpServer.Settings(
                                settings.host(),
                                settings.port(),
                                settings.certificate(),
                                addresses,
                                measures));
        management =
                new HttpServer(
                        new HttpServer.Settings(
                                settings.managementHost(),
                                settings.managementPort(),
                                Optional.empty(),
                                addresses,
                                (method, route, status, took) -> {}));
        measures.hang(management);
        Browsers browsers = new Browsers(vault);
        RefusalLog refusals = new RefusalLog(clock);
        Pages pages = new Pages(new Assets(front), browsers);
        PasswordChanges passwordChanges =
                new PasswordChanges(
                        database,
                        accounts,
                        tenants,
                        newPasswords,
                        hashGate,
                        sessions,
                        notices,
                        events,
                        vault,
                        clock);
        Visitors visitors = new Visitors(sessions, vault);
        Arrivals arrivals = new Arrivals(sessions, watch, networks, notices, ids, clock);
        Login login =
                new Login(
                        database,
                        accounts,
                        passwords,
                        hashGate,
                        watch,
                        challenges,
                        passwordChanges,
                        common,
                        events,
                        factors,
                        arrivals);
        SecondStep secondStep =
                new SecondStep(
                        database,
                        accounts,
                        challenges,
                        factors,
                        passwordChanges,
                        new KnownPasswords(database, accounts, notices, clock),
                        arrivals,
                        watch);
        PasskeySignIn passkeySignIn =
                new PasskeySignIn(database, accounts, passkeys, arrivals, watch);
        new LoginPage(
                        login,
                        secondStep,
                        passkeySignIn,
                        passkeys,
                        sessions,
                        authorize,
                        pages,
                        browsers,
                        visitors,
                        limits.signIns(),
                        limits.passwords())
                .hang(front);
        new ResetPage(
                        new Resets(
                                database,
                                accounts,
                                challenges,
                                passwordChanges,
                                factors,
                                arrivals,
                                watch),
                        passwordChanges,
                        authorize,
                        visitors,
                        pages,
                        browsers,
                        limits.passwords())
                .hang(front);
        new NewPasswordPage(
                        database,
                        accounts,
                        login,
                        passwordChanges,
                        sessions,
                        authorize,
                        visitors,
                        pages,
                        browsers,
                        factors,
                        limits.guesses(),
                        limits.oldPasswords())
                .hang(front);
        new AccountPage(
                        accounts,
                        factors,
                        new SignIns(database),
                        new Reports(
                                database, accounts, sessions, alerts, events, Language.JA, clock),
                        sessions,
                        pages,
                        browsers)
                .hang(front);
        new FactorPages(
                        database,
                        accounts,
                        factors,
                        passkeys,
                        sessions,
                        pages,
                        browsers,
                        limits.guesses())
                .hang(front);
        Operators operators = new Operators(database, accounts, tenants, factors, sessions, pages);
        new ConsolePages(operators, database, watch, pages, clock).hang(front);
        new CampaignPage(
                        operators,
                        database,
                        new Acts(database, ids, clock, campaigns, accounts, sessions, events),
                        pages,
                        browsers,
                        clock)
                .hang(front);
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
        new DevicePage(devices, clients, sessions, accounts, pages, browsers, limits.guesses())
                .hang(front);
        new LogoutPage(idTokens, clients, sessions, pages, browsers, limits.pages()).hang(front);
        new DiscoveryEndpoint(issuer, keys).hang(front);
        hangBackChannel(
                new Endpoints(clients, front, refusals),
                new TokenEndpoint(
                        authenticator,
                        dpop,
                        grants,
                        handles,
                        devices,
                        accessTokens,
                        idTokens,
                        accounts,
                        events,
                        clock),
                new UserInfoEndpoint(
                        issuer,
                        accessTokens,
                        dpop,
                        grants,
                        accounts,
                        clients,
                        keys,
                        limits.failures()),
                new BackChannelEndpoints(
                        issuer,
                        authenticator,
                        accessTokens,
                        handles,
                        dpop,
                        grants,
                        revocations,
                        pushed,
                        devices,
                        database,
                        events,
                        limits.requests(),
                        tokens.pushedRequest(),
                        clock));
    }

    /** Half as many again as there are, so that it does not change with every few. */
    private static int watched(Accounts accounts) {
        long half = accounts.count() / 2;
        return Math.clamp(half * 3, GateSettings.LEAST_WATCHED_ACCOUNTS, 1 << 24);
    }

    private static void hangBackChannel(
            Endpoints endpoints,
            TokenEndpoint token,
            UserInfoEndpoint userInfo,
            BackChannelEndpoints others) {
        endpoints.protect("POST", "/token", token::handle);
        endpoints.protect("GET", "/userinfo", userInfo::handle);
        endpoints.protect("POST", "/userinfo", userInfo::handle);
        endpoints.protect("POST", "/introspect", others::introspect);
        endpoints.protect("POST", "/revoke", others::revoke);
        endpoints.protect("POST", "/par", others::push);
        endpoints.protect("POST", "/device_authorization", others::beginDevice);
        endpoints.preflight("/token", "POST");
        endpoints.preflight("/userinfo", "GET, POST");
        endpoints.preflight("/revoke", "POST");
        endpoints.preflight("/par", "POST");
        endpoints.preflight("/device_authorization", "POST");
    }

    /** How often a source may do what costs and needs no proof. */
    private record Limits(InstantSource clock, GateSettings.Rates rates) {

        RateLimit signIns() {
            return limit(rates.signInsPerSecond());
        }

        RateLimit pages() {
            return limit(rates.pagesPerSecond());
        }

        RateLimit requests() {
            return limit(rates.requestsPerSecond());
        }

        RateLimit failures() {
            return limit(rates.failuresPerSecond());
        }

        /** A person mistypes a password a few times; a program that guesses does so for hours. */
        RateLimit passwords() {
            double factor =
                    (double) rates.signInsPerSecond()
                            / GateSettings.Rates.DEFAULT.signInsPerSecond();
            return new RateLimit(clock, 0.2 * factor, (int) (20 * factor));
        }

        /** Somebody at their own page knows the password, or looks it up. */
        RateLimit oldPasswords() {
            return new RateLimit(clock, 0.001, 5);
        }

        /** A person types a device's code a few times at most. */
        RateLimit guesses() {
            return new RateLimit(clock, 0.2, 10);
        }

        private RateLimit limit(int perSecond) {
            return new RateLimit(clock, perSecond, perSecond * rates.burstSeconds());
        }
    }

    /** Opens the doors. */
    Gate open() {
        management.start();
        front.start();
        measures.started();
        return this;
    }

    int port() {
        return front.port();
    }

    int managementPort() {
        return management.port();
    }

    Apply.Changes changes() {
        return changes;
    }

    /** Takes no more, finishes what is in work, writes what was handed in. */
    @Override
    public void close() {
        measures.stopping();
        front.close();
        jobs.close();
        outbox.close();
        grants.close();
        watch.close();
        events.close();
        management.close();
        measures.close();
        networks.close();
    }
}
