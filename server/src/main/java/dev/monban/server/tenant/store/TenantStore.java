package dev.monban.server.tenant.store;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.Requirement;
import dev.monban.server.platform.Sql;
import dev.monban.server.platform.StoredCodes;
import dev.monban.server.tenant.Tenant;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The tables {@code tenant.tenant} and {@code tenant.member}. */
public final class TenantStore {

    private static final String BY_SLUG =
            "select tenant_id, slug, name, operator from tenant.tenant where slug = ?";

    private static final String BY_ID =
            "select tenant_id, slug, name, operator from tenant.tenant where tenant_id = ?";

    private static final String INSERT =
            """
            insert into tenant.tenant (tenant_id, slug, name, operator, created_at, changed_at)
            values (?, ?, ?, ?, ?, ?)
            """;

    private static final String CHANGE =
            "update tenant.tenant set name = ?, operator = ?, changed_at = ? where tenant_id = ?";

    private static final String ROLES =
            "select roles from tenant.member where account_id = ? and tenant_id = ?";

    private static final String PUT_MEMBER =
            """
            insert into tenant.member (account_id, tenant_id, roles, changed_at)
            values (?, ?, ?, ?)
            on conflict (account_id, tenant_id)
            do update set roles = excluded.roles, changed_at = excluded.changed_at
            """;

    private static final String CHANGED_AT =
            "select changed_at from tenant.member where account_id = ? and tenant_id = ?";

    private static final String REQUIREMENTS =
            """
            select level, roles, starts_at, trusted_devices
              from tenant.requirement where tenant_id = ? order by level, roles
            """;

    private static final String DROP_REQUIREMENTS =
            "delete from tenant.requirement where tenant_id = ?";

    private static final String INSERT_REQUIREMENT =
            """
            insert into tenant.requirement (tenant_id, level, roles, starts_at, trusted_devices)
            values (?, ?, ?, ?, ?)
            """;

    private TenantStore() {}

    public static Optional<Tenant> bySlug(Connection connection, String slug) throws SQLException {
        return Sql.one(connection, BY_SLUG, TenantStore::read, slug);
    }

    public static Optional<Tenant> byId(Connection connection, UUID id) throws SQLException {
        return Sql.one(connection, BY_ID, TenantStore::read, id);
    }

    public static void insert(Connection connection, Tenant tenant, Instant now)
            throws SQLException {
        Sql.update(
                connection,
                INSERT,
                tenant.id(),
                tenant.slug(),
                tenant.name(),
                tenant.operator(),
                now,
                now);
    }

    public static void change(
            Connection connection, UUID id, String name, boolean operator, Instant now)
            throws SQLException {
        Sql.update(connection, CHANGE, name, operator, now, id);
    }

    /** The roles of this account in this organisation, sorted; empty where it is no member. */
    public static Optional<List<String>> roles(Connection connection, UUID account, UUID tenant)
            throws SQLException {
        return Sql.one(connection, ROLES, row -> row.texts("roles"), account, tenant);
    }

    public static void putMember(
            Connection connection, UUID account, UUID tenant, Collection<String> roles, Instant now)
            throws SQLException {
        Sql.update(connection, PUT_MEMBER, account, tenant, roles, now);
    }

    /** Since when this account has the roles that it has there; empty where it is no member. */
    public static Optional<Instant> changedAt(Connection connection, UUID account, UUID tenant)
            throws SQLException {
        return Sql.one(connection, CHANGED_AT, row -> row.time("changed_at"), account, tenant);
    }

    /** What the organisation wants of its people, in a fixed order. */
    public static List<Requirement> requirements(Connection connection, UUID tenant)
            throws SQLException {
        return Sql.many(connection, REQUIREMENTS, TenantStore::requirement, tenant);
    }

    public static void replaceRequirements(
            Connection connection, UUID tenant, List<Requirement> requirements)
            throws SQLException {
        Sql.update(connection, DROP_REQUIREMENTS, tenant);
        for (Requirement requirement : requirements) {
            Sql.update(
                    connection,
                    INSERT_REQUIREMENT,
                    tenant,
                    requirement.level().acr(),
                    requirement.roles().stream().sorted().toList(),
                    requirement.from(),
                    requirement.trustedDevices());
        }
    }

    private static Requirement requirement(Sql.Row row) throws SQLException {
        return new Requirement(
                // A level that a later release knows is more than a password in any case.
                StoredCodes.find("AssuranceLevel", row.text("level"), AssuranceLevel::ofAcr)
                        .orElse(AssuranceLevel.AAL2),
                Set.copyOf(row.texts("roles")),
                row.time("starts_at"),
                row.flag("trusted_devices"));
    }

    private static Tenant read(Sql.Row row) throws SQLException {
        return new Tenant(
                row.id("tenant_id"), row.text("slug"), row.text("name"), row.flag("operator"));
    }
}
