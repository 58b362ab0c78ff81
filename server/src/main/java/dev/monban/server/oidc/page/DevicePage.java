package dev.monban.server.oidc.page;

import dev.monban.core.factor.LevelNeed;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.factor.LevelNeeds;
import dev.monban.server.oidc.AuthorizeFlow;
import dev.monban.server.oidc.Client;
import dev.monban.server.oidc.Clients;
import dev.monban.server.oidc.DevicePath;
import dev.monban.server.oidc.Devices;
import dev.monban.server.oidc.store.DeviceAuthorizationStore.Waiting;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import java.util.Map;
import java.util.Optional;

/** The page where a person lets a device in (RFC 8628, section 3.3). */
public final class DevicePage {

    private final Devices devices;
    private final Clients clients;
    private final Sessions sessions;
    private final Accounts accounts;
    private final LevelNeeds needs;
    private final Pages pages;
    private final Browsers browsers;
    private final RateLimit guesses;

    /**
     * @param guesses how often one session may look a code up
     */
    public DevicePage(
            Devices devices,
            Clients clients,
            Sessions sessions,
            Accounts accounts,
            LevelNeeds needs,
            Pages pages,
            Browsers browsers,
            RateLimit guesses) {
        this.devices = devices;
        this.clients = clients;
        this.sessions = sessions;
        this.accounts = accounts;
        this.needs = needs;
        this.pages = pages;
        this.browsers = browsers;
        this.guesses = guesses;
    }

    public void hang(Routes routes) {
        routes.get("/device", pages.guarded(this::show))
                .post(
                        "/device",
                        pages.guarded(
                                this::decide,
                                request -> DevicePath.address(request.form().text("user_code"))));
    }

    private Reply show(Request request) {
        String typed = request.query().text("user_code");
        Optional<Session> session = sessions.current(request);
        if (session.isEmpty()) {
            return Reply.seeOther("/login?request=" + DevicePath.errand(typed));
        }
        Optional<Reply> barred = barred(session.get(), typed);
        if (barred.isPresent()) {
            return barred.get();
        }
        if (typed.isBlank()) {
            return page(request, 200, "ask", "", "");
        }
        guesses.count(session.get().id().toString());
        Optional<Waiting> waiting = devices.find(typed);
        Optional<Client> client = waiting.flatMap(w -> clients.find(w.client()));
        if (waiting.isEmpty() || client.isEmpty()) {
            return page(request, 422, "unknown", typed, "");
        }
        Account account = accounts.recent(session.get().account()).orElseThrow(Problem::notFound);
        return pages.show(
                request,
                200,
                "device-confirm",
                Map.of(
                        "userCode", Devices.shown(waiting.get().userCode()),
                        "clientName", client.get().name(),
                        "scopes", AuthorizeFlow.shownScopes(waiting.get().scopes()),
                        "account", account,
                        "shown", session.get().id().toString()));
    }

    private Reply decide(Request request) {
        browsers.check(request);
        Optional<Session> session = sessions.current(request);
        String typed = request.form().text("user_code");
        if (session.isEmpty()) {
            return Reply.seeOther("/login?request=" + DevicePath.errand(typed));
        }
        Optional<Reply> barred = barred(session.get(), typed);
        if (barred.isPresent()) {
            return barred.get();
        }
        if (!session.get().id().toString().equals(request.form().text("shown"))) {
            // Somebody else has signed in since the page was shown: they see it first.
            return Reply.seeOther(DevicePath.address(typed));
        }
        guesses.count(session.get().id().toString());
        Optional<Waiting> waiting = devices.find(typed);
        Optional<Client> client = waiting.flatMap(w -> clients.find(w.client()));
        if (waiting.isEmpty() || client.isEmpty()) {
            return page(request, 422, "unknown", typed, "");
        }
        boolean allow = request.form().text("choice").equals("allow");
        boolean inTime =
                allow
                        ? devices.allow(
                                waiting.get(), client.get(), session.get(), request.address())
                        : devices.deny(waiting.get(), session.get(), request.address());
        if (!inTime) {
            return page(request, 422, "unknown", typed, "");
        }
        return page(request, 200, allow ? "allowed" : "denied", "", client.get().name());
    }

    /** Whoever may not go to the organisation's systems lets no device in there. */
    private Optional<Reply> barred(Session session, String typed) {
        Account account = accounts.recent(session.account()).orElseThrow(Problem::notFound);
        LevelNeed need = needs.of(account, session);
        if (need.letsIn()) {
            return Optional.empty();
        }
        return Optional.of(
                Reply.seeOther(
                        need instanceof LevelNeed.Enrol
                                ? "/account"
                                : "/login?why=organisation_asks&request="
                                        + DevicePath.errand(typed)));
    }

    private Reply page(Request request, int status, String state, String typed, String clientName) {
        return pages.show(
                request,
                status,
                "device",
                Map.of("state", state, "typed", typed, "clientName", clientName));
    }
}
