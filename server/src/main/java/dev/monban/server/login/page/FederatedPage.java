package dev.monban.server.login.page;

import dev.monban.server.account.Identifiers;
import dev.monban.server.login.Errand;
import dev.monban.server.login.Errands;
import dev.monban.server.login.FederatedSignIn;
import dev.monban.server.login.Login;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import java.util.Map;
import java.util.Optional;

/** For people who sign in at their organisation's own identity provider. */
public final class FederatedPage {

    private static final String FORM = "/login/organisation";

    /** Where the identity provider sends people back to. */
    public static final String BACK = "/login/organisation/back";

    private final FederatedSignIn signIn;
    private final Errands errands;
    private final Visitors visitors;
    private final Answers answers;
    private final Pages pages;
    private final Browsers browsers;
    private final RateLimit limit;

    /**
     * @param limit how often one source may set out, and come back
     */
    public FederatedPage(
            FederatedSignIn signIn,
            Errands errands,
            Visitors visitors,
            Answers answers,
            Pages pages,
            Browsers browsers,
            RateLimit limit) {
        this.signIn = signIn;
        this.errands = errands;
        this.visitors = visitors;
        this.answers = answers;
        this.pages = pages;
        this.browsers = browsers;
        this.limit = limit;
    }

    public void hang(Routes routes) {
        if (signIn.any()) {
            routes.get(FORM, pages.guarded(this::show))
                    .post(FORM, pages.guarded(this::begin))
                    .get(BACK, pages.guarded(this::end));
        }
    }

    private Reply show(Request request) {
        return page(request, 200, request.query().text("request"), "", "", "");
    }

    /**
     * @param fault what went wrong; empty for nothing
     * @param address where it goes on; empty where it does not yet
     */
    private Reply page(
            Request request,
            int status,
            String sealed,
            String identifier,
            String fault,
            String address) {
        return pages.show(
                request,
                status,
                "organisation",
                Map.of(
                        "sealed", sealed,
                        "identifier", identifier,
                        "fault", fault,
                        "address", address));
    }

    private Reply begin(Request request) {
        limit.count(request);
        browsers.check(request);
        String sealed = request.form().text("request");
        String typed = request.form().text("identifier");
        if (typed.isBlank() || typed.length() > Identifiers.MOST_CHARACTERS) {
            return page(request, 422, sealed, "", "nowhere", "");
        }
        Login.Visitor visitor = visitors.visitor(request, visitors.device(request), errand(sealed));
        return switch (signIn.begin(typed, sealed, browsers.of(request).formToken(), visitor)) {
            case FederatedSignIn.Begun.There(var address) ->
                    page(request, 200, sealed, typed, "", address.toString());
            case FederatedSignIn.Begun.Nowhere() ->
                    page(request, 422, sealed, typed, "nowhere", "");
            case FederatedSignIn.Begun.Down() -> page(request, 502, sealed, typed, "down", "");
        };
    }

    /** Empty where they came by themselves, or long ago. */
    private Optional<Errand> errand(String sealed) {
        return sealed.isEmpty() ? Optional.empty() : errands.read(sealed);
    }

    private Reply end(Request request) {
        limit.count(request);
        FederatedSignIn.Way way =
                signIn.way(request.query().text("state"), browsers.of(request).formToken())
                        .orElseThrow(FederatedPage::expired);
        Optional<Errand> errand = errand(way.request());
        String sealed = errand.isEmpty() ? "" : way.request();
        Visitors.Device device = visitors.device(request);
        return switch (signIn.end(
                way, request.query(), visitors.visitor(request, device, errand))) {
            case FederatedSignIn.Ended.Stale() -> throw expired();
            case FederatedSignIn.Ended.Down() ->
                    page(request, 502, sealed, way.identifier(), "down", "");
            case FederatedSignIn.Ended.Refused() ->
                    page(request, 403, sealed, way.identifier(), "refused", "");
            case FederatedSignIn.Ended.With(Login.Result.Rejected()) ->
                    page(request, 403, sealed, way.identifier(), "nobody", "");
            case FederatedSignIn.Ended.With(Login.Result result) ->
                    answers.reply(request, sealed, errand, device, result, false);
        };
    }

    private static Problem expired() {
        return new Problem(400, "request_expired", "the answer is too old, or not ours");
    }
}
