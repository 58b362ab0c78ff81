package dev.monban.server.login.page;

import dev.monban.server.login.Errand;
import dev.monban.server.login.Errands;
import dev.monban.server.login.PasswordChanges;
import dev.monban.server.login.Resets;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import java.util.Map;
import java.util.Optional;

/** The pages for a forgotten password. */
public final class ResetPage {

    private static final int TOKEN_CHARACTERS = 43;

    /** Where the code is typed. */
    public static final String CODE = "/reset/code";

    private final Resets resets;
    private final PasswordChanges changes;
    private final Errands errands;
    private final Visitors visitors;
    private final Pages pages;
    private final Browsers browsers;
    private final RateLimit limit;

    /**
     * @param limit how often one source may ask for codes, and try them
     */
    public ResetPage(
            Resets resets,
            PasswordChanges changes,
            Errands errands,
            Visitors visitors,
            Pages pages,
            Browsers browsers,
            RateLimit limit) {
        this.resets = resets;
        this.changes = changes;
        this.errands = errands;
        this.visitors = visitors;
        this.pages = pages;
        this.browsers = browsers;
        this.limit = limit;
    }

    public void hang(Routes routes) {
        routes.get("/reset", pages.guarded(this::show))
                .post("/reset", pages.guarded(this::begin, ResetPage::again))
                .get(CODE, pages.guarded(this::showCode))
                .post(CODE, pages.guarded(this::prove, ResetPage::again))
                .post("/reset/password", pages.guarded(this::choose, ResetPage::again));
    }

    private static String again(Request request) {
        return "/reset?stale=1" + Visitors.carry(request.form().text("request"));
    }

    private Reply show(Request request) {
        String sealed = request.query().text("request");
        return pages.show(request, 200, "reset", Map.of("sealed", sealed));
    }

    /** From a mail that support had sent. */
    private Reply showCode(Request request) {
        String token = request.query().text("challenge");
        if (token.length() != TOKEN_CHARACTERS) {
            return Reply.seeOther("/reset");
        }
        return codePage(request, 200, "", token);
    }

    private Reply begin(Request request) {
        limit.count(request);
        browsers.check(request);
        String sealed = request.form().text("request");
        String identifier = request.form().text("identifier");
        if (identifier.isBlank()) {
            return show(request);
        }
        String token = resets.begin(identifier, visitor(request, visitors.device(request)));
        return codePage(request, 200, sealed, token);
    }

    private dev.monban.server.login.Login.Visitor visitor(Request request, Visitors.Device device) {
        return visitors.visitor(request, device, Optional.empty());
    }

    private Reply codePage(Request request, int status, String sealed, String token) {
        return pages.show(
                request,
                status,
                "reset-code",
                Map.of("sealed", sealed, "challenge", token, "again", status != 200));
    }

    private Reply prove(Request request) {
        limit.count(request);
        browsers.check(request);
        String sealed = request.form().text("request");
        String token = request.form().text("challenge");
        if (token.length() != TOKEN_CHARACTERS) {
            throw Problem.badRequest("challenge: not one of ours");
        }
        Visitors.Device device = visitors.device(request);
        Optional<String> ticket =
                resets.prove(token, request.form().text("code"), visitor(request, device));
        if (ticket.isEmpty()) {
            return codePage(request, 422, sealed, token);
        }
        return device.remember(
                NewPasswordPage.ask(
                        pages, request, "/reset/password", ticket.get(), sealed, "reset"));
    }

    private Reply choose(Request request) {
        browsers.check(request);
        String sealed = request.form().text("request");
        String ticket = request.form().text("ticket");
        PasswordChanges.Leave leave =
                changes.open(ticket, PasswordChanges.Why.FORGOTTEN)
                        .orElseThrow(() -> Answers.over(sealed, "the ticket is not good any more"));
        limit.count("reset " + leave.account().id());
        PasswordChanges.Outcome<Boolean> outcome =
                changes.change(
                        leave.account(),
                        request.form().text("new_password"),
                        PasswordChanges.Why.FORGOTTEN,
                        request.address(),
                        connection -> Boolean.TRUE);
        if (!outcome.faults().isEmpty()) {
            return NewPasswordPage.askAgain(
                    pages, request, "/reset/password", ticket, sealed, "reset", outcome.faults());
        }
        if (outcome.result().isEmpty()) {
            throw Answers.over(sealed, "the ticket is not good any more");
        }
        Optional<Errand> errand = sealed.isEmpty() ? Optional.empty() : errands.read(sealed);
        return Reply.seeOther("/login?changed=1" + (errand.isEmpty() ? "" : "&request=" + sealed));
    }
}
