package dev.monban.server.oidc.page;

import dev.monban.server.oidc.AuthorizeFlow;
import dev.monban.server.oidc.Client;
import dev.monban.server.oidc.Clients;
import dev.monban.server.oidc.IdTokens;
import dev.monban.server.oidc.LogoutRequests;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.session.Session;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Signing out because a client asks for it (OpenID Connect RP-Initiated Logout 1.0). */
public final class LogoutPage {

    private static final String REQUEST = "request";

    private final LogoutRequests requests;
    private final IdTokens idTokens;
    private final Clients clients;
    private final Sessions sessions;
    private final Pages pages;
    private final Browsers browsers;
    private final RateLimit limit;

    public LogoutPage(
            LogoutRequests requests,
            IdTokens idTokens,
            Clients clients,
            Sessions sessions,
            Pages pages,
            Browsers browsers,
            RateLimit limit) {
        this.requests = requests;
        this.idTokens = idTokens;
        this.clients = clients;
        this.sessions = sessions;
        this.pages = pages;
        this.browsers = browsers;
        this.limit = limit;
    }

    public void hang(Routes routes) {
        routes.get("/logout", pages.guarded(this::arrive))
                .post("/logout", pages.guarded(this::arrive))
                .post("/logout/confirm", pages.guarded(this::confirm, request -> "/logout"));
    }

    private Reply arrive(Request request) {
        limit.count(request);
        Parameters parameters = parameters(request);
        if (parameters.repeated().isPresent()) {
            throw Problem.badRequest("a parameter was sent twice");
        }
        if (request.isPost()) {
            // Section 2 allows POST. Browsers send no cookies with one from another site
            // (SameSite=Lax), so that the session would not be found: it goes on by a GET of ours.
            return Reply.seeOther("/logout?request=" + requests.seal(parameters));
        }
        Optional<IdTokens.Hint> hint = hint(parameters);
        Optional<Client> client = client(parameters, hint);
        String back = back(parameters, client);
        Optional<Session> session = sessions.current(request);
        if (session.isEmpty()) {
            return leave(request, back, client);
        }
        // Section 2: without a hint that names this session, another site could be the one that
        // asks, so the person is asked.
        boolean named =
                hint.isPresent() && hint.get().session().equals(session.get().id().toString());
        if (named) {
            return end(request, session.get(), back, client);
        }
        return pages.show(
                request,
                200,
                "logout",
                Map.of(
                        "back", back.equals("/signed-out") ? "" : back,
                        "clientId", client.map(Client::id).orElse(""),
                        "clientName", client.map(Client::name).orElse("")),
                appScheme(back));
    }

    private Reply confirm(Request request) {
        browsers.check(request);
        Parameters form = request.form();
        Optional<Client> client = clients.find(form.text("client_id"));
        String back = form.text("back");
        // The address comes back by way of the browser: it is checked again.
        boolean registered =
                client.isPresent()
                        && client.get().postLogoutRedirectUris().stream()
                                .anyMatch(uri -> isOrWithState(back, uri));
        String checked = registered ? back : "/signed-out";
        Optional<Session> session = sessions.current(request);
        return session.isPresent()
                ? end(request, session.get(), checked, client)
                : leave(request, checked, client);
    }

    private Reply end(Request request, Session session, String back, Optional<Client> client) {
        sessions.end(session, SessionEnd.SIGNED_OUT, request.address());
        return sessions.forget(leave(request, back, client));
    }

    /** Where a form has led here, the way on to another site begins on a page of ours. */
    private Reply leave(Request request, String back, Optional<Client> client) {
        boolean byForm = request.isPost() || request.query().get(REQUEST).isPresent();
        return byForm && !back.startsWith("/") && AuthorizeFlow.appScheme(back).isEmpty()
                ? pages.leave(request, back, client.map(Client::name).orElse(""))
                : Reply.seeOther(back);
    }

    /** Those of the request, or those that came by POST and have been sealed then. */
    private Parameters parameters(Request request) {
        Optional<String> sealed =
                request.isPost() ? Optional.empty() : request.query().get(REQUEST);
        return sealed.isEmpty()
                ? request.parameters()
                : requests.open(sealed.get())
                        .orElseThrow(() -> new Problem(400, "bad_logout", "request: not ours"));
    }

    private Optional<IdTokens.Hint> hint(Parameters parameters) {
        Optional<String> text = parameters.get("id_token_hint");
        Optional<IdTokens.Hint> hint = text.flatMap(idTokens::readHint);
        if (text.isPresent() && hint.isEmpty()) {
            throw new Problem(400, "bad_logout", "id_token_hint: not an ID token from here");
        }
        return hint;
    }

    private Optional<Client> client(Parameters parameters, Optional<IdTokens.Hint> hint) {
        Optional<String> named = parameters.get("client_id");
        if (named.isPresent() && hint.isPresent() && !hint.get().client().equals(named.get())) {
            throw new Problem(400, "bad_logout", "client_id: not the one of the hint");
        }
        return named.or(() -> hint.map(IdTokens.Hint::client)).flatMap(clients::find);
    }

    /** Section 3: exactly as registered, or nowhere. */
    private static String back(Parameters parameters, Optional<Client> client) {
        Optional<String> wanted = parameters.get("post_logout_redirect_uri");
        if (wanted.isEmpty()) {
            return "/signed-out";
        }
        boolean registered =
                client.isPresent() && client.get().postLogoutRedirectUris().contains(wanted.get());
        if (!registered) {
            throw new Problem(400, "bad_logout", "post_logout_redirect_uri: not declared");
        }
        String state = parameters.text("state");
        return state.isEmpty() ? wanted.get() : withState(wanted.get(), state);
    }

    private static String withState(String uri, String state) {
        return uri
                + (uri.contains("?") ? "&" : "?")
                + "state="
                + URLEncoder.encode(state, StandardCharsets.UTF_8);
    }

    private static boolean isOrWithState(String sent, String registered) {
        String prefix = registered + (registered.contains("?") ? "&" : "?") + "state=";
        if (sent.equals(registered)) {
            return true;
        }
        return sent.startsWith(prefix)
                && sent.substring(prefix.length()).matches("[A-Za-z0-9*._%+-]*");
    }

    private static String appScheme(String back) {
        if (back.startsWith("/")) {
            return "";
        }
        return AuthorizeFlow.appScheme(back);
    }
}
