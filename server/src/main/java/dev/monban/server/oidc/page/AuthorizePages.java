package dev.monban.server.oidc.page;

import dev.monban.core.authorize.NextStep.Why;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.oidc.AuthorizationRequests.Mode;
import dev.monban.server.oidc.AuthorizationRequests.Target;
import dev.monban.server.oidc.AuthorizationRequests.Untrusted;
import dev.monban.server.oidc.AuthorizationRequests.Wanted;
import dev.monban.server.oidc.AuthorizeFlow;
import dev.monban.server.oidc.AuthorizeFlow.Next;
import dev.monban.server.oidc.AuthorizeFlow.PageKind;
import dev.monban.server.oidc.OAuthError;
import dev.monban.server.oidc.Pending;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.platform.Texts;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The authorization endpoint, and the pages on the way through it. */
public final class AuthorizePages {

    private final String issuer;
    private final AuthorizeFlow flow;
    private final Sessions sessions;
    private final Accounts accounts;
    private final Pages pages;
    private final Browsers browsers;
    private final RateLimit limit;
    private final RefusalLog refusals;

    public AuthorizePages(
            String issuer,
            AuthorizeFlow flow,
            Sessions sessions,
            Accounts accounts,
            Pages pages,
            Browsers browsers,
            RateLimit limit,
            RefusalLog refusals) {
        this.issuer = issuer;
        this.flow = flow;
        this.sessions = sessions;
        this.accounts = accounts;
        this.pages = pages;
        this.browsers = browsers;
        this.limit = limit;
        this.refusals = refusals;
    }

    public void hang(Routes routes) {
        routes.get("/authorize", guarded(this::arrive))
                .post("/authorize", guarded(this::arrive))
                .get("/authorize/continue", guarded(this::goOn))
                .get("/authorize/level", guarded(this::showLevel))
                .post("/authorize/level", form(this::later))
                .get("/authorize/account", guarded(this::showAccount))
                .post("/authorize/account", form(this::chooseAccount))
                .get("/authorize/consent", guarded(this::showConsent))
                .post("/authorize/consent", form(this::consent))
                .post("/authorize/cancel", form(this::cancel))
                .get(AuthorizeFlow.BACK, guarded(this::leadBack));
    }

    private Handler form(Step step) {
        return pages.guarded(
                answered(step), request -> "/authorize/continue?request=" + sealed(request.form()));
    }

    /** As it came, as long as it may stand in an address. */
    private static String sealed(Parameters parameters) {
        String sealed = parameters.text("request");
        return sealed.matches("[A-Za-z0-9_-]*") ? sealed : "";
    }

    @FunctionalInterface
    private interface Step {
        Reply take(Request request) throws Untrusted;
    }

    private Handler guarded(Step step) {
        return pages.guarded(answered(step));
    }

    private Handler answered(Step step) {
        return request -> {
            try {
                return step.take(request);
            } catch (Untrusted e) {
                return untrusted(request, e.code(), e.getMessage());
            } catch (OAuthError e) {
                return untrusted(request, "bad_authorization", e.getMessage());
            }
        };
    }

    private Reply arrive(Request request) throws Untrusted {
        limit.count(request);
        Parameters parameters = request.parameters();
        String encoded = request.isPost() ? encode(pairs(parameters)) : request.rawQuery();
        Pending pending = flow.arrived(parameters, encoded);
        if (request.isPost() && flow.goesOn(pending)) {
            // Browsers send no cookies with a POST from another site (SameSite=Lax). They do with a
            // GET, so the request goes on by one: else whoever is signed in would not be.
            return to("/authorize/continue", flow.seal(pending), "");
        }
        return proceed(request, pending);
    }

    private Reply goOn(Request request) throws Untrusted {
        return proceed(request, flow.open(request.query().text("request")));
    }

    private Reply leadBack(Request request) throws Untrusted {
        limit.count(request);
        return answer(request, (Next.Answer) flow.overdue(request.query().text("request")));
    }

    /** RFC 6749, section 4.1.2.1: a person may say no to a client of the house too. */
    private Reply cancel(Request request) throws Untrusted {
        limit.count(request);
        browsers.check(request);
        return answer(
                request, (Next.Answer) flow.cancelled(flow.open(request.form().text("request"))));
    }

    private Reply proceed(Request request, Pending pending) throws Untrusted {
        Next next = flow.next(pending, sessions.current(request), request.address());
        return switch (next) {
            case Next.Answer answer -> answer(request, answer);
            case Next.SignIn(Why why, String sealed, Wanted wanted) ->
                    to("/login", sealed, "&why=" + why.code() + stay(request) + language(wanted));
            case Next.Tell tell -> to("/authorize/level", tell.sealed(), language(tell.wanted()));
            case Next.Show(PageKind page, String sealed, Wanted wanted) ->
                    switch (page) {
                        case CHOOSE_ACCOUNT -> to("/authorize/account", sealed, language(wanted));
                        case CONSENT -> to("/authorize/consent", sealed, language(wanted));
                    };
        };
    }

    /**
     * The sign-in page leads here where it finds a session; so it must not do so again for a
     * session that is not enough.
     */
    private static String stay(Request request) {
        return request.query().get("stay").isPresent() ? "&stay=1" : "";
    }

    private static Reply to(String path, String sealed, String rest) {
        return Reply.seeOther(path + "?request=" + sealed + rest);
    }

    private static String language(Wanted wanted) {
        return wanted.language().map(Language::tag).map(tag -> "&lang=" + tag).orElse("");
    }

    private Reply showLevel(Request request) throws Untrusted {
        Pending pending = flow.open(request.query().text("request"));
        Next next = flow.next(pending, sessions.current(request), request.address());
        if (!(next instanceof Next.Tell tell)) {
            return next instanceof Next.Answer answer
                    ? answer(request, answer)
                    : proceed(request, pending);
        }
        return pages.show(
                request,
                200,
                "level",
                Map.of(
                        "sealed", tell.sealed(),
                        "clientName", tell.wanted().target().client().name(),
                        "level", tell.level(),
                        "from", tell.from()),
                AuthorizeFlow.appScheme(tell.wanted().target()));
    }

    /** "Later" is an answer to what is announced, and to nothing else. */
    private Reply later(Request request) throws Untrusted {
        browsers.check(request);
        Pending pending = flow.open(request.form().text("request"));
        Optional<Session> session = sessions.current(request);
        return proceed(
                request,
                session.isPresent() ? pending.told(session.get().id().toString()) : pending);
    }

    private Reply showAccount(Request request) throws Untrusted {
        return page(
                request,
                PageKind.CHOOSE_ACCOUNT,
                (shown, account, session) ->
                        pages.show(
                                request,
                                200,
                                "choose-account",
                                Map.of(
                                        "sealed", shown.sealed(),
                                        "clientName", shown.wanted().target().client().name(),
                                        "account", account,
                                        "shown", session.id().toString()),
                                AuthorizeFlow.appScheme(shown.wanted().target())));
    }

    private Reply showConsent(Request request) throws Untrusted {
        return page(
                request,
                PageKind.CONSENT,
                (shown, account, session) ->
                        pages.show(
                                request,
                                200,
                                "consent",
                                Map.of(
                                        "sealed", shown.sealed(),
                                        "clientName", shown.wanted().target().client().name(),
                                        "thirdParty", shown.wanted().target().client().thirdParty(),
                                        "host", host(shown.wanted().target()),
                                        "scopes",
                                                AuthorizeFlow.shownScopes(
                                                        shown.wanted().consentScopes()),
                                        "account", account,
                                        "shown", session.id().toString()),
                                AuthorizeFlow.appScheme(shown.wanted().target())));
    }

    @FunctionalInterface
    private interface View {
        Reply show(Next.Show shown, Account account, Session session);
    }

    /** Shows the page if it is this one's turn; otherwise goes where the request stands. */
    private Reply page(Request request, PageKind kind, View view) throws Untrusted {
        Pending pending = flow.open(request.query().text("request"));
        Optional<Session> session = sessions.current(request);
        Next next = flow.next(pending, session, request.address());
        if (next instanceof Next.Show shown && shown.page() == kind && session.isPresent()) {
            Account account =
                    accounts.recent(session.get().account()).orElseThrow(Problem::notFound);
            return view.show(shown, account, session.get());
        }
        return next instanceof Next.Answer answer
                ? answer(request, answer)
                : proceed(request, pending);
    }

    private Reply chooseAccount(Request request) throws Untrusted {
        browsers.check(request);
        Pending pending = flow.open(request.form().text("request"));
        Optional<Session> session = sessions.current(request);
        if (isForAnother(request, session)) {
            return proceed(request, pending);
        }
        boolean other = request.form().text("choice").equals("other");
        if (session.isEmpty() || other) {
            return Reply.seeOther("/login?request=" + flow.seal(pending));
        }
        return proceed(request, pending.chosen(session.get().id().toString()));
    }

    private Reply consent(Request request) throws Untrusted {
        browsers.check(request);
        Pending pending = flow.open(request.form().text("request"));
        Optional<Session> session = sessions.current(request);
        if (session.isEmpty() || isForAnother(request, session)) {
            return proceed(request, pending);
        }
        if (!request.form().text("choice").equals("allow")) {
            return answer(
                    request, (Next.Answer) flow.denied(pending, session.get(), request.address()));
        }
        return proceed(request, flow.agreed(pending, session.get(), request.address()));
    }

    /** Whether the page was shown to somebody who is not signed in here any more. */
    private static boolean isForAnother(Request request, Optional<Session> session) {
        String shown = request.form().text("shown");
        return session.isPresent() && !session.get().id().toString().equals(shown);
    }

    private Reply answer(Request request, Next.Answer answer) {
        Target target = answer.target();
        answer.error()
                .ifPresent(error ->
                        refusals.refused(
                                request,
                                target.client().id(),
                                error.code(),
                                String.valueOf(error.getMessage())));
        Map<String, String> parameters = parameters(answer);
        if (target.mode() == Mode.QUERY) {
            String separator = target.redirectUri().contains("?") ? "&" : "?";
            String address =
                    target.redirectUri() + separator + encode(parameters.entrySet().stream());
            boolean byForm = request.isPost() || !request.path().equals("/authorize");
            return byForm && AuthorizeFlow.appScheme(target).isEmpty()
                    ? pages.leave(request, address, target.client().name())
                    : Reply.seeOther(address);
        }
        return pages.show(
                request,
                200,
                "form-post",
                Map.of(
                        "target", target.redirectUri(),
                        "clientName", target.client().name(),
                        "fields", List.copyOf(parameters.entrySet())),
                Pages.ANYWHERE);
    }

    /**
     * RFC 6749, 4.1.2 and 4.1.2.1; with {@code iss}, so that a client that talks to several cannot
     * mix them up (RFC 9207).
     */
    private Map<String, String> parameters(Next.Answer answer) {
        Map<String, String> parameters = new LinkedHashMap<>();
        answer.code().ifPresent(code -> parameters.put("code", code));
        if (answer.error().isPresent()) {
            parameters.put("error", answer.error().get().code());
            parameters.put("error_description", String.valueOf(answer.error().get().getMessage()));
        }
        if (!answer.target().state().isEmpty()) {
            parameters.put("state", answer.target().state());
        }
        parameters.put("iss", issuer);
        return parameters;
    }

    private Reply untrusted(Request request, String code, @Nullable String detail) {
        refusals.refused(request, clientId(request), code, String.valueOf(detail));
        Texts texts = Texts.in(request.language());
        return pages.show(
                request,
                400,
                "problem",
                Map.of(
                        "title", texts.get("problem." + code + ".title"),
                        "text", texts.get("problem." + code + ".text"),
                        "detail", detail == null ? "" : detail));
    }

    private static String clientId(Request request) {
        try {
            return request.parameters().text("client_id");
        } catch (Problem malformed) {
            return "?";
        }
    }

    private static String host(Target target) {
        URI uri = URI.create(target.redirectUri());
        return uri.getHost() == null ? uri.getScheme() : uri.getHost();
    }

    private static Stream<Map.Entry<String, String>> pairs(Parameters parameters) {
        return parameters.asMap().entrySet().stream()
                .flatMap(p -> p.getValue().stream().map(value -> Map.entry(p.getKey(), value)));
    }

    private static String encode(Stream<Map.Entry<String, String>> pairs) {
        return pairs.map(e ->
                        URLEncoder.encode(e.getKey(), StandardCharsets.UTF_8)
                                + "="
                                + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
