package dev.monban.server.console.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the console reads of attempts and campaigns. */
public final class ConsoleStore {

    private static final String SLOTS =
            """
            select floor(extract(epoch from (at - ?)) / ?)::int as x, verdict, count(*) as count
            from watch.attempt where at >= ?
            group by 1, 2 order by 1
            """;

    private static final String LATEST_CAMPAIGNS = campaigns("order by c.last_at desc limit ?");

    private static final String CAMPAIGN = campaigns("where c.campaign_id = ?");

    private static final String ALL = where("w.at < ?");
    private static final String BY_IDENTIFIER = where("w.identifier = ? and w.at < ?");
    private static final String BY_ADDRESS = where("w.address = ? and w.at < ?");
    private static final String BY_TENANT =
            where(
                    "w.tenant_id = (select tenant_id from tenant.tenant where slug = ?) and w.at < ?");
    private static final String BY_REASON = where("w.reasons[1] = ? and w.at < ?");
    private static final String BY_CAMPAIGN = where("w.campaign_id = ?::uuid and w.at < ?");

    private ConsoleStore() {}

    private static String campaigns(String rest) {
        return """
        select c.campaign_id, c.kind, c.explanation, c.started_at, c.last_at, c.ended_at,
               c.attempts, c.stopped, c.closed_at, c.harmless_at, a.identifier as account, t.name as tenant
        from watch.campaign c
        left join account.account a on a.account_id = c.account_id
        left join tenant.tenant t on t.tenant_id = c.tenant_id
        """
                + rest;
    }

    /** The latest attempts of which something holds. */
    private static String where(String holds) {
        return """
        select w.attempt_id, w.at, w.identifier, w.address, w.user_agent, w.step, w.outcome,
               w.reason, w.verdict, w.reasons, w.campaign_id, w.network, w.country,
               t.name as tenant
        from watch.attempt w left join tenant.tenant t on t.tenant_id = w.tenant_id
        where %s
        order by w.at desc, w.attempt_id desc limit ?
        """
                .formatted(holds);
    }

    /** A campaign as it stands in lists. */
    public record Campaign(
            UUID id,
            String kind,
            String explanation,
            Instant startedAt,
            Instant lastAt,
            @Nullable Instant endedAt,
            long attempts,
            long stopped,
            @Nullable Instant closedAt,
            @Nullable Instant harmlessAt,
            @Nullable String account,
            @Nullable String tenant) {}

    /** An attempt as it stands in lists. */
    public record Line(
            UUID id,
            Instant at,
            String identifier,
            String address,
            @Nullable String userAgent,
            String step,
            String outcome,
            @Nullable String reason,
            String verdict,
            List<String> reasons,
            @Nullable UUID campaign,
            long network,
            @Nullable String country,
            @Nullable String tenant) {}

    /** What attempts are searched by. */
    public enum By {
        ALL,
        IDENTIFIER,
        ADDRESS,
        TENANT,
        REASON,
        CAMPAIGN
    }

    /**
     * Counts all attempts by time.
     *
     * @param seconds length of a slot
     */
    public static List<EvidenceStore.Slot> slots(
            Connection connection, Instant since, double seconds) throws SQLException {
        return Sql.many(
                connection,
                SLOTS,
                row ->
                        new EvidenceStore.Slot(
                                row.number("x"), row.text("verdict"), row.bigNumber("count")),
                since,
                seconds,
                since);
    }

    /** Those that were seen last. */
    public static List<Campaign> campaigns(Connection connection, int most) throws SQLException {
        return Sql.many(connection, LATEST_CAMPAIGNS, ConsoleStore::campaign, most);
    }

    public static Optional<Campaign> campaign(Connection connection, UUID id) throws SQLException {
        return Sql.one(connection, CAMPAIGN, ConsoleStore::campaign, id);
    }

    /** Attempts before a time, the latest first. */
    public static List<Line> attempts(
            Connection connection, By by, String what, Instant before, int most)
            throws SQLException {
        return switch (by) {
            case ALL -> Sql.many(connection, ALL, ConsoleStore::line, before, most);
            case IDENTIFIER ->
                    Sql.many(connection, BY_IDENTIFIER, ConsoleStore::line, what, before, most);
            case ADDRESS ->
                    Sql.many(connection, BY_ADDRESS, ConsoleStore::line, what, before, most);
            case TENANT -> Sql.many(connection, BY_TENANT, ConsoleStore::line, what, before, most);
            case REASON -> Sql.many(connection, BY_REASON, ConsoleStore::line, what, before, most);
            case CAMPAIGN ->
                    Sql.many(connection, BY_CAMPAIGN, ConsoleStore::line, what, before, most);
        };
    }

    private static Campaign campaign(Sql.Row row) throws SQLException {
        return new Campaign(
                row.id("campaign_id"),
                row.text("kind"),
                row.text("explanation"),
                row.time("started_at"),
                row.time("last_at"),
                row.timeOrNull("ended_at"),
                row.bigNumber("attempts"),
                row.bigNumber("stopped"),
                row.timeOrNull("closed_at"),
                row.timeOrNull("harmless_at"),
                row.textOrNull("account"),
                row.textOrNull("tenant"));
    }

    private static Line line(Sql.Row row) throws SQLException {
        return new Line(
                row.id("attempt_id"),
                row.time("at"),
                row.text("identifier"),
                row.text("address"),
                row.textOrNull("user_agent"),
                row.text("step"),
                row.text("outcome"),
                row.textOrNull("reason"),
                row.text("verdict"),
                row.texts("reasons"),
                row.idOrNull("campaign_id"),
                row.bigNumber("network"),
                row.textOrNull("country"),
                row.textOrNull("tenant"));
    }
}
