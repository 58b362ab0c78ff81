package dev.monban.server.login.page;

import dev.monban.core.password.PasswordFault;
import dev.monban.core.password.PasswordRules;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.factor.Factors;
import dev.monban.server.login.Errand;
import dev.monban.server.login.Errands;
import dev.monban.server.login.Login;
import dev.monban.server.login.PasswordChanges;
import dev.monban.server.login.WrongPasswords;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.session.Session;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The page where another password is chosen: at a sign-in, or from the account's page. */
public final class NewPasswordPage {

    private static final String AT_SIGN_IN = "/login/password";
    private static final String AT_HOME = "/account/password";

    private final Database database;
    private final Accounts accounts;
    private final Login login;
    private final PasswordChanges changes;
    private final Sessions sessions;
    private final Errands errands;
    private final Visitors visitors;
    private final Pages pages;
    private final Browsers browsers;
    private final Factors factors;
    private final RateLimit limit;
    private final WrongPasswords wrongs;

    /**
     * @param wrongs how often the old one may be wrong before the session ends
     * @param limit how often the old password may be tried, and new ones proposed, for one account
     */
    public NewPasswordPage(
            Database database,
            Accounts accounts,
            Login login,
            PasswordChanges changes,
            Sessions sessions,
            Errands errands,
            Visitors visitors,
            Pages pages,
            Browsers browsers,
            Factors factors,
            RateLimit limit,
            WrongPasswords wrongs) {
        this.database = database;
        this.accounts = accounts;
        this.login = login;
        this.changes = changes;
        this.sessions = sessions;
        this.errands = errands;
        this.visitors = visitors;
        this.pages = pages;
        this.browsers = browsers;
        this.factors = factors;
        this.limit = limit;
        this.wrongs = wrongs;
    }

    public void hang(Routes routes) {
        routes.post(AT_SIGN_IN, pages.guarded(this::atSignIn, LoginPage::again))
                .get(AT_HOME, pages.guarded(this::show))
                .post(AT_HOME, pages.guarded(this::atHome, request -> AT_HOME));
    }

    /** What the form is filled with, besides the page. */
    private record Form(
            String action,
            String ticket,
            String sealed,
            boolean wrong,
            String why,
            Set<PasswordFault> faults) {

        Map<String, Object> content() {
            return Map.of(
                    "action",
                    action,
                    "ticket",
                    ticket,
                    "sealed",
                    sealed,
                    "wrong",
                    wrong,
                    "why",
                    why,
                    "faults",
                    faults.stream().sorted().map(PasswordFault::code).toList(),
                    "least",
                    PasswordRules.least(false));
        }
    }

    /** The page that follows a right password which must not be used any longer. */
    static Reply ask(Pages pages, Request request, String ticket, String sealed, String target) {
        Form form = new Form(AT_SIGN_IN, ticket, sealed, false, "must", Set.of());
        return pages.show(request, 200, "new-password", form.content(), target);
    }

    /** The page that follows a proof that stands for the old password. */
    static Reply ask(
            Pages pages, Request request, String action, String ticket, String sealed, String why) {
        Form form = new Form(action, ticket, sealed, false, why, Set.of());
        return pages.show(request, 200, "new-password", form.content());
    }

    /** The same again, with what stands against what was chosen. */
    static Reply askAgain(
            Pages pages,
            Request request,
            String action,
            String ticket,
            String sealed,
            String why,
            Set<PasswordFault> faults) {
        Form form = new Form(action, ticket, sealed, false, why, faults);
        return pages.show(request, 422, "new-password", form.content());
    }

    private Reply atSignIn(Request request) {
        browsers.check(request);
        String ticket = request.form().text("ticket");
        String sealed = request.form().text("request");
        Optional<Errand> errand = sealed.isEmpty() ? Optional.empty() : errands.read(sealed);
        PasswordChanges.Leave leave =
                changes.open(ticket, PasswordChanges.Why.EXPIRED)
                        .orElseThrow(() -> Answers.over(sealed, "the ticket is not good any more"));
        limit.count("new password " + leave.account().id());
        Visitors.Device device = visitors.device(request);
        Login.Visitor visitor = visitors.visitor(request, device, errand);
        PasswordChanges.Outcome<Sessions.Started> outcome =
                login.changed(leave, request.form().text("new_password"), visitor);
        if (!outcome.faults().isEmpty()) {
            Form form = new Form(AT_SIGN_IN, ticket, sealed, false, "must", outcome.faults());
            return pages.show(
                    request,
                    422,
                    "new-password",
                    form.content(),
                    errand.map(Errand::formTarget).orElse(""));
        }
        Sessions.Started started =
                outcome.result()
                        .orElseThrow(() -> Answers.over(sealed, "the ticket is not good any more"));
        return device.remember(
                started.remember(Reply.seeOther(errand.map(Errand::backTo).orElse(Visitors.HOME))));
    }

    private Reply show(Request request) {
        Optional<Session> current = sessions.current(request);
        if (current.isEmpty()) {
            return Reply.seeOther("/login");
        }
        return mayChange(current.get())
                ? page(request, 200, new Form(AT_HOME, "", "", false, "", Set.of()))
                : Reply.seeOther("/login?again=1");
    }

    /** Where there is a factor, a session and the old password are not enough. */
    private boolean mayChange(Session session) {
        return !factors.of(session.account()).any() || factors.isFresh(session);
    }

    private Reply atHome(Request request) {
        browsers.check(request);
        Optional<Session> current = sessions.current(request);
        if (current.isEmpty()) {
            return Reply.seeOther("/login");
        }
        if (!mayChange(current.get())) {
            return Reply.seeOther("/login?again=1");
        }
        limit.count("new password " + current.get().account());
        Account account =
                database.query(c -> accounts.byId(c, current.get().account()))
                        .orElseThrow(Problem::notFound);
        Login.Visitor visitor =
                visitors.visitor(request, visitors.device(request), Optional.empty());
        if (!login.isRight(account, request.form().text("password"), visitor)) {
            return wrong(request, current.get());
        }
        PasswordChanges.Outcome<Sessions.Started> outcome =
                changes.change(
                        account,
                        request.form().text("new_password"),
                        PasswordChanges.Why.OWN_WISH,
                        request.address(),
                        connection ->
                                sessions.startAgain(
                                        connection,
                                        current.get(),
                                        request.address(),
                                        request.userAgent()));
        if (!outcome.faults().isEmpty()) {
            return page(request, 422, new Form(AT_HOME, "", "", false, "", outcome.faults()));
        }
        return outcome.result()
                .map(started -> started.remember(Reply.seeOther(Visitors.HOME)))
                .orElseGet(() -> Reply.seeOther(AT_HOME));
    }

    /** Whoever has the session and not the password soon has neither. */
    private Reply wrong(Request request, Session session) {
        if (wrongs.areTooMany(session)) {
            sessions.end(session, SessionEnd.SIGNED_OUT, request.address());
            return sessions.forget(Reply.seeOther("/login"));
        }
        return page(request, 422, new Form(AT_HOME, "", "", true, "", Set.of()));
    }

    private Reply page(Request request, int status, Form form) {
        return pages.show(request, status, "new-password", form.content());
    }
}
