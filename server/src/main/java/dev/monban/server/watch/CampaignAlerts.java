package dev.monban.server.watch;

import dev.monban.core.watch.Finding;
import dev.monban.server.notify.Alert;
import dev.monban.server.notify.Alerts;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Texts;
import dev.monban.server.watch.store.CampaignStore;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;

/** Tells the operators of each campaign: when it is found, as it grows, and when it is over. */
public final class CampaignAlerts implements Campaigns.Listener {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss z", Locale.ROOT);

    /** So many of a kind at one account each are told one by one; more, together. */
    private static final long MOST_ALONE = 10;

    private static final Duration TOLD_TOGETHER = Duration.ofHours(1);

    private final Alerts alerts;
    private final Texts texts;
    private final ZoneId zone;
    private final InstantSource clock;

    /**
     * @param zone of the times in the texts
     */
    public CampaignAlerts(Alerts alerts, Language language, ZoneId zone, InstantSource clock) {
        this.alerts = alerts;
        this.texts = Texts.in(language);
        this.zone = zone;
        this.clock = clock;
    }

    /** An attacker at a thousand accounts, one by one, is not to be a thousand messages. */
    @Override
    public void opened(Connection connection, UUID campaign, Finding finding) throws SQLException {
        if (finding.account() == null) {
            tell(connection, campaign, "opened");
            return;
        }
        String kind = finding.kind().code();
        long alike = CampaignStore.alike(connection, kind, clock.instant().minus(TOLD_TOGETHER));
        if (alike <= MOST_ALONE) {
            tell(connection, campaign, "opened");
            return;
        }
        boolean quiet = CampaignStore.quieten(connection, campaign);
        assert quiet;
        if (alike == MOST_ALONE + 1 || Campaigns.tenfold(alike - 1, alike)) {
            tellTogether(connection, kind, alike);
        }
    }

    private void tellTogether(Connection connection, String kind, long alike) throws SQLException {
        alerts.put(
                connection,
                new Alert(
                        "campaigns.many",
                        kind,
                        UUID.nameUUIDFromBytes(kind.getBytes(StandardCharsets.UTF_8)),
                        clock.instant(),
                        texts.get(
                                "alert.campaign.many",
                                texts.ofCode("finding." + kind + ".title", kind),
                                String.valueOf(alike)),
                        texts.get("alert.campaign.many.text")));
    }

    @Override
    public void grew(Connection connection, UUID campaign) throws SQLException {
        tell(connection, campaign, "grew");
    }

    @Override
    public void ended(Connection connection, UUID campaign) throws SQLException {
        tell(connection, campaign, "ended");
    }

    private void tell(Connection connection, UUID id, String what) throws SQLException {
        CampaignStore.Campaign campaign = CampaignStore.byId(connection, id).orElseThrow();
        if (campaign.quiet()) {
            return;
        }
        String kind = texts.ofCode("finding." + campaign.kind() + ".title", campaign.kind());
        String text =
                String.join(
                        "\n",
                        texts.get(
                                "alert.campaign.since",
                                TIME.format(campaign.startedAt().atZone(zone)),
                                TIME.format(campaign.lastAt().atZone(zone))),
                        texts.get(
                                "alert.campaign.counts",
                                String.valueOf(campaign.attempts()),
                                String.valueOf(campaign.stopped()),
                                String.valueOf(campaign.sources()),
                                String.valueOf(campaign.identifiers())),
                        texts.get("alert.campaign.known", String.valueOf(campaign.known())),
                        campaign.explanation(),
                        texts.ofCode("finding." + campaign.kind() + ".todo", ""));
        alerts.put(
                connection,
                new Alert(
                        "campaign." + what,
                        campaign.kind(),
                        id,
                        clock.instant(),
                        texts.get("alert.campaign." + what, kind),
                        text));
    }
}
