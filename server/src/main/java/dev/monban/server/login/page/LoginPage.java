package dev.monban.server.login.page;

import dev.monban.core.authorize.NextStep.Why;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.Identifiers;
import dev.monban.server.factor.Passkeys;
import dev.monban.server.login.Errand;
import dev.monban.server.login.Errands;
import dev.monban.server.login.Login;
import dev.monban.server.login.PasskeySignIn;
import dev.monban.server.login.SecondStep;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.session.Sessions;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** The page with the sign-in form. */
public final class LoginPage {

    private static final int CHALLENGE_CHARACTERS = 43;

    private final Login login;
    private final SecondStep secondStep;
    private final PasskeySignIn passkeySignIn;
    private final Passkeys passkeys;
    private final Answers answers;
    private final Sessions sessions;
    private final Accounts accounts;
    private final Errands errands;
    private final Pages pages;
    private final Browsers browsers;
    private final Visitors visitors;
    private final boolean organisations;
    private final RateLimit limit;
    private final RateLimit guesses;

    /**
     * @param organisations whether some sign their people in elsewhere
     * @param limit how often one source may try
     * @param guesses how often one source may try at one account
     */
    public LoginPage(
            Login login,
            SecondStep secondStep,
            PasskeySignIn passkeySignIn,
            Passkeys passkeys,
            Answers answers,
            Sessions sessions,
            Accounts accounts,
            Errands errands,
            Pages pages,
            Browsers browsers,
            Visitors visitors,
            boolean organisations,
            RateLimit limit,
            RateLimit guesses) {
        this.login = login;
        this.secondStep = secondStep;
        this.passkeySignIn = passkeySignIn;
        this.passkeys = passkeys;
        this.answers = answers;
        this.sessions = sessions;
        this.accounts = accounts;
        this.errands = errands;
        this.pages = pages;
        this.browsers = browsers;
        this.visitors = visitors;
        this.organisations = organisations;
        this.limit = limit;
        this.guesses = guesses;
    }

    public void hang(Routes routes) {
        routes.get("/login", pages.guarded(this::show))
                .post("/login", form(this::submit))
                .post("/login/code", form(this::submitCode))
                .post("/login/lost", form(this::lost))
                .post("/login/passkey", form(this::submitPasskey));
    }

    /** Where the page was open for too long, it is shown again; nothing was looked at. */
    private Handler form(Handler handler) {
        return pages.guarded(handler, LoginPage::again);
    }

    /** The page again, for a form that it was shown with too long ago. */
    static String again(Request request) {
        return "/login?stale=1&why="
                + Why.NOT_SIGNED_IN.code()
                + Visitors.carry(request.form().text("request"));
    }

    private Reply show(Request request) {
        String sealed = request.query().text("request");
        Optional<Errand> errand = errand(sealed);
        Optional<Why> why = why(request);
        boolean again = why.filter(w -> w != Why.NOT_SIGNED_IN).isPresent();
        boolean stays = request.query().get("stay").isPresent();
        if (errand.isPresent()
                && why.equals(Optional.of(Why.NOT_SIGNED_IN))
                && !stays
                && sessions.current(request).isPresent()) {
            // Signed in meanwhile, in another tab: the request goes on as it would from there.
            return Reply.seeOther(errand.get().backTo() + "&stay=1");
        }
        if (errand.isEmpty() && !again && sessions.current(request).isPresent()) {
            return Reply.seeOther(Visitors.HOME);
        }
        String hint =
                errand.map(Errand::loginHint)
                        .filter(h -> !h.isBlank())
                        .orElseGet(() -> known(request, errand));
        return page(request, 200, sealed, errand, hint, false);
    }

    /** The login name of whoever is signed in here and is asked to prove it once more. */
    private String known(Request request, Optional<Errand> errand) {
        boolean sameAccount =
                switch (why(request).or(() -> errand.map(Errand::why)).orElse(Why.NOT_SIGNED_IN)) {
                    case CLIENT_ASKS_AGAIN, TOO_LONG_AGO, STRONGER_PROOF_ASKED, ORGANISATION_ASKS ->
                            true;
                    case NOT_SIGNED_IN, OTHER_ACCOUNT_ASKED -> false;
                };
        return sameAccount
                ? sessions.current(request)
                        .flatMap(session -> accounts.recent(session.account()))
                        .map(Account::identifier)
                        .orElse("")
                : "";
    }

    private Reply submit(Request request) {
        limit.count(request);
        browsers.check(request);
        Parameters form = request.form();
        String sealed = form.text("request");
        Optional<Errand> errand = errand(sealed);
        String identifier = form.text("identifier");
        String password = form.text("password");
        if (identifier.isBlank() || password.isEmpty()) {
            return page(request, 422, sealed, errand, identifier, true);
        }
        if (identifier.length() > Identifiers.MOST_CHARACTERS) {
            return page(request, 422, sealed, errand, "", true);
        }
        guesses.count(Identifiers.normalise(identifier) + " " + request.sourceKey().text());
        Visitors.Device device = visitors.device(request);
        Login.Result result =
                login.attempt(
                        new Login.Try(
                                identifier, password, visitors.visitor(request, device, errand)));
        return switch (result) {
            case Login.Result.Rejected() -> page(request, 422, sealed, errand, identifier, true);
            default -> answers.reply(request, sealed, errand, device, result, false);
        };
    }

    private Reply submitCode(Request request) {
        limit.count(request);
        browsers.check(request);
        Parameters form = request.form();
        String sealed = form.text("request");
        Optional<Errand> errand = errand(sealed);
        Visitors.Device device = visitors.device(request);
        String token = form.text("challenge");
        if (token.length() != CHALLENGE_CHARACTERS) {
            throw Problem.badRequest("challenge: not one of ours");
        }
        guesses.count("code " + token);
        Login.Result result =
                secondStep.prove(
                        token,
                        form.text("code"),
                        !form.text("trust").isEmpty(),
                        visitors.visitor(request, device, errand));
        Reply reply = answers.reply(request, sealed, errand, device, result, true);
        return result instanceof Login.Result.SignedIn && !form.text("trust").isEmpty()
                ? device.rememberTrust(reply)
                : reply;
    }

    private Reply lost(Request request) {
        limit.count(request);
        browsers.check(request);
        String sealed = request.form().text("request");
        Optional<Errand> errand = errand(sealed);
        String token = request.form().text("challenge");
        if (token.length() != CHALLENGE_CHARACTERS) {
            throw Problem.badRequest("challenge: not one of ours");
        }
        guesses.count("code " + token);
        Visitors.Device device = visitors.device(request);
        Login.Result result = secondStep.lost(token, visitors.visitor(request, device, errand));
        return answers.reply(request, sealed, errand, device, result, false);
    }

    private Reply submitPasskey(Request request) {
        limit.count(request);
        browsers.check(request);
        String sealed = request.form().text("request");
        Optional<Errand> errand = errand(sealed);
        Visitors.Device device = visitors.device(request);
        Login.Result result =
                passkeySignIn.attempt(
                        request.form().text("ticket"),
                        request.form().text("response"),
                        visitors.visitor(request, device, errand));
        return switch (result) {
            case Login.Result.Rejected() -> page(request, 422, sealed, errand, "", true);
            default -> answers.reply(request, sealed, errand, device, result, false);
        };
    }

    /** What has happened before, on a page of ours. */
    private String news(Request request) {
        if (!request.query().text("stale").isEmpty()) {
            return browsers.knows(request) ? "login.why.stale" : "login.why.no_cookies";
        }
        if (!request.query().text("changed").isEmpty()) {
            return "login.why.password_changed";
        }
        if (!request.query().text("welcome").isEmpty()) {
            return "login.why.welcome";
        }
        return request.query().text("reported").isEmpty() ? "" : "login.why.reported";
    }

    /** From a page of ours that says why it wants another proof. */
    private static Optional<Why> why(Request request) {
        String why = request.query().text("why");
        return Arrays.stream(Why.values())
                .filter(w -> w.code().equals(why))
                .findFirst()
                .or(() ->
                        request.query().text("again").isEmpty()
                                ? Optional.empty()
                                : Optional.of(Why.CLIENT_ASKS_AGAIN));
    }

    /** Empty for people who came by themselves; a request that cannot be read is a problem. */
    private Optional<Errand> errand(String sealed) {
        if (sealed.isEmpty()) {
            return Optional.empty();
        }
        Optional<Errand> errand = errands.read(sealed);
        if (errand.isEmpty()) {
            throw errands.unreadable(sealed);
        }
        return errand;
    }

    private Reply page(
            Request request,
            int status,
            String sealed,
            Optional<Errand> errand,
            String identifier,
            boolean rejected) {
        String why =
                why(request)
                        .or(() -> errand.map(Errand::why))
                        .filter(w -> w != Why.NOT_SIGNED_IN)
                        .map(w -> "login.why." + w.code())
                        .orElse(news(request));
        return pages.show(
                request,
                status,
                "login",
                Map.of(
                        "passkey",
                        passkeys.request(),
                        "sealed",
                        sealed,
                        "clientName",
                        errand.map(Errand::clientName).orElse(""),
                        "why",
                        why,
                        "identifier",
                        identifier,
                        "rejected",
                        rejected,
                        "organisations",
                        organisations && sealed.length() <= FederatedPage.MOST_REQUEST),
                errand.map(Errand::formTarget).orElse(""));
    }
}
