package dev.monban.server.console.page;

import dev.monban.server.console.Chart;
import dev.monban.server.console.store.ConsoleStore;
import dev.monban.server.console.store.ConsoleStore.By;
import dev.monban.server.console.store.EvidenceStore;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import dev.monban.server.watch.Acts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** The page of a campaign: what it is, what is known of it, and what can be done about it. */
public final class CampaignPage {

    private static final int SHARES_SHOWN = 10;
    private static final int KNOWN_SHOWN = 50;
    private static final int LINES_SHOWN = 20;

    private final Operators operators;
    private final Database database;
    private final Acts acts;
    private final Pages pages;
    private final Browsers browsers;
    private final InstantSource clock;

    public CampaignPage(
            Operators operators,
            Database database,
            Acts acts,
            Pages pages,
            Browsers browsers,
            InstantSource clock) {
        this.operators = operators;
        this.database = database;
        this.acts = acts;
        this.pages = pages;
        this.browsers = browsers;
        this.clock = clock;
    }

    public void hang(Routes routes) {
        routes.get("/console/campaign", operators.only((request, who) -> show(request)))
                .post(
                        "/console/campaign/act",
                        operators.only((request, who) -> act(request, who.account())));
    }

    private Reply show(Request request) {
        UUID id = id(request.query().text("id"));
        ConsoleStore.Campaign campaign =
                database.query(c -> ConsoleStore.campaign(c, id)).orElseThrow(Problem::notFound);
        return pages.show(
                request, 200, "console-campaign", database.query(c -> content(c, campaign)));
    }

    private Map<String, Object> content(Connection connection, ConsoleStore.Campaign campaign)
            throws SQLException {
        double seconds = Chart.seconds(campaign.startedAt(), campaign.lastAt());
        Map<String, Object> content = new HashMap<>();
        content.put("campaign", campaign);
        content.put(
                "chart",
                Chart.of(
                        EvidenceStore.slots(connection, campaign, seconds),
                        campaign.startedAt(),
                        seconds));
        content.put("totals", EvidenceStore.totals(connection, campaign));
        content.put("sources", EvidenceStore.sources(connection, campaign, SHARES_SHOWN));
        content.put("networks", EvidenceStore.networks(connection, campaign, SHARES_SHOWN));
        content.put("identifiers", EvidenceStore.identifiers(connection, campaign, SHARES_SHOWN));
        content.put("known", EvidenceStore.known(connection, campaign, KNOWN_SHOWN));
        content.put("acts", acts.told(connection, campaign.id()));
        content.put(
                "lines",
                ConsoleStore.attempts(
                        connection,
                        By.CAMPAIGN,
                        campaign.id().toString(),
                        clock.instant().plusSeconds(60),
                        LINES_SHOWN));
        return content;
    }

    private Reply act(Request request, UUID administrator) {
        browsers.check(request);
        UUID id = id(request.form().text("id"));
        Acts.Kind kind = kind(request.form().text("act"));
        boolean done =
                acts.carryOut(
                        kind,
                        id,
                        hours(request.form().text("hours")),
                        new Acts.By(administrator, request.address()));
        if (!done) {
            throw Problem.notFound();
        }
        return Reply.seeOther("/console/campaign?id=" + id);
    }

    private static Acts.Kind kind(String text) {
        for (Acts.Kind kind : Acts.Kind.values()) {
            if (kind.code().equals(text)) {
                return kind;
            }
        }
        throw Problem.badRequest("act: one of end, block, harmless, force_passwords");
    }

    private static Duration hours(String text) {
        if (text.isEmpty()) {
            return Duration.ofHours(1);
        }
        if (!text.matches("[1-9][0-9]{0,2}")) {
            throw Problem.badRequest("hours: a whole number from 1 to 168");
        }
        return Duration.ofHours(Integer.parseInt(text));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("id: not an id");
        }
    }
}
