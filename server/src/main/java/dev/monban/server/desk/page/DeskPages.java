package dev.monban.server.desk.page;

import dev.monban.core.code.Codes;
import dev.monban.core.trouble.Help;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.Identifiers;
import dev.monban.server.desk.Case;
import dev.monban.server.desk.Cases;
import dev.monban.server.desk.Explainer;
import dev.monban.server.desk.Helpers;
import dev.monban.server.desk.page.Supporters.Supporter;
import dev.monban.server.factor.Factors;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.platform.Texts;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import dev.monban.server.watch.Tried;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The desk: who is stuck, why, and what can be done. */
public final class DeskPages {

    private static final String LIST = "/desk";
    private static final int MOST_NAME = 254;

    /** What was tried before the episode shows what the person usually does. */
    private static final Duration BEFORE = Duration.ofHours(12);

    private final Supporters supporters;
    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final Cases cases;
    private final Helpers helpers;
    private final Factors factors;
    private final Tried tried;
    private final Explainer explainer;
    private final Pages pages;
    private final RateLimit limit;
    private final RateLimit looks;

    /**
     * @param limit how often one of support may take steps, and look up names
     * @param looks how often they may open cases that there are
     */
    public DeskPages(
            Supporters supporters,
            Database database,
            Accounts accounts,
            Tenants tenants,
            Cases cases,
            Helpers helpers,
            Factors factors,
            Tried tried,
            Explainer explainer,
            Pages pages,
            RateLimit limit,
            RateLimit looks) {
        this.supporters = supporters;
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.cases = cases;
        this.helpers = helpers;
        this.factors = factors;
        this.tried = tried;
        this.explainer = explainer;
        this.pages = pages;
        this.limit = limit;
        this.looks = looks;
    }

    public void hang(Routes routes) {
        routes.get(LIST, supporters.only(this::list))
                .post("/desk/open", supporters.only(this::open))
                .get("/desk/why", supporters.only(this::why))
                .get("/desk/case", supporters.only(this::show))
                .post("/desk/case/step", supporters.only(this::step))
                .post("/desk/case/read-back", supporters.only(this::readBack));
    }

    /**
     * A case in the list.
     *
     * @param name the person's; what was typed where there is none
     */
    public record Line(Case one, String name, String organisation) {}

    private Reply list(Request request, Supporter who) {
        return list(request, who, 200, "");
    }

    private Reply list(Request request, Supporter who, int status, String unknown) {
        UUID own = who.helper().everywhere() ? null : who.account().tenant();
        List<Line> lines = cases.latest(own).stream().map(this::line).toList();
        return pages.show(
                request,
                status,
                "desk",
                Map.of(
                        "open", lines.stream().filter(l -> l.one().isOpen()).toList(),
                        "closed", lines.stream().filter(l -> !l.one().isOpen()).toList(),
                        "unknown", unknown,
                        "operator", who.helper().operator(),
                        "zone", who.account().timeZone()));
    }

    private Line line(Case one) {
        String name = account(one.account()).map(Account::name).orElse(one.shownName());
        return new Line(one, name, organisation(one.tenant()));
    }

    private Optional<Account> account(@Nullable UUID id) {
        return id == null ? Optional.empty() : accounts.recent(id);
    }

    private String organisation(@Nullable UUID tenant) {
        return tenant == null
                ? ""
                : database.query(c -> tenants.byId(c, tenant)).map(Tenant::name).orElse("");
    }

    /** Somebody calls who has no case. */
    private Reply open(Request request, Supporter who) {
        limit.count(who.account().id().toString());
        String typed = request.form().text("identifier");
        String identifier =
                Identifiers.normalise(typed.substring(0, Math.min(typed.length(), MOST_NAME)));
        Optional<Account> account =
                database.query(c -> accounts.byIdentifier(c, identifier))
                        .filter(a -> Help.isWithin(who.helper(), a.tenant().toString()));
        if (account.isEmpty()) {
            return list(request, who, 422, typed);
        }
        return Reply.seeOther(path(cases.openFor(account.get(), who.account(), request.address())));
    }

    private static String path(Case one) {
        return "/desk/case?id=" + one.id();
    }

    private static Explainer.InWords words(
            Explainer.Explained explained, Request request, Supporter who) {
        return Explainer.inWords(explained, Texts.in(request.language()), who.account().timeZone());
    }

    /**
     * Why somebody does not get in. A login name that leads to no account is for those alone who
     * help everywhere: the names that it resembles are other people's.
     */
    private Reply why(Request request, Supporter who) {
        limit.count(who.account().id().toString());
        String all = request.query().text("q");
        String typed = all.substring(0, Math.min(all.length(), MOST_NAME)).strip();
        // Who is none of theirs is not even looked up: it would take its time.
        Optional<Account> account =
                database.query(c -> accounts.byIdentifier(c, Identifiers.normalise(typed)));
        boolean within =
                Help.isWithin(who.helper(), account.map(a -> a.tenant().toString()).orElse(""));
        Optional<Explainer.Explained> explained =
                typed.isEmpty() || !within
                        ? Optional.empty()
                        : Optional.of(explainer.explain(typed, Explainer.Reader.ANY));
        boolean unknown = !typed.isEmpty() && explained.isEmpty();
        return pages.show(
                request,
                unknown ? 422 : 200,
                "desk-why",
                Map.of(
                        "typed",
                        typed,
                        "name",
                        explained.map(Explainer.Explained::name).orElse(""),
                        "unknown",
                        unknown,
                        "words",
                        explained.map(e -> words(e, request, who))));
    }

    private Reply show(Request request, Supporter who) {
        looks.count(who.account().id().toString());
        return show(request, who, one(request.query().text("id"), who), 200, "");
    }

    private Case one(String id, Supporter who) {
        UUID wanted;
        try {
            wanted = UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw Problem.notFound();
        }
        return cases.find(wanted)
                .filter(c ->
                        Help.isWithin(
                                who.helper(), c.tenant() == null ? "" : c.tenant().toString()))
                .filter(c ->
                        account(c.account())
                                .map(a -> Help.isWithin(who.helper(), a.tenant().toString()))
                                .orElse(true))
                .orElseThrow(Problem::notFound);
    }

    private Reply show(Request request, Supporter who, Case one, int status, String told) {
        Optional<Account> person =
                database.query(c -> {
                    UUID id = one.account();
                    return id == null ? Optional.<Account>empty() : accounts.byId(c, id);
                });
        Map<String, Object> content = new HashMap<>();
        content.put("one", one);
        content.put("person", person);
        content.put("organisation", organisation(one.tenant()));
        content.put("factors", person.map(p -> factors.of(p.id())));
        content.put("tried", lines(one));
        content.put("said", said(lines(one)));
        content.put("taken", cases.taken(one));
        Optional<Instant> proved = helpers.proved(one, who.account());
        // How near a wrong password was, nobody learns who has not shown that it is theirs.
        Explainer.Reader reader =
                proved.isPresent() ? Explainer.Reader.CALLER : Explainer.Reader.ANY;
        content.put("proved", proved);
        content.put("steps", steps(who, one, person));
        content.put(
                "words",
                person.map(p -> words(explainer.explain(p.identifier(), reader), request, who)));
        content.put("closable", isClosable(who, one, person));
        content.put("told", told);
        content.put("zone", who.account().timeZone());
        return pages.show(request, status, "desk-case", content);
    }

    private List<Tried.Line> lines(Case one) {
        UUID account = one.account();
        return account == null
                ? tried.these(one.attempts())
                : tried.of(account, one.since().minus(BEFORE));
    }

    /** What the pages told them, each thing once. */
    private static Set<String> said(List<Tried.Line> lines) {
        Set<String> said = new LinkedHashSet<>();
        for (Tried.Line line : lines.reversed()) {
            if (line.rejection() != null) {
                said.add(line.rejection());
            } else if (line.verdict().equals("throttle")) {
                said.add("throttled");
            } else if (line.step().equals("reset_request")) {
                said.add("reset_asked");
            } else if (line.verdict().equals("step_up") && !line.sessionStarted()) {
                said.add("code_asked");
            }
        }
        return said;
    }

    /**
     * A step, and why it may not be taken.
     *
     * @param refusal the name in texts; empty where it may
     */
    public record Offer(Help.Step step, String refusal) {}

    private List<Offer> steps(Supporter who, Case one, Optional<Account> person) {
        if (person.isEmpty() || !one.isOpen()) {
            return List.of();
        }
        return List.of(Help.Step.values()).stream()
                .filter(step -> step != Help.Step.SEND_CODE && step != Help.Step.CLOSE)
                .filter(step -> step != Help.Step.EXPLAIN || one.cause() != null)
                .map(step ->
                        new Offer(
                                step,
                                helpers.refuses(who.helper(), one, person.get(), step)
                                        .map(Help.Refusal::code)
                                        .orElse("")))
                .toList();
    }

    private boolean isClosable(Supporter who, Case one, Optional<Account> person) {
        return one.isOpen()
                && person.flatMap(p -> helpers.refuses(who.helper(), one, p, Help.Step.CLOSE))
                        .isEmpty();
    }

    private Reply step(Request request, Supporter who) {
        limit.count(who.account().id().toString());
        Case one = one(request.form().text("id"), who);
        Help.Step step =
                Codes.find(Help.Step.class, request.form().text("step"))
                        .orElseThrow(() -> Problem.badRequest("step: none of ours"));
        if (step == Help.Step.CLOSE && one.account() == null) {
            cases.close(one, who.account(), request.address());
            return Reply.seeOther(path(one));
        }
        Account person = person(one);
        Helpers.Outcome outcome =
                helpers.take(step, who.helper(), one, person, who.account(), request.address());
        return switch (outcome) {
            case DONE -> Reply.seeOther(path(one));
            case REFUSED -> show(request, who, one, 403, "refused");
            case UNREACHED, TOO_OFTEN, OVER -> show(request, who, one, 422, outcome.code());
        };
    }

    private Account person(Case one) {
        UUID account = one.account();
        if (account == null) {
            throw Problem.badRequest("step: there is no account to take it for");
        }
        return database.query(c -> accounts.byId(c, account)).orElseThrow(Problem::notFound);
    }

    private Reply readBack(Request request, Supporter who) {
        limit.count(who.account().id().toString());
        Case one = one(request.form().text("id"), who);
        boolean right =
                helpers.readBack(
                        who.helper(),
                        one,
                        person(one),
                        who.account(),
                        request.form().text("code"),
                        request.address());
        return right ? Reply.seeOther(path(one)) : show(request, who, one, 422, "not_proved");
    }
}
