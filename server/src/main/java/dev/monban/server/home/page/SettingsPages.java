package dev.monban.server.home.page;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.factor.Factors;
import dev.monban.server.home.Settings;
import dev.monban.server.login.AddressChanges;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Language, time zone and mail address. A mail address brings a new password, so it is changed only
 * by whoever has just proved who they are.
 */
public final class SettingsPages {

    private static final String HOME = "/account";
    private static final int TOKEN_CHARACTERS = 43;
    private static final int MOST_CHARACTERS = 254;
    private static final Pattern ADDRESS =
            Pattern.compile("[^@\\s\\p{Cntrl}<>\",;:\\\\()\\[\\]]+@[A-Za-z0-9.-]+\\.[A-Za-z0-9-]+");

    private final Database database;
    private final Accounts accounts;
    private final Settings settings;
    private final AddressChanges addresses;
    private final Factors factors;
    private final Sessions sessions;
    private final Pages pages;
    private final Browsers browsers;
    private final RateLimit limit;

    /**
     * @param limit how often one account may ask for a code, or try one
     */
    public SettingsPages(
            Database database,
            Accounts accounts,
            Settings settings,
            AddressChanges addresses,
            Factors factors,
            Sessions sessions,
            Pages pages,
            Browsers browsers,
            RateLimit limit) {
        this.database = database;
        this.accounts = accounts;
        this.settings = settings;
        this.addresses = addresses;
        this.factors = factors;
        this.sessions = sessions;
        this.pages = pages;
        this.browsers = browsers;
        this.limit = limit;
    }

    public void hang(Routes routes) {
        routes.get("/account/settings", own(this::show))
                .post("/account/settings", own(this::change))
                .get("/account/mail", fresh(this::showAddress))
                .post("/account/mail", fresh(this::sendCode))
                .post("/account/mail/code", fresh(this::takeCode));
    }

    @FunctionalInterface
    private interface Deed {
        Reply carryOut(Request request, Account account);
    }

    private Handler own(Deed deed) {
        return signedIn((request, account, session) -> deed.carryOut(request, account));
    }

    private Handler fresh(Deed deed) {
        return signedIn((request, account, session) ->
                factors.isFresh(session)
                        ? deed.carryOut(request, account)
                        : Reply.seeOther("/login?again=1"));
    }

    @FunctionalInterface
    private interface SignedIn {
        Reply carryOut(Request request, Account account, Session session);
    }

    private Handler signedIn(SignedIn deed) {
        return pages.guarded(request -> {
            if (request.isPost()) {
                browsers.check(request);
            }
            Optional<Session> session = sessions.current(request);
            if (session.isEmpty()) {
                return Reply.seeOther("/login");
            }
            Account account =
                    database.query(c -> accounts.byId(c, session.get().account()))
                            .filter(a -> !a.disabled())
                            .orElseThrow(Problem::notFound);
            return deed.carryOut(request, account, session.get());
        });
    }

    private Reply show(Request request, Account account) {
        return pages.show(
                request, 200, "settings", Map.of("account", account, "zones", Settings.zones()));
    }

    private Reply change(Request request, Account account) {
        Language language =
                Language.ofTag(request.form().text("language"))
                        .orElseThrow(() -> Problem.badRequest("language: ja or en"));
        String zone = request.form().text("time_zone");
        if (!Settings.zones().contains(zone)) {
            throw Problem.badRequest("time_zone: not one of the list");
        }
        settings.change(account, language, ZoneId.of(zone), request.address());
        return Reply.seeOther(HOME + "?lang=" + language.tag());
    }

    private Reply showAddress(Request request, Account account) {
        return addressPage(request, 200, account, "");
    }

    private Reply addressPage(Request request, int status, Account account, String typed) {
        return pages.show(
                request,
                status,
                "mail",
                Map.of(
                        "account",
                        account,
                        "typed",
                        typed,
                        "wrong",
                        status != 200,
                        "possible",
                        addresses.possible()));
    }

    private Reply sendCode(Request request, Account account) {
        limit.count("mail " + account.id());
        String address = request.form().text("email").strip();
        if (address.length() > MOST_CHARACTERS
                || !ADDRESS.matcher(address).matches()
                || !addresses.possible()) {
            return addressPage(request, 422, account, address);
        }
        return codePage(request, 200, addresses.begin(account, address), address);
    }

    private Reply codePage(Request request, int status, String token, String address) {
        return pages.show(
                request,
                status,
                "mail-code",
                Map.of("challenge", token, "address", address, "again", status != 200));
    }

    private Reply takeCode(Request request, Account account) {
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
