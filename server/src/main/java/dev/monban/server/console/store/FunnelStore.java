package dev.monban.server.console.store;

import dev.monban.server.console.Funnel;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** How far people came who wanted to sign in, from {@code watch.attempt}. */
public final class FunnelStore {

    /**
     * What one person, or one browser, tries with less than half an hour between is one way in.
     * What the watch stopped, and what belongs to an attack, is nobody's way in.
     */
    private static final String WAYS =
            """
            with tried as (
                select coalesce(account_id::text, device, address) as who, at, step, outcome,
                       reason, session_id, client_id, tenant_id
                from watch.attempt
                where at >= ? and step <> 'session' and campaign_id is null
                  and verdict in ('allow', 'step_up')
                order by at desc limit ?),
            begun as (
                select *, case when at - lag(at) over (partition by who order by at)
                                    < interval '30 minutes' then 0 else 1 end as begins
                from tried),
            numbered as (
                select *, sum(begins) over (partition by who order by at) as way from begun),
            ways as (
                select who, way, min(at) as begun_at,
                       bool_or(outcome = 'accepted' and step <> 'reset_request') as proved,
                       bool_or(session_id is not null) as entered,
                       bool_or(step in ('totp', 'recovery_code')
                               or (outcome = 'accepted' and session_id is null
                                   and step <> 'reset_request')) as asked,
                       (array_agg(client_id order by at desc))[1] as client,
                       (array_agg(tenant_id order by at desc))[1] as tenant,
                       (array_agg(step order by at desc))[1] as last_step,
                       (array_agg(coalesce(reason, 'left') order by at desc))[1] as last_reason
                from numbered group by who, way)
            select date_trunc('hour', w.begun_at) as hour, w.proved, w.asked, w.entered,
                   coalesce(w.client, '') as client, coalesce(t.name, '') as tenant,
                   w.last_step, w.last_reason, count(*) as count
            from ways w left join tenant.tenant t on t.tenant_id = w.tenant
            group by 1, 2, 3, 4, 5, 6, 7, 8
            """;

    private static final String SIGN_INS =
            """
            select count(*) as count from watch.attempt
            where at >= ? and at < ? and session_id is not null
            """;

    private static final String FIRST =
            "select min(at) as first from watch.attempt where at >= ? and at < ?";

    private FunnelStore() {}

    /**
     * Ways in since then, those alike together.
     *
     * @param most of how many attempts, the latest
     */
    public static List<Funnel.Ways> ways(Connection connection, Instant since, int most)
            throws SQLException {
        return Sql.many(
                connection,
                WAYS,
                row ->
                        new Funnel.Ways(
                                row.time("hour"),
                                row.flag("proved"),
                                row.flag("asked"),
                                row.flag("entered"),
                                row.text("client"),
                                row.text("tenant"),
                                row.text("last_step"),
                                row.text("last_reason"),
                                row.bigNumber("count")),
                since,
                most);
    }

    /** How many signed in between these times. */
    public static long signIns(Connection connection, Instant from, Instant until)
            throws SQLException {
        return Sql.one(connection, SIGN_INS, row -> row.bigNumber("count"), from, until).orElse(0L);
    }

    /** Whether anything is on record between these times. */
    public static boolean isOnRecord(Connection connection, Instant from, Instant until)
            throws SQLException {
        return Sql.one(connection, FIRST, row -> row.timeOrNull("first") != null, from, until)
                .orElse(false);
    }
}
