package dev.monban.server.console.page;

import dev.monban.server.console.Funnel;
import dev.monban.server.console.store.FunnelStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Where people give up on their way in. */
public final class FunnelPage {

    /** What may be looked at, in hours. */
    public static final List<String> SPANS = List.of("1", "24", "168");

    /** The latest attempts, where there are more in that time. */
    private static final int MOST_ATTEMPTS = 300_000;

    private final Operators operators;
    private final Database database;
    private final Pages pages;
    private final InstantSource clock;

    public FunnelPage(Operators operators, Database database, Pages pages, InstantSource clock) {
        this.operators = operators;
        this.database = database;
        this.pages = pages;
        this.clock = clock;
    }

    public void hang(Routes routes) {
        routes.get("/console/funnel", operators.only((request, who) -> show(request)));
    }

    private Reply show(Request request) {
        String asked = request.query().text("hours");
        String hours = SPANS.contains(asked) ? asked : "24";
        Funnel funnel =
                Funnel.of(
                        database.query(c ->
                                FunnelStore.ways(
                                        c,
                                        clock.instant()
                                                .minus(Duration.ofHours(Long.parseLong(hours))),
                                        MOST_ATTEMPTS)));
        return pages.show(request, 200, "console-funnel", Map.of("funnel", funnel, "hours", hours));
    }
}
