package dev.monban.server.console.page;

import dev.monban.core.watch.Reason;
import dev.monban.server.account.Identifiers;
import dev.monban.server.console.Chart;
import dev.monban.server.console.store.ConsoleStore;
import dev.monban.server.console.store.ConsoleStore.By;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.watch.LiveWatch;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The first pages of the console: what goes on now, and the search of attempts. */
public final class ConsolePages {

    private static final int CAMPAIGNS_SHOWN = 20;
    private static final int LINES_SHOWN = 50;

    private final Operators operators;
    private final Database database;
    private final LiveWatch watch;
    private final Pages pages;
    private final InstantSource clock;

    public ConsolePages(
            Operators operators,
            Database database,
            LiveWatch watch,
            Pages pages,
            InstantSource clock) {
        this.operators = operators;
        this.database = database;
        this.watch = watch;
        this.pages = pages;
        this.clock = clock;
    }

    public void hang(Routes routes) {
        routes.get("/console", operators.only((request, who) -> now(request, "console")))
                .get("/console/now", operators.only((request, who) -> now(request, "console-now")))
                .get("/console/attempts", operators.only((request, who) -> attempts(request)));
    }

    private Reply now(Request request, String template) {
        Instant first = Chart.hour(clock.instant());
        double minute = Duration.ofMinutes(1).toSeconds();
        Chart chart =
                database.query(c -> Chart.of(ConsoleStore.slots(c, first, minute), first, minute));
        List<ConsoleStore.Campaign> campaigns =
                database.query(c -> ConsoleStore.campaigns(c, CAMPAIGNS_SHOWN));
        long running = campaigns.stream().filter(c -> c.endedAt() == null).count();
        return pages.show(
                request,
                200,
                template,
                Map.of(
                        "chart",
                        chart,
                        "campaigns",
                        campaigns,
                        "running",
                        running,
                        "belief",
                        watch.belief()));
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
}
