package dev.monban.server.home.page;

import dev.monban.server.account.Account;
import dev.monban.server.account.Present;
import dev.monban.server.home.Settings;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import java.time.ZoneId;
import java.util.Map;

/** Where people choose language and time zone. */
public final class SettingsPages {

    private static final String HOME = "/account";

    private final Present present;
    private final Settings settings;
    private final Pages pages;
    private final Browsers browsers;

    public SettingsPages(Present present, Settings settings, Pages pages, Browsers browsers) {
        this.present = present;
        this.settings = settings;
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
            return present.at(request)
                    .map(person -> deed.carryOut(request, person.account()))
                    .orElseGet(() -> Reply.seeOther("/login"));
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
