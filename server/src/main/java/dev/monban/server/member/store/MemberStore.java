package dev.monban.server.member.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The people of an organisation with what their administrators may know of them. */
public final class MemberStore {

    private static final String OF_TENANT =
            """
            select a.account_id, a.identifier, a.name, lower(coalesce(a.email, '')) as email, m.roles,
                   a.disabled_at is not null as disabled,
                   a.password_hash is not null as has_password,
                   (select count(*) from factor.app f where f.account_id = a.account_id) as apps,
                   (select count(*) from factor.passkey p
                     where p.account_id = a.account_id and p.cloned_at is null) as passkeys,
                   (select t.at from watch.attempt t
                     where t.account_id = a.account_id and t.session_id is not null
                       and t.at > now() - interval '400 days'
                     order by t.at desc limit 1) as signed_in_at
              from account.account a
              join tenant.member m on m.account_id = a.account_id and m.tenant_id = a.tenant_id
             where a.tenant_id = ?
               and (position(? in a.identifier) > 0 or position(? in lower(a.name)) > 0)
             order by a.identifier limit ?
            """;

    private static final String ADMINISTRATORS =
            """
            select m.account_id
              from tenant.member m join account.account a on a.account_id = m.account_id
             where a.tenant_id = ? and m.tenant_id = ? and ? = any (m.roles)
               and a.disabled_at is null
             order by m.account_id limit 20
            """;

    private static final String ROLES =
            """
            select distinct unnest(m.roles) as role
              from account.account a
              join tenant.member m on m.account_id = a.account_id and m.tenant_id = a.tenant_id
             where a.tenant_id = ? order by role limit 40
            """;

    private MemberStore() {}

    /**
     * Somebody who belongs to an organisation.
     *
     * @param email in small letters; empty where no mail reaches them
     */
    public record Row(
            UUID id,
            String identifier,
            String name,
            String email,
            List<String> roles,
            boolean disabled,
            boolean hasPassword,
            long apps,
            long passkeys,
            @Nullable Instant signedInAt) {}

    /**
     * People of this organisation, by login name.
     *
     * @param part of the login name or the name, in small letters; empty for everybody
     */
    public static List<Row> ofTenant(Connection connection, UUID tenant, String part, int most)
            throws SQLException {
        return Sql.many(
                connection,
                OF_TENANT,
                row ->
                        new Row(
                                row.id("account_id"),
                                row.text("identifier"),
                                row.text("name"),
                                row.text("email"),
                                row.texts("roles"),
                                row.flag("disabled"),
                                row.flag("has_password"),
                                row.bigNumber("apps"),
                                row.bigNumber("passkeys"),
                                row.timeOrNull("signed_in_at")),
                tenant,
                part,
                part,
                most);
    }

    /** Who looks after this organisation; at most 20. */
    public static List<UUID> administrators(Connection connection, UUID tenant, String role)
            throws SQLException {
        return Sql.many(
                connection, ADMINISTRATORS, row -> row.id("account_id"), tenant, tenant, role);
    }

    /** The roles that people of this organisation have. */
    public static List<String> roles(Connection connection, UUID tenant) throws SQLException {
        return Sql.many(connection, ROLES, row -> row.text("role"), tenant);
    }
}
