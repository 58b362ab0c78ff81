package dev.monban.server.tenant;

import dev.monban.core.factor.Requirement;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.platform.Ids;
import dev.monban.server.tenant.store.TenantStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Makes organisations and members agree with what was declared. */
public final class Tenants {

    /** The role of those who look after an organisation. */
    public static final String ADMINISTRATOR = "admin";

    /** The role of those who help people at the desk. */
    public static final String SUPPORT = "support";

    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;

    public Tenants(Ids ids, InstantSource clock, EventLog events) {
        this.ids = ids;
        this.clock = clock;
        this.events = events;
    }

    /**
     * Makes the organisation, or gives it this name, and has it want this of its people.
     *
     * @param operator whether it runs this gate
     * @return whether anything changed
     */
    public boolean declare(
            Connection connection,
            String slug,
            String name,
            boolean operator,
            Set<Requirement> requirements)
            throws SQLException {
        Optional<Tenant> before = TenantStore.bySlug(connection, slug);
        if (before.isPresent()
                && before.get().name().equals(name)
                && before.get().operator() == operator
                && Set.copyOf(TenantStore.requirements(connection, before.get().id()))
                        .equals(requirements)) {
            return false;
        }
        UUID id = before.map(Tenant::id).orElseGet(ids::next);
        if (before.isPresent()) {
            TenantStore.change(connection, id, name, operator, clock.instant());
        } else {
            TenantStore.insert(connection, new Tenant(id, slug, name, operator), clock.instant());
        }
        TenantStore.replaceRequirements(connection, id, List.copyOf(requirements));
        events.record(
                connection,
                Event.of(EventKind.TENANT_DECLARED)
                        .tenant(id)
                        .details(
                                Map.of(
                                        "name",
                                        name,
                                        "operator",
                                        operator,
                                        "require",
                                        requirements.stream()
                                                .map(Tenants::inWords)
                                                .sorted()
                                                .toList())));
        return true;
    }

    private static String inWords(Requirement requirement) {
        return requirement.level().acr()
                + " of "
                + (requirement.roles().isEmpty()
                        ? "everybody"
                        : String.join(", ", new TreeSet<>(requirement.roles())))
                + " from "
                + requirement.from()
                + (requirement.trustedDevices() ? "" : ", on no trusted device");
    }

    /** Whether this account looks after its organisation. */
    public boolean isAdministrator(Connection connection, UUID account, UUID tenant)
            throws SQLException {
        return roles(connection, account, tenant).contains(ADMINISTRATOR);
    }

    /**
     * Whether this account looks after the gate: an administrator of an organisation that runs it.
     */
    public boolean isOperator(Connection connection, UUID account, UUID tenant)
            throws SQLException {
        return byId(connection, tenant).map(Tenant::operator).orElse(false)
                && isAdministrator(connection, account, tenant);
    }

    /**
     * Whether this account looks after that organisation: as one of its administrators, or as an
     * operator of the gate.
     *
     * @param since a time before which its roles were given
     */
    public boolean looksAfter(
            Connection connection, UUID account, UUID own, UUID tenant, Instant since)
            throws SQLException {
        boolean inOffice =
                own.equals(tenant)
                        ? isAdministrator(connection, account, tenant)
                        : isOperator(connection, account, own);
        return inOffice
                && TenantStore.changedAt(connection, account, own)
                        .filter(at -> !at.isAfter(since))
                        .isPresent();
    }

    /** What the organisation wants of its people. */
    public List<Requirement> requirements(Connection connection, UUID tenant) throws SQLException {
        return TenantStore.requirements(connection, tenant);
    }

    public Optional<Tenant> byId(Connection connection, UUID id) throws SQLException {
        return TenantStore.byId(connection, id);
    }

    public Optional<Tenant> bySlug(Connection connection, String slug) throws SQLException {
        return TenantStore.bySlug(connection, slug);
    }

    /**
     * Gives the account these roles in the organisation.
     *
     * @param roles sorted
     * @return whether anything changed
     */
    public boolean declareMember(
            Connection connection, UUID account, UUID tenant, List<String> roles)
            throws SQLException {
        Optional<List<String>> before = TenantStore.roles(connection, account, tenant);
        if (before.isPresent() && before.get().equals(roles)) {
            return false;
        }
        TenantStore.putMember(connection, account, tenant, roles, clock.instant());
        return true;
    }

    /** The roles that an account has in an organisation; empty where it is no member. */
    public List<String> roles(Connection connection, UUID account, UUID tenant)
            throws SQLException {
        return TenantStore.roles(connection, account, tenant).orElse(List.of());
    }
}
