package dev.monban.server.home.page;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.home.Settings;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/** Where people choose language and time zone. */
public final class SettingsPages {

    private static final String HOME = "/account";

    private final Database database;
    private final Accounts accounts;
    private final Settings settings;
    private final Sessions sessions;
    private final Pages pages;
    private final Browsers browsers;

    public SettingsPages(
            Database database,
            Accounts accounts,
            Settings settings,
            Sessions sessions,
            Pages pages,
            Browsers browsers) {
        this.database = database;
        this.accounts = accounts;
        this.settings = settings;
        this.sessions = sessions;
        this.pages = pages;
        this.browsers = browsers;
    }

    public void hang(Routes routes) {
        routes.get("/account/settings", own(this::show))
                .post("/account/settings", own(this::change));
    }

    @FunctionalInterface
    private interface Deed {
        Reply carryOut(Request request, Account account);
    }

    private Handler own(Deed deed) {
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
            return deed.carryOut(request, account);
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
}
