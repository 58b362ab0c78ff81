package dev.monban.server.console.page;

import dev.monban.core.watch.Reason;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.Identifiers;
import dev.monban.server.console.Chart;
import dev.monban.server.console.store.ConsoleStore;
import dev.monban.server.console.store.ConsoleStore.By;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenants;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The console: for people with the role {@code admin}; for everybody else it is not there. */
public final class ConsolePages {

    private static final String ROLE = "admin";
    private static final int CAMPAIGNS_SHOWN = 20;
    private static final int SHARES_SHOWN = 10;
    private static final int LINES_SHOWN = 50;

    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final Sessions sessions;
    private final Pages pages;
    private final InstantSource clock;

    public ConsolePages(
            Database database,
            Accounts accounts,
            Tenants tenants,
            Sessions sessions,
            Pages pages,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.sessions = sessions;
        this.pages = pages;
        this.clock = clock;
    }

    public void hang(Routes routes) {
        routes.get("/console", admins(request -> now(request, "console")))
                .get("/console/now", admins(request -> now(request, "console-now")))
                .get("/console/campaign", admins(this::campaign))
                .get("/console/attempts", admins(this::attempts));
    }

    private Handler admins(Handler handler) {
        return pages.guarded(request -> {
            Optional<Session> session = sessions.current(request);
            if (session.isEmpty()) {
                return Reply.seeOther("/login");
            }
            Account account =
                    accounts.recent(session.get().account()).orElseThrow(Problem::notFound);
            boolean admin =
                    account.disabledAt() == null
                            && database.query(c -> tenants.roles(c, account.id(), account.tenant()))
                                    .contains(ROLE);
            if (!admin) {
                throw Problem.notFound();
            }
            return handler.handle(request);
        });
    }

    private Reply now(Request request, String template) {
        Instant now = clock.instant();
        Chart chart =
                database.query(c ->
                        Chart.of(
                                ConsoleStore.minutes(
                                        c, now.minus(Duration.ofMinutes(Chart.MINUTES))),
                                now));
        List<ConsoleStore.Campaign> campaigns =
                database.query(c -> ConsoleStore.campaigns(c, CAMPAIGNS_SHOWN));
        long running = campaigns.stream().filter(c -> c.endedAt() == null).count();
        return pages.show(
                request,
                200,
                template,
                Map.of("chart", chart, "campaigns", campaigns, "running", running));
    }

    private Reply campaign(Request request) {
        UUID id = id(request.query().text("id"));
        ConsoleStore.Campaign campaign =
                database.query(c -> ConsoleStore.campaign(c, id)).orElseThrow(Problem::notFound);
        return pages.show(
                request,
                200,
                "console-campaign",
                Map.of(
                        "campaign",
                        campaign,
                        "sources",
                        database.query(c -> ConsoleStore.sources(c, campaign, SHARES_SHOWN)),
                        "identifiers",
                        database.query(c -> ConsoleStore.identifiers(c, campaign, SHARES_SHOWN)),
                        "lines",
                        database.query(c ->
                                ConsoleStore.attempts(
                                        c, By.CAMPAIGN, id.toString(), later(), LINES_SHOWN))));
    }

    private Reply attempts(Request request) {
        Parameters query = request.query();
        By by = by(query.text("by"));
        String typed = query.text("what").strip();
        String what = by == By.IDENTIFIER ? Identifiers.normalise(typed) : typed;
        Instant before = query.text("before").isEmpty() ? later() : time(query.text("before"));
        List<ConsoleStore.Line> lines =
                database.query(c ->
                        ConsoleStore.attempts(
                                c, what.isEmpty() ? By.ALL : by, what, before, LINES_SHOWN));
        return pages.show(
                request,
                200,
                "console-attempts",
                Map.of(
                        "by",
                        by.name(),
                        "what",
                        typed,
                        "reasons",
                        Arrays.stream(Reason.values()).map(Reason::code).toList(),
                        "lines",
                        lines,
                        "more",
                        lines.size() == LINES_SHOWN));
    }

    /** Attempts are written a moment after they are made. */
    private Instant later() {
        return clock.instant().plusSeconds(60);
    }

    private static By by(String text) {
        for (By by : By.values()) {
            if (by.name().equals(text)) {
                return by;
            }
        }
        return By.IDENTIFIER;
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw Problem.badRequest("before: write a time such as 2026-11-23T00:00:00Z");
        }
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("id: not an id");
        }
    }
}
