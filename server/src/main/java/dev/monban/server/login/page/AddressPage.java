package dev.monban.server.login.page;

import dev.monban.server.account.Account;
import dev.monban.server.account.Present;
import dev.monban.server.factor.Factors;
import dev.monban.server.login.AddressChanges;
import dev.monban.server.login.Login;
import dev.monban.server.login.WrongPasswords;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Handler;
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
import java.util.regex.Pattern;

/**
 * Where people give another mail address. It brings a new password, so a session is not enough:
 * whoever does it has just proved who they are, and types the password where that is all there is.
 */
public final class AddressPage {

    private static final String HOME = "/account";
    private static final int TOKEN_CHARACTERS = 43;
    private static final int MOST_CHARACTERS = 254;
    private static final Pattern ADDRESS =
            Pattern.compile("[^@\\s\\p{Cntrl}<>\",;:\\\\()\\[\\]]+@[A-Za-z0-9.-]+\\.[A-Za-z0-9-]+");

    private final Present present;
    private final Login login;
    private final AddressChanges addresses;
    private final Factors factors;
    private final Sessions sessions;
    private final Visitors visitors;
    private final Pages pages;
    private final Browsers browsers;
    private final RateLimit limit;
    private final WrongPasswords wrongs;

    /**
     * @param limit how often one account may ask for a code, or try one
     * @param wrongs how often the password may be wrong before the session ends
     */
    public AddressPage(
            Present present,
            Login login,
            AddressChanges addresses,
            Factors factors,
            Sessions sessions,
            Visitors visitors,
            Pages pages,
            Browsers browsers,
            RateLimit limit,
            WrongPasswords wrongs) {
        this.present = present;
        this.login = login;
        this.addresses = addresses;
        this.factors = factors;
        this.sessions = sessions;
        this.visitors = visitors;
        this.pages = pages;
        this.browsers = browsers;
        this.limit = limit;
        this.wrongs = wrongs;
    }

    public void hang(Routes routes) {
        routes.get("/account/mail", fresh(this::show))
                .post("/account/mail", fresh(this::sendCode))
                .post("/account/mail/code", fresh(this::takeCode));
    }

    @FunctionalInterface
    private interface Deed {
        Reply carryOut(Request request, Account account, Session session);
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
                    ? deed.carryOut(request, person.get().account(), person.get().session())
                    : Reply.seeOther("/login?again=1");
        });
    }

    private Reply show(Request request, Account account, Session session) {
        return page(request, account, "", "");
    }

    /**
     * @param fault {@code address}, {@code password}, or empty
     */
    private Reply page(Request request, Account account, String typed, String fault) {
        return pages.show(
                request,
                fault.isEmpty() ? 200 : 422,
                "mail",
                Map.of(
                        "account",
                        account,
                        "typed",
                        typed,
                        "fault",
                        fault,
                        "password",
                        !factors.of(account.id()).any(),
                        "possible",
                        addresses.possible()));
    }

    private Reply sendCode(Request request, Account account, Session session) {
        limit.count("mail " + account.id());
        String address = request.form().text("email").strip();
        if (address.length() > MOST_CHARACTERS
                || !ADDRESS.matcher(address).matches()
                || !addresses.possible()) {
            return page(request, account, address, "address");
        }
        if (!factors.of(account.id()).any()) {
            Login.Visitor visitor =
                    visitors.visitor(request, visitors.device(request), Optional.empty());
            if (!login.isRight(account, request.form().text("password"), visitor)) {
                return wrong(request, account, session, address);
            }
        }
        return codePage(request, 200, addresses.begin(account, address), address);
    }

    /** Whoever has the session and not the password soon has neither. */
    private Reply wrong(Request request, Account account, Session session, String address) {
        if (wrongs.areTooMany(session)) {
            sessions.end(session, SessionEnd.SIGNED_OUT, request.address());
            return sessions.forget(Reply.seeOther("/login"));
        }
        return page(request, account, address, "password");
    }

    private Reply codePage(Request request, int status, String token, String address) {
        return pages.show(
                request,
                status,
                "mail-code",
                Map.of("challenge", token, "address", address, "again", status != 200));
    }

    private Reply takeCode(Request request, Account account, Session session) {
        limit.count("mail " + account.id());
        String token = request.form().text("challenge");
        if (token.length() != TOKEN_CHARACTERS) {
            throw Problem.badRequest("challenge: not one of ours");
        }
        return addresses.prove(account, token, request.form().text("code"), request.address())
                ? Reply.seeOther(HOME)
                : codePage(request, 422, token, request.form().text("email"));
    }
}
