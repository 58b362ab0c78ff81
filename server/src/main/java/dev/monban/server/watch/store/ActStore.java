package dev.monban.server.watch.store;

import dev.monban.server.platform.Sql;
import dev.monban.server.watch.Acts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code watch.act}. */
public final class ActStore {

    private static final String INSERT =
            """
            insert into watch.act (act_id, at, kind, campaign_id, account_id, until, addresses,
                                   accounts)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String AFTER =
            """
            select act_id, at, kind, campaign_id, account_id, until, addresses, accounts,
                   written_by::text as writer, position, written_at
            from watch.act
            where position > ?
            order by position
            limit ?
            """;

    private static final String OF_CAMPAIGN =
            """
            select w.at, w.kind, w.until, cardinality(w.addresses) as addresses,
                   cardinality(w.accounts) as accounts, a.identifier as who
            from watch.act w left join account.account a on a.account_id = w.account_id
            where w.campaign_id = ?
            order by w.at limit 100
            """;

    private static final String SOURCES =
            "select w.address "
                    + attempts()
                    + "group by w.address order by count(*) desc, w.address limit ?";

    private static final String ACCOUNTS =
            "select w.account_id "
                    + attempts()
                    + "where w.account_id is not null"
                    + " group by w.account_id order by w.account_id limit ?";

    private static final String KNOWN =
            "select w.account_id "
                    + attempts()
                    + "where w.account_id is not null and w.outcome = 'accepted' and w.step in ('password', 'federated')"
                    + " group by w.account_id order by w.account_id limit ?";

    private ActStore() {}

    /** Those that the campaign was found by were written before it had a number. */
    private static String attempts() {
        return """
        from (select address, account_id, outcome, step
              from watch.attempt where campaign_id = ? and at >= ?
              union all
              select a.address, a.account_id, a.outcome, a.step
              from watch.campaign c join watch.attempt a on a.attempt_id = any (c.evidence)
              where c.campaign_id = ? and a.at >= ? and a.campaign_id is null) w
        """;
    }

    /**
     * An act as it stands in the log.
     *
     * @param kind end, block, harmless, force_passwords or forgive
     * @param campaign {@code null} where it is about accounts alone
     * @param by who decided it
     */
    public record Row(
            UUID id,
            Instant at,
            String kind,
            @Nullable UUID campaign,
            UUID by,
            @Nullable Instant until,
            List<String> addresses,
            List<UUID> accounts) {
        public Row {
            addresses = List.copyOf(addresses);
            accounts = List.copyOf(accounts);
        }
    }

    /**
     * An act with its place in the order of the log, its times set back where the clock of the node
     * that wrote it was ahead of the database.
     *
     * @param writtenBy the transaction, which was the order of release 0.1.0
     */
    public record Logged(Row act, Instant writtenAt, String writtenBy, long position) {}

    public static boolean insert(Connection connection, Row row) throws SQLException {
        return Sql.update(
                        connection,
                        INSERT,
                        row.id(),
                        row.at(),
                        row.kind(),
                        row.campaign(),
                        row.by(),
                        row.until(),
                        row.addresses(),
                        row.accounts().toArray(UUID[]::new))
                == 1;
    }

    /** The next of the log, by position; some may be missing that are not committed yet. */
    public static List<Logged> after(Connection connection, long position, int most)
            throws SQLException {
        return Sql.many(connection, AFTER, ActStore::logged, position, most);
    }

    private static Logged logged(Sql.Row row) throws SQLException {
        Instant at = row.time("at");
        Instant written = row.timeOrNull("written_at");
        Instant writtenAt = written == null ? at : written;
        Duration ahead = at.isAfter(writtenAt) ? Duration.between(writtenAt, at) : Duration.ZERO;
        Instant until = row.timeOrNull("until");
        return new Logged(
                new Row(
                        row.id("act_id"),
                        at.minus(ahead),
                        row.text("kind"),
                        row.idOrNull("campaign_id"),
                        row.id("account_id"),
                        until == null ? null : until.minus(ahead),
                        row.texts("addresses"),
                        row.ids("accounts")),
                writtenAt,
                row.text("writer"),
                row.bigNumber("position"));
    }

    /** What was decided about a campaign, the oldest first. */
    public static List<Acts.Told> ofCampaign(Connection connection, UUID campaign)
            throws SQLException {
        return Sql.many(
                connection,
                OF_CAMPAIGN,
                row ->
                        new Acts.Told(
                                row.time("at"),
                                row.text("kind"),
                                row.timeOrNull("until"),
                                row.number("addresses"),
                                row.number("accounts"),
                                row.textOrNull("who")),
                campaign);
    }

    /** The addresses of a campaign that began then, the busiest first. */
    public static List<String> sources(
            Connection connection, UUID campaign, Instant startedAt, int most) throws SQLException {
        return Sql.many(
                connection,
                SOURCES,
                row -> row.text("address"),
                campaign,
                startedAt,
                campaign,
                startedAt,
                most);
    }

    /** The accounts that a campaign tried. */
    public static List<UUID> accounts(
            Connection connection, UUID campaign, Instant startedAt, int most) throws SQLException {
        return Sql.many(
                connection,
                ACCOUNTS,
                row -> row.id("account_id"),
                campaign,
                startedAt,
                campaign,
                startedAt,
                most);
    }

    /** Those of them whose right password came. */
    public static List<UUID> known(
            Connection connection, UUID campaign, Instant startedAt, int most) throws SQLException {
        return Sql.many(
                connection,
                KNOWN,
                row -> row.id("account_id"),
                campaign,
                startedAt,
                campaign,
                startedAt,
                most);
    }
}
