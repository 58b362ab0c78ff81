package dev.monban.server.login.page;

import dev.monban.core.authorize.NextStep.Why;
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

    /** A longer request would make addresses that other houses refuse. */
    static final int MOST_REQUEST = 4_000;

    /** Where identity providers send people back to; the slug of the organisation follows. */
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
        for (String tenant : signIn.tenants()) {
            routes.get(BACK + "/" + tenant, pages.guarded(request -> end(request, tenant)));
        }
        if (!signIn.tenants().isEmpty()) {
            routes.get(FORM, pages.guarded(this::show))
                    .post(FORM, pages.guarded(this::begin, FederatedPage::again));
        }
    }

    private static String again(Request request) {
        return FORM + "?stale=1" + Visitors.carry(request.form().text("request"));
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
        Optional<Errand> errand = errand(sealed);
        if (sealed.length() > MOST_REQUEST || (errand.isEmpty() && !sealed.isEmpty())) {
            throw errands.unreadable(sealed);
        }
        return switch (signIn.begin(
                typed,
                sealed,
                browsers.of(request).formToken(),
                errand.map(Errand::why).filter(why -> why != Why.NOT_SIGNED_IN).isPresent(),
                visitors.visitor(request, visitors.device(request), errand))) {
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

    private Reply end(Request request, String tenant) {
        FederatedSignIn.Way way =
                signIn.way(request.query().text("state"), tenant, browsers.of(request).formToken())
                        .orElseThrow(() -> expired(""));
        limit.count(request);
        Optional<Errand> errand = errand(way.request());
        String sealed = errand.isEmpty() ? "" : way.request();
        Visitors.Device device = visitors.device(request);
        return switch (signIn.end(
                way, request.query(), visitors.visitor(request, device, errand))) {
            case FederatedSignIn.Ended.Stale() -> throw expired(sealed);
            case FederatedSignIn.Ended.Not(FederatedSignIn.Fault fault) ->
                    page(
                            request,
                            fault == FederatedSignIn.Fault.DOWN ? 502 : 403,
                            sealed,
                            way.identifier(),
                            fault.code(),
                            "");
            case FederatedSignIn.Ended.With(Login.Result result) ->
                    answers.reply(request, sealed, errand, device, result, false);
        };
    }

    private static Problem expired(String sealed) {
        return new Problem(400, "request_expired", "the answer is too old, or not ours")
                .leadingTo("/login?again=1" + Visitors.carry(sealed), "");
    }
}
