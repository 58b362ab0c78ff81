package dev.monban.server.home.page;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.LevelNeeds;
import dev.monban.server.factor.Recoveries;
import dev.monban.server.factor.TrustedDevices;
import dev.monban.server.home.Reports;
import dev.monban.server.notify.Bounces;
import dev.monban.server.oidc.LinkedClients;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.platform.UserAgents;
import dev.monban.server.session.Session;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenants;
import dev.monban.server.watch.SignIns;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;

/** The page where people see where they are signed in, and end it. */
public final class AccountPage {

    private final Database database;
    private final Accounts accounts;
    private final Factors factors;
    private final TrustedDevices trustedDevices;
    private final LevelNeeds needs;
    private final Recoveries recoveries;
    private final Tenants tenants;
    private final Bounces bounces;
    private final LinkedClients clients;
    private final SignIns signIns;
    private final Reports reports;
    private final Sessions sessions;
    private final Pages pages;
    private final Browsers browsers;

    public AccountPage(
            Database database,
            Accounts accounts,
            Factors factors,
            TrustedDevices trustedDevices,
            LevelNeeds needs,
            Recoveries recoveries,
            Tenants tenants,
            Bounces bounces,
            LinkedClients clients,
            SignIns signIns,
            Reports reports,
            Sessions sessions,
            Pages pages,
            Browsers browsers) {
        this.database = database;
        this.accounts = accounts;
        this.factors = factors;
        this.trustedDevices = trustedDevices;
        this.needs = needs;
        this.recoveries = recoveries;
        this.tenants = tenants;
        this.bounces = bounces;
        this.clients = clients;
        this.signIns = signIns;
        this.reports = reports;
        this.sessions = sessions;
        this.pages = pages;
        this.browsers = browsers;
    }

    public void hang(Routes routes) {
        routes.get("/", request -> Reply.seeOther("/account"))
                .get("/account", pages.guarded(this::show))
                .post("/account/session/end", act(this::endOne))
                .post("/account/trusted/end", act(this::endTrust))
                .post("/account/recovery/stop", act(this::stopRecovery))
                .post("/account/client/end", act(this::endClient))
                .post("/account/not-me", act(this::notMe))
                .post("/account/sign-out", act(this::signOut))
                .post("/account/sign-out-everywhere", act(this::signOutEverywhere))
                .get("/signed-out", pages.guarded(this::signedOut));
    }

    /**
     * A session as the page shows it.
     *
     * @param browser what the browser calls itself, in short
     */
    public record Line(
            String id, String browser, String address, Session session, boolean current) {}

    /**
     * An attempt as the page shows it.
     *
     * @param browser what the browser calls itself, in short
     */
    public record Attempt(String browser, SignIns.Line line) {}

    /**
     * A trusted device as the page shows it.
     *
     * @param browser what the browser calls itself, in short
     */
    public record Device(String browser, TrustedDevices.Line line) {}

    private static Device device(TrustedDevices.Line line) {
        return new Device(UserAgents.name(line.userAgent()), line);
    }

    private static Attempt attempt(SignIns.Line line) {
        return new Attempt(UserAgents.name(line.userAgent()), line);
    }

    private Reply show(Request request) {
        Optional<Session> current = sessions.current(request);
        if (current.isEmpty()) {
            return Reply.seeOther("/login");
        }
        Account account = accounts.recent(current.get().account()).orElseThrow(Problem::notFound);
        List<Line> lines =
                sessions.ofAccount(account.id()).stream()
                        .map(session -> line(session, current.get()))
                        .toList();
        return pages.show(
                request,
                200,
                "account",
                Map.of(
                        "account",
                        account,
                        "sessions",
                        lines,
                        "factors",
                        factors.of(account.id()),
                        "devices",
                        trustedDevices.of(account.id()).stream().map(AccountPage::device).toList(),
                        "recovery",
                        recoveries.of(account.id()).map(Recoveries.Open::recovery),
                        "bounce",
                        bounces.of(account.email()),
                        "offices",
                        offices(account),
                        "clients",
                        clients.of(account.id()),
                        "need",
                        needs.of(account, current.get()),
                        "attempts",
                        signIns.of(account.id()).stream().map(AccountPage::attempt).toList()));
    }

    private static Line line(Session session, Session current) {
        return new Line(
                session.id().toString(),
                UserAgents.name(session.userAgent()),
                session.address(),
                session,
                session.id().equals(current.id()));
    }

    private Reply endOne(Request request, Session current) {
        UUID id = id(request.form().text("session"));
        sessions.endOwn(current.account(), id, request.address());
        return Reply.seeOther("/account");
    }

    private Reply endTrust(Request request, Session current) {
        UUID id = id(request.form().text("device"));
        trustedDevices.end(current.account(), id, request.address());
        return Reply.seeOther("/account");
    }

    /** What the account looks after, besides itself. */
    public record Offices(boolean organisation, boolean gate) {}

    private Offices offices(Account account) {
        return database.query(c ->
                new Offices(
                        tenants.isAdministrator(c, account.id(), account.tenant()),
                        tenants.isOperator(c, account.id(), account.tenant())));
    }

    private Reply stopRecovery(Request request, Session current) {
        Account account = accounts.recent(current.account()).orElseThrow(Problem::notFound);
        recoveries.stop(account, account.id(), request.address());
        return Reply.seeOther("/account");
    }

    private Reply endClient(Request request, Session current) {
        clients.end(current.account(), request.form().text("client"), request.address());
        return Reply.seeOther("/account");
    }

    private Reply notMe(Request request, Session current) {
        Account account = accounts.recent(current.account()).orElseThrow(Problem::notFound);
        reports.notMe(account, request.address());
        return sessions.forget(Reply.seeOther("/login?reported=1"));
    }

    private Reply signOut(Request request, Session current) {
        sessions.end(current, SessionEnd.SIGNED_OUT, request.address());
        return sessions.forget(Reply.seeOther("/signed-out"));
    }

    private Reply signOutEverywhere(Request request, Session current) {
        database.transact(connection -> {
            trustedDevices.endAll(connection, current.account());
            sessions.endAll(
                    connection, current.account(), SessionEnd.SIGNED_OUT, request.address());
        });
        return sessions.forget(Reply.seeOther("/signed-out"));
    }

    private Reply signedOut(Request request) {
        return pages.show(request, 200, "signed-out", Map.of());
    }

    /** Something that only this page's own forms may ask for, and only while signed in. */
    private dev.monban.server.platform.Handler act(BiFunction<Request, Session, Reply> action) {
        return pages.guarded(request -> {
            browsers.check(request);
            Optional<Session> current = sessions.current(request);
            return current.isEmpty()
                    ? Reply.seeOther("/login")
                    : action.apply(request, current.get());
        });
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("session: not an id");
        }
    }
}
