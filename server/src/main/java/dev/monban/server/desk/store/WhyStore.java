package dev.monban.server.desk.store;

import dev.monban.core.trouble.Facts;
import dev.monban.core.watch.LoggedCodes;
import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Rejection;
import dev.monban.server.platform.Sql;
import dev.monban.server.platform.StoredCodes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what is known of somebody, from all features' tables; it changes nothing. */
public final class WhyStore {

    private static final String OWNER =
            """
            select a.account_id, a.tenant_id, a.name, t.name as tenant_name, a.disabled_at,
                   a.password_hash is not null as has_password, a.password_changed_at,
                   a.password_expired_at, a.email,
                   (select count(*) from factor.app f where f.account_id = a.account_id)
                     + (select count(*) from factor.passkey f where f.account_id = a.account_id)
                     as factors,
                   (select max(i.expires_at) from member.invitation i
                     where i.identifier = a.identifier and i.ended_at is null) as invited_until,
                   (select max(g.failed_at
                               + interval '30 seconds' * power(2, least(g.failed - ?, 7)))
                     from factor.guess g
                     where g.account_id = a.account_id and g.known and g.failed >= ?)
                     as codes_free_at,
                   (select b.bounced_at from notify.bounce b where b.address = lower(a.email))
                     as bounced_at,
                   (select max(d.expires_at) from factor.trusted_device d
                     where d.account_id = a.account_id and d.expires_at <= ?) as trust_ended_at,
                   (select max(r.starts_at) from tenant.requirement r
                     where r.tenant_id = a.tenant_id and r.starts_at <= ?
                       and (r.roles = '{}'
                            or exists (select 1 from tenant.member m
                                       where m.account_id = a.account_id
                                         and m.tenant_id = a.tenant_id and m.roles && r.roles))
                       and not exists (select 1 from factor.passkey p
                                       where p.account_id = a.account_id)
                       and (r.level = 'phr'
                            or not exists (select 1 from factor.app p
                                           where p.account_id = a.account_id)))
                     as level_wanted_from
            from account.account a join tenant.tenant t on t.tenant_id = a.tenant_id
            where a.identifier = ?
            """;

    private static final String INVITED =
            """
            select max(expires_at) as until from member.invitation
            where identifier = ? and ended_at is null
            """;

    private static final String RECOVERY =
            """
            select begun_at, confirmed_at from factor.recovery
            where account_id = ? and ended_at is null
            """;

    private static final String TRIES =
            """
            select a.at, a.step, a.outcome, a.reason, r.near, a.totp_offset, a.verdict, a.reasons,
                   a.session_id is not null as entered, a.address, a.device, a.user_agent,
                   a.client_id
            from (select * from watch.attempt where account_id = ? and at > ?
                  order by at desc limit ?) a
            left join watch.remark r on r.account_id = a.account_id
                 and r.remarked_at >= a.at and r.attempt_id = a.attempt_id
            order by a.at desc, a.position desc
            """;

    private static final String TRIES_OF_NAME =
            """
            select at, step, outcome, reason, null as near, totp_offset, verdict, reasons,
                   false as entered, address, device, user_agent, client_id
            from watch.attempt where identifier = ? and at > ?
            order by at desc, position desc limit ?
            """;

    private static final String ENTRIES =
            """
            select at, step, outcome, reason, null as near, totp_offset, verdict, reasons,
                   true as entered, address, device, user_agent, client_id
            from watch.attempt where account_id = ? and session_id is not null and at > ?
            order by at desc limit ?
            """;

    /** Where strangers try by the thousand, the owner's own tries lie among them. */
    private static final String OWN_TRIES =
            """
            select a.at, a.step, a.outcome, a.reason, r.near, a.totp_offset, a.verdict, a.reasons,
                   a.session_id is not null as entered, a.address, a.device, a.user_agent,
                   a.client_id
            from (select * from (select * from watch.attempt where account_id = ? and at > ?
                                 order by at desc limit ?) most
                  where most.device = any (?) or most.address = any (?)
                  order by most.at desc limit ?) a
            left join watch.remark r on r.account_id = a.account_id
                 and r.remarked_at >= a.at and r.attempt_id = a.attempt_id
            order by a.at desc, a.position desc
            """;

    private static final String OF_ACCOUNT =
            """
            select e.at, e.kind, e.client_id, coalesce(e.details->>'because', e.details->>'name', '')
                   as detail, b.name as by
            from audit.event e
            left join account.account b on b.account_id = (e.details->>'by')::uuid
            where e.account_id = ? and e.kind = any (?) and e.at > ?
            order by e.at desc limit ?
            """;

    /**
     * Anybody can send a client's name with a wrong secret. So it counts where a code was made for
     * this person, and the client has not redeemed it, or another one later.
     */
    private static final String REFUSED =
            """
            select e.at, 'client_refused' as kind, i.client_id, '' as detail, null as by
            from (select c.client_id, c.at from audit.event c
                  where c.account_id = ? and c.at > ? and c.kind = 'code_issued'
                    and not exists (select 1 from audit.event t
                                    where t.account_id = c.account_id and t.at > c.at
                                      and t.kind = 'tokens_issued' and t.client_id = c.client_id)
                  order by c.at desc limit ?) i
            join lateral (select r.at from audit.event r
                          where r.kind = 'client_refused' and r.client_id = i.client_id
                            and r.at > i.at and r.at < i.at + interval '10 minutes'
                          union all
                          select r.at from audit.event r
                          where r.kind = 'token_refused' and r.client_id = i.client_id
                            and r.at > i.at and r.at < i.at + interval '10 minutes'
                            and r.details->>'error' = 'invalid_client'
                          order by at limit 1) e on true
            order by e.at desc
            """;

    private static final String OF_OTHERS =
            """
            (select e.at, e.kind, e.client_id, '' as detail, null as by
             from audit.event e
             where e.kind = 'tenant_declared' and e.tenant_id = ? and e.at > ?
             order by e.at desc limit ?)
            union all
            (select e.at, e.kind, e.client_id, '' as detail, null as by
             from audit.event e
             where e.kind in ('client_removed', 'client_declared')
               and e.client_id = any (?) and e.at > ?
             order by e.at desc limit ?)
            """;

    private static final String BLOCKED =
            """
            select max(until) as until from watch.act
            where kind = 'block' and until > ?
              and exists (select 1 from unnest(addresses) b
                          where set_masklen(b::inet, case family(b::inet) when 4 then 32 else 64 end)
                                >>= ?::inet)
            """;

    private static final String OTHERS =
            """
            select distinct c.name
            from (select account_id, reason, at from watch.attempt
                  where tenant_id = ? and at between ? and ?
                  order by at desc limit ?) a
            join account.account c on c.account_id = a.account_id
            where a.reason = ? and a.account_id <> ?
              and not exists (select 1 from watch.attempt s
                              where s.account_id = a.account_id and s.at > a.at
                                and s.session_id is not null)
            order by c.name limit ?
            """;

    private static final String NAMES =
            """
            select identifier from account.account
            where identifier >= ? and identifier < ? order by identifier limit ?
            """;

    private static final String USUAL =
            """
            select c.identifier from account.account c
            where c.account_id = (select a.account_id from watch.attempt a
                                  where a.device = ? and a.at > ? and a.session_id is not null
                                  order by a.at desc limit 1)
            """;

    private WhyStore() {}

    /** An account, and what the tables say of it now. */
    public record Owner(
            UUID account, UUID tenant, String name, String tenantName, Facts.Owner facts) {}

    /** A way back that is open. */
    public record Recovery(Instant begunAt, @Nullable Instant confirmedAt) {}

    /**
     * The account with this login name.
     *
     * @param freeGuesses how many wrong codes in a row cost no waiting
     */
    public static Optional<Owner> owner(
            Connection connection, String identifier, int freeGuesses, Instant now)
            throws SQLException {
        return Sql.one(
                connection,
                OWNER,
                row ->
                        new Owner(
                                row.id("account_id"),
                                row.id("tenant_id"),
                                row.text("name"),
                                row.text("tenant_name"),
                                new Facts.Owner(
                                        row.timeOrNull("disabled_at"),
                                        row.flag("has_password"),
                                        row.timeOrNull("password_changed_at"),
                                        row.timeOrNull("password_expired_at"),
                                        row.timeOrNull("invited_until"),
                                        row.number("factors"),
                                        row.textOrNull("email") != null,
                                        row.timeOrNull("codes_free_at"),
                                        row.timeOrNull("bounced_at"),
                                        row.timeOrNull("level_wanted_from"),
                                        row.timeOrNull("trust_ended_at"),
                                        null)),
                freeGuesses,
                freeGuesses,
                now,
                now,
                identifier);
    }

    /** Until when somebody of this name is, or was, invited. */
    public static Optional<Instant> invited(Connection connection, String identifier)
            throws SQLException {
        return Sql.one(
                        connection,
                        INVITED,
                        row -> Optional.ofNullable(row.timeOrNull("until")),
                        identifier)
                .flatMap(until -> until);
    }

    public static Optional<Recovery> recovery(Connection connection, UUID account)
            throws SQLException {
        return Sql.one(
                connection,
                RECOVERY,
                row -> new Recovery(row.time("begun_at"), row.timeOrNull("confirmed_at")),
                account);
    }

    public static List<Facts.Try> tries(
            Connection connection, UUID account, Instant since, int most) throws SQLException {
        return known(Sql.many(connection, TRIES, WhyStore::read, account, since, most));
    }

    public static List<Facts.Try> triesOfName(
            Connection connection, String identifier, Instant since, int most) throws SQLException {
        return known(Sql.many(connection, TRIES_OF_NAME, WhyStore::read, identifier, since, most));
    }

    /** The last times they were let in. */
    public static List<Facts.Try> entries(
            Connection connection, UUID account, Instant since, int most) throws SQLException {
        return known(Sql.many(connection, ENTRIES, WhyStore::read, account, since, most));
    }

    /**
     * Tries from these devices and addresses.
     *
     * @param among of so many, the latest
     */
    public static List<Facts.Try> ownTries(
            Connection connection,
            UUID account,
            Instant since,
            int among,
            List<String> devices,
            List<String> addresses,
            int most)
            throws SQLException {
        return known(
                Sql.many(
                        connection,
                        OWN_TRIES,
                        WhyStore::read,
                        account,
                        since,
                        among,
                        devices,
                        addresses,
                        most));
    }

    /** What was done about the account, of these kinds. */
    public static List<Facts.Change> changes(
            Connection connection, UUID account, List<String> kinds, Instant since, int most)
            throws SQLException {
        return Sql.many(connection, OF_ACCOUNT, WhyStore::change, account, kinds, since, most);
    }

    /** Clients that did not prove who they are when they were to let this person in. */
    public static List<Facts.Change> refused(
            Connection connection, UUID account, Instant since, int most) throws SQLException {
        return Sql.many(connection, REFUSED, WhyStore::change, account, since, most);
    }

    /** What was done about its organisation, and about these clients. */
    public static List<Facts.Change> around(
            Connection connection, UUID tenant, List<String> clients, Instant since, int most)
            throws SQLException {
        return Sql.many(
                connection, OF_OTHERS, WhyStore::change, tenant, since, most, clients, since, most);
    }

    /** Until when an administrator has blocked this address; of IPv6, its network. */
    public static Optional<Instant> blocked(Connection connection, String address, Instant now)
            throws SQLException {
        return Sql.one(
                        connection,
                        BLOCKED,
                        row -> Optional.ofNullable(row.timeOrNull("until")),
                        now,
                        address)
                .flatMap(until -> until);
    }

    /** The organisation's other people who were turned away for this reason, and are not in. */
    public static List<String> others(
            Connection connection,
            UUID tenant,
            UUID but,
            Rejection why,
            Instant from,
            Instant until,
            int among,
            int most)
            throws SQLException {
        return Sql.many(
                connection,
                OTHERS,
                row -> row.text("name"),
                tenant,
                from,
                until,
                among,
                why.code(),
                but,
                most);
    }

    /** Login names from this one on, up to that one. */
    public static List<String> names(Connection connection, String from, String to, int most)
            throws SQLException {
        return Sql.many(connection, NAMES, row -> row.text("identifier"), from, to, most);
    }

    /** The login name with which a browser usually signs in. */
    public static Optional<String> usual(Connection connection, String device, Instant since)
            throws SQLException {
        return Sql.one(connection, USUAL, row -> row.text("identifier"), device, since);
    }

    private static Facts.Change change(Sql.Row row) throws SQLException {
        return new Facts.Change(
                row.time("at"),
                row.text("kind"),
                row.text("detail"),
                row.textOrNull("client_id"),
                row.textOrNull("by"));
    }

    private static List<Facts.Try> known(List<Optional<Facts.Try>> tries) {
        return tries.stream().flatMap(Optional::stream).toList();
    }

    /** Empty where this release knows too little of it to say anything. */
    private static Optional<Facts.Try> read(Sql.Row row) throws SQLException {
        Optional<LoggedCodes.Known> codes =
                new LoggedCodes(
                                row.text("step"),
                                row.text("outcome"),
                                row.textOrNull("reason"),
                                null,
                                row.text("verdict"),
                                row.texts("reasons"))
                        .known();
        if (codes.isEmpty()) {
            return Optional.empty();
        }
        LoggedCodes.Known known = codes.get();
        return Optional.of(
                new Facts.Try(
                        row.time("at"),
                        known.step(),
                        known.outcome(),
                        known.rejection(),
                        StoredCodes.find(NearMiss.class, row.textOrNull("near")).orElse(null),
                        row.textOrNull("totp_offset") == null ? null : row.number("totp_offset"),
                        known.action(),
                        Set.copyOf(known.reasons()),
                        row.flag("entered"),
                        row.text("address"),
                        row.textOrNull("device"),
                        row.textOrNull("user_agent"),
                        row.textOrNull("client_id")));
    }
}
