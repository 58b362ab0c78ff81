package dev.monban.server.command;

import dev.monban.server.account.Accounts;
import dev.monban.server.account.FederatedIdentities;
import dev.monban.server.console.page.CampaignPage;
import dev.monban.server.console.page.ConsolePages;
import dev.monban.server.console.page.FunnelPage;
import dev.monban.server.console.page.Operators;
import dev.monban.server.desk.Explainer;
import dev.monban.server.desk.Helpers;
import dev.monban.server.desk.page.DeskPages;
import dev.monban.server.desk.page.Supporters;
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.page.FactorPages;
import dev.monban.server.home.Reports;
import dev.monban.server.home.Settings;
import dev.monban.server.home.page.AccountPage;
import dev.monban.server.home.page.SettingsPages;
import dev.monban.server.login.AddressChanges;
import dev.monban.server.login.Arrivals;
import dev.monban.server.login.FederatedSignIn;
import dev.monban.server.login.KnownPasswords;
import dev.monban.server.login.Login;
import dev.monban.server.login.PasskeySignIn;
import dev.monban.server.login.PasswordChanges;
import dev.monban.server.login.Resets;
import dev.monban.server.login.SecondProofs;
import dev.monban.server.login.SecondStep;
import dev.monban.server.login.page.AddressPage;
import dev.monban.server.login.page.Answers;
import dev.monban.server.login.page.FederatedPage;
import dev.monban.server.login.page.InvitationPage;
import dev.monban.server.login.page.LoginPage;
import dev.monban.server.login.page.NewPasswordPage;
import dev.monban.server.login.page.ResetPage;
import dev.monban.server.login.page.StrengthEndpoint;
import dev.monban.server.login.page.Visitors;
import dev.monban.server.member.Invitations;
import dev.monban.server.member.Members;
import dev.monban.server.member.page.Administrators;
import dev.monban.server.member.page.MemberPages;
import dev.monban.server.password.BreachedPasswords;
import dev.monban.server.password.CommonPasswords;
import dev.monban.server.password.NewPasswords;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Pages;
import dev.monban.server.session.Sessions;
import dev.monban.server.watch.Acts;
import dev.monban.server.watch.LiveWatch;
import dev.monban.server.watch.SignIns;
import dev.monban.server.watch.Tried;

/** The rooms that people enter by a browser: signing in, their own page, the operators' console. */
final class People {

    private final Ground ground;
    private final Provider provider;
    private final GateSettings settings;
    private final Pages pages;
    private final Browsers browsers;

    People(
            Ground ground,
            Provider provider,
            GateSettings settings,
            Pages pages,
            Browsers browsers) {
        this.ground = ground;
        this.provider = provider;
        this.settings = settings;
        this.pages = pages;
        this.browsers = browsers;
    }

    void hang(HttpServer front) {
        Invitations invitations =
                new Invitations(
                        provider.issuer,
                        ground.database,
                        ground.accounts,
                        ground.tenants,
                        ground.mail,
                        ground.notices,
                        ground.vault,
                        ground.ids,
                        ground.clock,
                        ground.events);
        FederatedIdentities identities = new FederatedIdentities(ground.events, ground.clock);
        Members members =
                new Members(
                        ground.database,
                        ground.accounts,
                        ground.tenants,
                        ground.sessions,
                        ground.trustedDevices,
                        ground.bounces,
                        identities,
                        ground.notices,
                        ground.events,
                        ground.clock);
        hangSignIn(front, invitations, members, identities);
        hangHome(front, members);
        hangMembers(front, invitations, members);
        hangConsole(front);
        hangDesk(front, members);
    }

    private void hangSignIn(
            HttpServer front,
            Invitations invitations,
            Members members,
            FederatedIdentities identities) {
        Database database = ground.database;
        Accounts accounts = ground.accounts;
        Factors factors = ground.factors;
        Sessions sessions = ground.sessions;
        LiveWatch watch = ground.watch;
        Limits limits = ground.limits;
        CommonPasswords common = CommonPasswords.read(settings.blockedPasswords());
        NewPasswords newPasswords =
                new NewPasswords(
                        ground.passwords,
                        common,
                        settings.breachedPasswords()
                                .map(ranges -> new BreachedPasswords(ranges, ground.outgoing)));
        PasswordChanges passwordChanges =
                new PasswordChanges(
                        database,
                        accounts,
                        ground.tenants,
                        newPasswords,
                        ground.hashGate,
                        sessions,
                        ground.notices,
                        ground.recoveries,
                        ground.events,
                        ground.vault,
                        ground.clock);
        Visitors visitors = new Visitors(sessions, ground.vault);
        Arrivals arrivals =
                new Arrivals(
                        sessions,
                        watch,
                        ground.networks,
                        identities,
                        ground.notices,
                        ground.ids,
                        ground.clock);
        SecondProofs secondProofs =
                new SecondProofs(
                        factors,
                        ground.trustedDevices,
                        ground.needs,
                        ground.recoveries,
                        ground.challenges,
                        watch);
        Answers answers = new Answers(pages, ground.passkeys);
        Login login =
                new Login(
                        database,
                        accounts,
                        ground.passwords,
                        ground.hashGate,
                        watch,
                        ground.challenges,
                        passwordChanges,
                        common,
                        ground.events,
                        factors,
                        secondProofs,
                        ground.nearMisses,
                        arrivals);
        SecondStep secondStep =
                new SecondStep(
                        database,
                        accounts,
                        ground.challenges,
                        factors,
                        passwordChanges,
                        new KnownPasswords(
                                database, accounts, members, ground.notices, ground.clock),
                        ground.trustedDevices,
                        ground.recoveries,
                        ground.bounces,
                        arrivals,
                        watch,
                        ground.clock);
        new LoginPage(
                        login,
                        secondStep,
                        new PasskeySignIn(
                                database,
                                accounts,
                                ground.passkeys,
                                ground.recoveries,
                                arrivals,
                                watch),
                        ground.passkeys,
                        answers,
                        sessions,
                        accounts,
                        provider.authorize,
                        pages,
                        browsers,
                        visitors,
                        !ground.identityProviders.tenants().isEmpty(),
                        limits.signIns(),
                        limits.passwords())
                .hang(front);
        new ResetPage(
                        new Resets(
                                database,
                                accounts,
                                ground.challenges,
                                passwordChanges,
                                factors,
                                ground.bounces,
                                arrivals,
                                watch),
                        passwordChanges,
                        provider.authorize,
                        visitors,
                        pages,
                        browsers,
                        limits.passwords())
                .hang(front);
        new FederatedPage(
                        new FederatedSignIn(
                                database,
                                accounts,
                                ground.tenants,
                                ground.identityProviders,
                                identities,
                                secondProofs,
                                arrivals,
                                watch,
                                ground.vault,
                                ground.used::use,
                                ground.clock),
                        provider.authorize,
                        visitors,
                        answers,
                        pages,
                        browsers,
                        limits.signIns())
                .hang(front);
        new StrengthEndpoint(passwordChanges, browsers, limits.strengths()).hang(front);
        new InvitationPage(
                        invitations, passwordChanges, visitors, pages, browsers, limits.passwords())
                .hang(front);
        new AddressPage(
                        ground.present,
                        login,
                        new AddressChanges(
                                database,
                                accounts,
                                ground.challenges,
                                ground.bounces,
                                ground.notices,
                                ground.events,
                                ground.clock),
                        factors,
                        sessions,
                        visitors,
                        pages,
                        browsers,
                        limits.guesses(),
                        ground.wrongPasswords)
                .hang(front);
        new NewPasswordPage(
                        database,
                        accounts,
                        login,
                        passwordChanges,
                        sessions,
                        provider.authorize,
                        visitors,
                        pages,
                        browsers,
                        factors,
                        limits.guesses(),
                        ground.wrongPasswords)
                .hang(front);
    }

    private void hangMembers(HttpServer front, Invitations invitations, Members members) {
        Administrators administrators =
                new Administrators(
                        ground.database,
                        ground.present,
                        ground.tenants,
                        ground.proofs,
                        pages,
                        browsers);
        new MemberPages(
                        administrators,
                        members,
                        invitations,
                        ground.factors,
                        ground.recoveries,
                        ground.bounces,
                        pages,
                        ground.limits.invitations(),
                        ground.limits.decisions())
                .hang(front);
    }

    private void hangHome(HttpServer front, Members members) {
        new AccountPage(
                        ground.database,
                        ground.accounts,
                        ground.factors,
                        ground.trustedDevices,
                        ground.needs,
                        ground.recoveries,
                        ground.tenants,
                        ground.bounces,
                        provider.linkedClients,
                        new SignIns(ground.database),
                        new Reports(
                                ground.database,
                                ground.accounts,
                                ground.sessions,
                                members,
                                ground.notices,
                                ground.alerts,
                                ground.events,
                                Language.JA,
                                ground.clock),
                        ground.sessions,
                        pages,
                        browsers)
                .hang(front);
        new SettingsPages(
                        ground.present,
                        new Settings(ground.database, ground.accounts, ground.events, ground.clock),
                        pages,
                        browsers)
                .hang(front);
        new FactorPages(
                        ground.present,
                        ground.factors,
                        ground.passkeys,
                        ground.sessions,
                        pages,
                        browsers,
                        ground.limits.guesses())
                .hang(front);
    }

    private void hangDesk(HttpServer front, Members members) {
        String link = provider.issuer + ResetPage.CODE + "?challenge=";
        Helpers helpers =
                new Helpers(
                        ground.database,
                        ground.tenants,
                        members,
                        ground.cases,
                        (connection, account) ->
                                ground.challenges.mailReset(connection, account, link),
                        acts(),
                        ground.factors,
                        ground.bounces,
                        ground.notices,
                        ground.vault,
                        ground.clock);
        new DeskPages(
                        new Supporters(ground.present, helpers, ground.proofs, pages, browsers),
                        ground.database,
                        ground.accounts,
                        ground.tenants,
                        ground.cases,
                        helpers,
                        ground.factors,
                        new Tried(ground.database),
                        new Explainer(ground.database, settings.recovery(), ground.clock),
                        pages,
                        ground.limits.helping(),
                        ground.limits.looking())
                .hang(front);
    }

    private Acts acts() {
        return new Acts(
                ground.database,
                ground.ids,
                ground.clock,
                ground.campaigns,
                ground.accounts,
                ground.sessions,
                ground.events);
    }

    private void hangConsole(HttpServer front) {
        Operators operators =
                new Operators(
                        ground.database,
                        ground.accounts,
                        ground.tenants,
                        ground.proofs,
                        ground.sessions,
                        pages);
        new FunnelPage(operators, ground.database, pages, ground.clock).hang(front);
        new ConsolePages(operators, ground.database, ground.watch, pages, ground.clock).hang(front);
        new CampaignPage(operators, ground.database, acts(), pages, browsers, ground.clock)
                .hang(front);
    }
}
