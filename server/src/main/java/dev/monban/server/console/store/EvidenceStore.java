package dev.monban.server.console.store;

import dev.monban.server.console.store.ConsoleStore.Campaign;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the page of a campaign shows of its attempts: of the latest, where there are very many. */
public final class EvidenceStore {

    private static final String SLOTS =
            "select floor(extract(epoch from (w.at - ?)) / ?)::int as x, w.verdict,"
                    + " count(*) as count "
                    + latest()
                    + "group by 1, 2 order by 1";

    private static final String SOURCES =
            "select w.address as name, w.network, w.country, count(*) as count "
                    + latest()
                    + "group by w.address, w.network, w.country"
                    + " order by count(*) desc, w.address limit ?";

    private static final String NETWORKS =
            "select w.network, w.country, count(*) as count, count(distinct w.address) as addresses "
                    + latest()
                    + "where w.network is not null or w.country is not null"
                    + " group by w.network, w.country order by count(*) desc limit ?";

    private static final String IDENTIFIERS =
            "select w.identifier as name, null::bigint as network, null::text as country,"
                    + " count(*) as count "
                    + latest()
                    + "group by w.identifier order by count(*) desc, w.identifier limit ?";

    private static final String KNOWN =
            "select a.identifier as name, null::bigint as network, null::text as country,"
                    + " count(*) as count "
                    + latest()
                    + "join account.account a on a.account_id = w.account_id"
                    + " where w.outcome = 'accepted' and w.step in ('password', 'federated')"
                    + " group by a.identifier order by a.identifier limit ?";

    private static final String TOTALS =
            "select count(distinct w.address) as sources,"
                    + " count(distinct w.identifier) as identifiers,"
                    + " count(distinct w.account_id) as accounts "
                    + latest();

    private EvidenceStore() {}

    /** The attempts of a campaign; of very many, as many as half a second allows. */
    private static String latest() {
        return """
        from ((select address, identifier, account_id, network, country, outcome, verdict, step, at
               from watch.attempt where campaign_id = ? and at >= ?
               order by at desc limit 200000)
              union all
              (select a.address, a.identifier, a.account_id, a.network, a.country, a.outcome,
                      a.verdict, a.step, a.at
               from watch.campaign c join watch.attempt a on a.attempt_id = any (c.evidence)
               where c.campaign_id = ? and a.at >= ? and a.campaign_id is null)) w
        """;
    }

    /**
     * Something that attempts have in common.
     *
     * @param network number of the autonomous system; 0 where it is not known
     */
    public record Share(String name, long network, @Nullable String country, long count) {}

    /** A network that attempts came from. */
    public record Network(long number, @Nullable String country, long count, long addresses) {}

    /** How many attempts of a slot of time had a verdict. */
    public record Slot(int x, String verdict, long count) {}

    /** How many of each. */
    public record Totals(long sources, long identifiers, long accounts) {}

    /**
     * Counts by time.
     *
     * @param seconds length of a slot
     */
    public static List<Slot> slots(Connection connection, Campaign campaign, double seconds)
            throws SQLException {
        return Sql.many(
                connection,
                SLOTS,
                row -> new Slot(row.number("x"), row.text("verdict"), row.bigNumber("count")),
                campaign.startedAt(),
                seconds,
                campaign.id(),
                campaign.startedAt(),
                campaign.id(),
                campaign.startedAt());
    }

    public static List<Share> sources(Connection connection, Campaign campaign, int most)
            throws SQLException {
        return shares(connection, SOURCES, campaign, most);
    }

    public static List<Share> identifiers(Connection connection, Campaign campaign, int most)
            throws SQLException {
        return shares(connection, IDENTIFIERS, campaign, most);
    }

    /** The accounts whose right password came. */
    public static List<Share> known(Connection connection, Campaign campaign, int most)
            throws SQLException {
        return shares(connection, KNOWN, campaign, most);
    }

    public static List<Network> networks(Connection connection, Campaign campaign, int most)
            throws SQLException {
        return Sql.many(
                connection,
                NETWORKS,
                row ->
                        new Network(
                                row.bigNumber("network"),
                                row.textOrNull("country"),
                                row.bigNumber("count"),
                                row.bigNumber("addresses")),
                campaign.id(),
                campaign.startedAt(),
                campaign.id(),
                campaign.startedAt(),
                most);
    }

    public static Totals totals(Connection connection, Campaign campaign) throws SQLException {
        return Sql.one(
                        connection,
                        TOTALS,
                        row ->
                                new Totals(
                                        row.bigNumber("sources"),
                                        row.bigNumber("identifiers"),
                                        row.bigNumber("accounts")),
                        campaign.id(),
                        campaign.startedAt(),
                        campaign.id(),
                        campaign.startedAt())
                .orElseThrow();
    }

    private static List<Share> shares(
            Connection connection, String sql, Campaign campaign, int most) throws SQLException {
        return Sql.many(
                connection,
                sql,
                row ->
                        new Share(
                                row.text("name"),
                                row.bigNumber("network"),
                                row.textOrNull("country"),
                                row.bigNumber("count")),
                campaign.id(),
                campaign.startedAt(),
                campaign.id(),
                campaign.startedAt(),
                most);
    }
}
