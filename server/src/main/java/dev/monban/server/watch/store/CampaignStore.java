package dev.monban.server.watch.store;

import dev.monban.server.platform.AdvisoryLock;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code watch.campaign}. */
public final class CampaignStore {

    private static final String RUNNING =
            """
            select campaign_id from watch.campaign
            where kind = ? and account_id is not distinct from ? and last_at > ?
              and closed_at is null
            order by last_at desc limit 1
            """;

    private static final String PAST =
            """
            select campaign_id from watch.campaign
            where kind = ? and account_id is not distinct from ? and last_at >= ?
              and started_at <= ?
            order by last_at limit 1
            """;

    private static final String INSERT =
            """
            insert into watch.campaign (campaign_id, kind, account_id, tenant_id, explanation,
                                        started_at, found_at, last_at, attempts, stopped, evidence)
            values (?, ?, ?, ?, ?,
                    coalesce((select min(at) from watch.attempt where attempt_id = any (?)), ?),
                    ?, ?, ?, 0, ?)
            """;

    private static final String GROW =
            """
            update watch.campaign
            set attempts = attempts + ?, stopped = stopped + ?, last_at = greatest(last_at, ?),
                ended_at = case when closed_at is null then null else ended_at end
            where campaign_id = ?
            returning attempts
            """;

    private static final String BY_ID =
            """
            select c.campaign_id, c.kind, c.account_id, c.explanation, c.started_at, c.last_at,
                   c.ended_at, c.attempts, c.stopped, c.quiet, t.sources, t.identifiers, t.known
            from watch.campaign c
            cross join lateral (
                select count(distinct a.address) as sources,
                       count(distinct a.identifier) as identifiers,
                       count(distinct a.account_id)
                           filter (where a.outcome = 'accepted'
                                         and a.step in ('password', 'federated')) as known
                from ((select address, identifier, account_id, outcome, step
                       from watch.attempt w
                       where w.campaign_id = c.campaign_id and w.at >= c.started_at
                       order by w.at desc limit 20000)
                      union all
                      (select address, identifier, account_id, outcome, step
                       from watch.attempt w
                       where w.attempt_id = any (c.evidence) and w.at >= c.started_at
                         and w.at <= c.found_at and w.campaign_id is null)) a) t
            where c.campaign_id = ?
            """;

    /** Of those against one account each; at most so many are counted. */
    private static final String ALIKE =
            """
            select count(*) as count
            from (select 1 from watch.campaign
                  where kind = ? and account_id is not null and found_at > ? limit 100000) alike
            """;

    private static final String QUIET =
            "update watch.campaign set quiet = true where campaign_id = ?";

    private static final String END =
            """
            update watch.campaign set ended_at = ?
            where ended_at is null and last_at < ? and campaign_id = ?
            """;

    private static final String END_NOW =
            """
            update watch.campaign set ended_at = coalesce(ended_at, ?), closed_at = ?
            where closed_at is null and campaign_id = ?
            """;

    private static final String HARMLESS =
            "update watch.campaign set harmless_at = ? where harmless_at is null and campaign_id = ?";

    private static final String OPEN =
            "select campaign_id, last_at from watch.campaign where ended_at is null and last_at < ?";

    private CampaignStore() {}

    /**
     * A campaign as it is first written.
     *
     * @param evidence the attempts that were known when it was found
     */
    public record Found(
            UUID id,
            String kind,
            @Nullable UUID account,
            @Nullable UUID tenant,
            String explanation,
            Instant foundAt,
            List<UUID> evidence) {
        public Found {
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * Writes a campaign, unless one like it is running.
     *
     * @param runningSince whatever was seen since then is running
     * @return the id of the running one; empty where this is new
     */
    public static Optional<UUID> open(Connection connection, Found found, Instant runningSince)
            throws SQLException {
        // Two nodes that find the same at the same time do this one after the other.
        AdvisoryLock.CAMPAIGNS.take(connection);
        Optional<UUID> running =
                Sql.one(
                        connection,
                        RUNNING,
                        row -> row.id("campaign_id"),
                        found.kind(),
                        found.account(),
                        runningSince);
        if (running.isEmpty()) {
            Sql.update(
                    connection,
                    INSERT,
                    found.id(),
                    found.kind(),
                    found.account(),
                    found.tenant(),
                    found.explanation(),
                    found.evidence().toArray(UUID[]::new),
                    found.foundAt(),
                    found.foundAt(),
                    found.foundAt(),
                    found.evidence().size(),
                    found.evidence().toArray(UUID[]::new));
        }
        return running;
    }

    /** The one of this kind that ran at a time in the past; empty where none was written. */
    public static Optional<UUID> past(
            Connection connection,
            String kind,
            @Nullable UUID account,
            Instant lastSince,
            Instant at)
            throws SQLException {
        return Sql.one(
                connection, PAST, row -> row.id("campaign_id"), kind, account, lastSince, at);
    }

    /** More attempts belong to it; gives how many in all. */
    public static long grow(
            Connection connection, UUID id, long attempts, long stopped, Instant lastAt)
            throws SQLException {
        return Sql.one(
                        connection,
                        GROW,
                        row -> row.bigNumber("attempts"),
                        attempts,
                        stopped,
                        lastAt,
                        id)
                .orElse(0L);
    }

    /**
     * A campaign with what the log tells of it.
     *
     * @param known accounts whose right password came
     */
    public record Campaign(
            UUID id,
            String kind,
            @Nullable UUID account,
            String explanation,
            Instant startedAt,
            Instant lastAt,
            @Nullable Instant endedAt,
            long attempts,
            long stopped,
            boolean quiet,
            long sources,
            long identifiers,
            long known) {}

    public static Optional<Campaign> byId(Connection connection, UUID id) throws SQLException {
        return Sql.one(connection, BY_ID, CampaignStore::campaign, id);
    }

    private static Campaign campaign(Sql.Row row) throws SQLException {
        return new Campaign(
                row.id("campaign_id"),
                row.text("kind"),
                row.idOrNull("account_id"),
                row.text("explanation"),
                row.time("started_at"),
                row.time("last_at"),
                row.timeOrNull("ended_at"),
                row.bigNumber("attempts"),
                row.bigNumber("stopped"),
                row.flag("quiet"),
                row.bigNumber("sources"),
                row.bigNumber("identifiers"),
                row.bigNumber("known"));
    }

    /** How many of a kind were found since then that are against one account each. */
    public static long alike(Connection connection, String kind, Instant since)
            throws SQLException {
        return Sql.one(connection, ALIKE, row -> row.bigNumber("count"), kind, since).orElse(0L);
    }

    /** Operators are not told of it by itself. */
    public static boolean quieten(Connection connection, UUID id) throws SQLException {
        return Sql.update(connection, QUIET, id) == 1;
    }

    /** Those that may be over: nothing was seen of them since. */
    public static List<UUID> quiet(Connection connection, Instant since) throws SQLException {
        return Sql.many(connection, OPEN, row -> row.id("campaign_id"), since);
    }

    /** Holds it for over, whatever was seen of it; says whether it was not before. */
    public static boolean endNow(Connection connection, UUID id, Instant now) throws SQLException {
        return Sql.update(connection, END_NOW, now, now, id) == 1;
    }

    /** Notes that it was no attack. */
    public static boolean harmless(Connection connection, UUID id, Instant now)
            throws SQLException {
        return Sql.update(connection, HARMLESS, now, id) == 1;
    }

    /** Holds it for over; says whether this node was the one to do so. */
    public static boolean end(Connection connection, UUID id, Instant now, Instant quietSince)
            throws SQLException {
        return Sql.update(connection, END, now, quietSince, id) == 1;
    }
}
