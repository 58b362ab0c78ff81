package dev.monban.server.factor.page;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.server.account.Account;
import dev.monban.server.account.Present;
import dev.monban.server.factor.AppDraft;
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.Passkeys;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.session.Sessions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Where people add and remove factors. A session is not enough: whoever changes a factor has proved
 * who they are within the last minutes, with a second factor where there is one.
 */
public final class FactorPages {

    private static final String HOME = "/account";
    private static final int MOST_NAME = 60;

    private final Present present;
    private final Factors factors;
    private final Passkeys passkeys;
    private final Sessions sessions;
    private final Pages pages;
    private final Browsers browsers;
    private final RateLimit limit;

    /**
     * @param limit how often one account may try to add something
     */
    public FactorPages(
            Present present,
            Factors factors,
            Passkeys passkeys,
            Sessions sessions,
            Pages pages,
            Browsers browsers,
            RateLimit limit) {
        this.present = present;
        this.factors = factors;
        this.passkeys = passkeys;
        this.sessions = sessions;
        this.pages = pages;
        this.browsers = browsers;
        this.limit = limit;
    }

    public void hang(Routes routes) {
        routes.get("/account/app", fresh(this::showApp))
                .post("/account/app", fresh(this::addApp))
                .post("/account/app/remove", fresh(this::removeApp))
                .get("/account/passkey", fresh(this::showPasskey))
                .post("/account/passkey", fresh(this::addPasskey))
                .post("/account/passkey/remove", fresh(this::removePasskey))
                .post("/account/recovery", fresh(this::makeRecoveryCodes));
    }

    /** Does something for somebody who has just proved who they are. */
    @FunctionalInterface
    private interface Deed {
        Reply carryOut(Request request, Account account);
    }

    private Handler fresh(Deed deed) {
        return pages.guarded(request -> {
            if (request.isPost()) {
                browsers.check(request);
            }
            Optional<Present.Person> person = present.at(request);
            if (person.isEmpty()) {
                return Reply.seeOther("/login");
            }
            return factors.isFresh(person.get().session())
                    ? deed.carryOut(request, person.get().account())
                    : Reply.seeOther(again(request));
        });
    }

    /** An authorization request that waits for the factor, sealed; or an empty text. */
    private static String sealed(Request request) {
        String sealed = (request.isPost() ? request.form() : request.query()).text("request");
        return sealed.matches("[A-Za-z0-9_-]{1,8192}") ? sealed : "";
    }

    /** The sign-in, for a fresh proof. */
    private static String again(Request request) {
        String sealed = sealed(request);
        return "/login?again=1" + (sealed.isEmpty() ? "" : "&request=" + sealed);
    }

    /** Where it goes on once the factor is there. */
    private static String onwards(Request request) {
        String sealed = sealed(request);
        return sealed.isEmpty() ? HOME : "/authorize/continue?request=" + sealed;
    }

    /** On to a request that waits, by a page: the form's chain may not lead to its client. */
    private Reply goOn(Request request) {
        return sealed(request).isEmpty()
                ? Reply.seeOther(HOME)
                : pages.leave(request, onwards(request), "");
    }

    private Reply showApp(Request request, Account account) {
        return appPage(request, 200, factors.draft(account), false);
    }

    private Reply appPage(Request request, int status, AppDraft draft, boolean wrong) {
        return pages.show(
                request,
                status,
                "factor-app",
                Map.of(
                        "draft",
                        draft,
                        "picture",
                        draft.picture(),
                        "sealed",
                        sealed(request),
                        "wrong",
                        wrong));
    }

    private Reply addApp(Request request, Account account) {
        limit.count("factor " + account.id());
        Optional<AppDraft> draft = factors.open(account, request.form().text("ticket"));
        if (draft.isEmpty()) {
            return Reply.seeOther("/account/app");
        }
        boolean first = factors.of(account.id()).recoveryCodes() == 0;
        if (!factors.addApp(
                account,
                draft.get(),
                name(request),
                request.form().text("code"),
                request.address())) {
            return appPage(request, 422, draft.get(), true);
        }
        raise(request, AuthenticationMethod.TOTP);
        return first ? codes(request, account) : goOn(request);
    }

    /** Whoever has just shown a new factor is signed in with it, and may go on. */
    private void raise(Request request, AuthenticationMethod proof) {
        sessions.current(request).ifPresent(session -> sessions.raise(session, proof));
    }

    private Reply removeApp(Request request, Account account) {
        factors.removeApp(account, id(request), request.address());
        return Reply.seeOther(HOME);
    }

    private Reply showPasskey(Request request, Account account) {
        return passkeyPage(request, 200, account, false);
    }

    private Reply passkeyPage(Request request, int status, Account account, boolean wrong) {
        Passkeys.Options options = passkeys.creation(account);
        return pages.show(
                request,
                status,
                "factor-passkey",
                Map.of(
                        "options", options.json(),
                        "ticket", options.ticket(),
                        "sealed", sealed(request),
                        "wrong", wrong));
    }

    private Reply addPasskey(Request request, Account account) {
        limit.count("factor " + account.id());
        boolean first = factors.of(account.id()).recoveryCodes() == 0;
        if (!passkeys.add(
                account,
                request.form().text("ticket"),
                request.form().text("response"),
                name(request),
                request.address())) {
            return passkeyPage(request, 422, account, true);
        }
        raise(request, AuthenticationMethod.PASSKEY);
        return first ? codes(request, account) : goOn(request);
    }

    private Reply removePasskey(Request request, Account account) {
        passkeys.remove(account, id(request), request.address());
        return Reply.seeOther(HOME);
    }

    private Reply makeRecoveryCodes(Request request, Account account) {
        return factors.of(account.id()).any() ? codes(request, account) : Reply.seeOther(HOME);
    }

    /** Shown once: only what they hash to is kept. */
    private Reply codes(Request request, Account account) {
        List<String> codes = factors.makeRecoveryCodes(account, request.address());
        return pages.show(
                request,
                200,
                "recovery-codes",
                Map.of(
                        "codes", codes,
                        "identifier", account.identifier(),
                        "onwards", onwards(request)));
    }

    private static String name(Request request) {
        String name = request.form().text("name").strip().replaceAll("\\p{Cntrl}", "");
        return name.substring(
                0,
                name.offsetByCodePoints(
                        0, Math.min(MOST_NAME, name.codePointCount(0, name.length()))));
    }

    private static UUID id(Request request) {
        try {
            return UUID.fromString(request.form().text("id"));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("id: not an id");
        }
    }
}
