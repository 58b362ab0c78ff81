package dev.monban.server.login.page;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.server.account.Account;
import dev.monban.server.account.Identifiers;
import dev.monban.server.login.PasswordChanges;
import dev.monban.server.member.Invitations;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where people who were invited begin: with the code from the mail, and a password of their own.
 */
public final class InvitationPage {

    private static final String CHOOSE = "/activate/password";
    private static final String WHY = "invited";
    private static final int MOST_CODE = 64;

    private final Invitations invitations;
    private final PasswordChanges changes;
    private final Visitors visitors;
    private final Pages pages;
    private final Browsers browsers;
    private final RateLimit limit;

    /**
     * @param limit how often one source may try
     */
    public InvitationPage(
            Invitations invitations,
            PasswordChanges changes,
            Visitors visitors,
            Pages pages,
            Browsers browsers,
            RateLimit limit) {
        this.invitations = invitations;
        this.changes = changes;
        this.visitors = visitors;
        this.pages = pages;
        this.browsers = browsers;
        this.limit = limit;
    }

    public void hang(Routes routes) {
        routes.get("/activate", pages.guarded(this::show))
                .post("/activate", pages.guarded(this::accept, request -> "/activate?stale=1"))
                .post(CHOOSE, pages.guarded(this::choose, request -> "/activate?stale=1"));
    }

    private Reply show(Request request) {
        return page(request, 200, "");
    }

    private Reply page(Request request, int status, String typed) {
        return pages.show(
                request, status, "activate", Map.of("typed", typed, "again", status != 200));
    }

    private Reply accept(Request request) {
        limit.count(request);
        browsers.check(request);
        String typed = request.form().text("identifier");
        String code = request.form().text("code");
        boolean sensible =
                typed.length() <= Identifiers.MOST_CHARACTERS && code.length() <= MOST_CODE;
        Optional<Account> account =
                sensible ? invitations.accept(typed, code, request.address()) : Optional.empty();
        if (account.isEmpty()) {
            return page(request, 422, sensible ? typed : "");
        }
        String ticket =
                changes.seal(
                        account.get(),
                        Set.of(AuthenticationMethod.MAIL_CODE),
                        PasswordChanges.Why.INVITED);
        return visitors.device(request)
                .remember(NewPasswordPage.ask(pages, request, CHOOSE, ticket, "", WHY));
    }

    private Reply choose(Request request) {
        browsers.check(request);
        String ticket = request.form().text("ticket");
        PasswordChanges.Leave leave =
                changes.open(ticket, PasswordChanges.Why.INVITED)
                        .orElseThrow(() -> Answers.over("", "the ticket is not good any more"));
        limit.count("invited " + leave.account().id());
        PasswordChanges.Outcome<Boolean> outcome =
                changes.change(
                        leave.account(),
                        request.form().text("new_password"),
                        PasswordChanges.Why.INVITED,
                        request.address(),
                        connection -> Boolean.TRUE);
        if (!outcome.faults().isEmpty()) {
            return NewPasswordPage.askAgain(
                    pages, request, CHOOSE, ticket, "", WHY, outcome.faults());
        }
        if (outcome.result().isEmpty()) {
            throw Answers.over("", "the ticket is not good any more");
        }
        return Reply.seeOther("/login?welcome=1");
    }
}
