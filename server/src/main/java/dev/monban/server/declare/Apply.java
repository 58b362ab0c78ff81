package dev.monban.server.declare;

import dev.monban.server.account.DeclaredAccounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.declare.store.AppliedStateStore;
import dev.monban.server.oidc.Client;
import dev.monban.server.oidc.ClientAuthenticator;
import dev.monban.server.oidc.DeclaredClients;
import dev.monban.server.platform.AdvisoryLock;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Vault;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Makes the database agree with the declared state, in one transaction. What agrees already is left
 * alone. Clients that are not declared any more are named and removed; tenants and accounts stay,
 * as people come by other ways too. A state that is older than the one in force changes nothing.
 */
public final class Apply {

    private static final Logger LOG = Logger.getLogger(Apply.class.getName());

    private final Database database;
    private final Tenants tenants;
    private final DeclaredAccounts accounts;
    private final DeclaredClients clients;
    private final Vault vault;
    private final EventLog events;
    private final InstantSource clock;

    public Apply(
            Database database,
            Tenants tenants,
            DeclaredAccounts accounts,
            DeclaredClients clients,
            Vault vault,
            EventLog events,
            InstantSource clock) {
        this.database = database;
        this.tenants = tenants;
        this.accounts = accounts;
        this.clients = clients;
        this.vault = vault;
        this.events = events;
        this.clock = clock;
    }

    /**
     * How many of each were made, changed or removed.
     *
     * @param older why the state was not applied, in words; empty where it was
     */
    public record Changes(int tenants, int accounts, int clients, Optional<String> older) {

        public boolean none() {
            return tenants + accounts + clients == 0;
        }
    }

    /**
     * Applies it, unless it is older than the one in force.
     *
     * @throws BadInput where the one in force has the same version and another content
     */
    public Changes apply(State state) {
        byte[] fingerprint = Fingerprint.of(state, vault);
        return database.transaction(connection -> {
            AdvisoryLock.DECLARED_STATE.take(connection);
            int version = state.options().version();
            Precedence.Outcome outcome =
                    Precedence.of(
                            version,
                            fingerprint,
                            AppliedStateStore.inForce(connection),
                            AppliedStateStore.lastOf(connection, fingerprint).isPresent());
            return switch (outcome) {
                case Precedence.Outcome.Newer() -> {
                    boolean noted =
                            AppliedStateStore.insert(
                                    connection,
                                    new Precedence.Applied(
                                            version,
                                            fingerprint,
                                            clock.instant(),
                                            Node.name(),
                                            state.options().file()));
                    assert noted;
                    yield apply(connection, state);
                }
                case Precedence.Outcome.Same() -> apply(connection, state);
                case Precedence.Outcome.Older(Precedence.Applied inForce) -> older(state, inForce);
                case Precedence.Outcome.Contradicts(Precedence.Applied inForce) ->
                        throw new BadInput(
                                state.options().file()
                                        + ": version: another state with the same number is in"
                                        + " force, "
                                        + inForce.inWords()
                                        + "; raise the version of the one that is meant, or give"
                                        + " both nodes the same file and the same secrets");
            };
        });
    }

    private static Changes older(State state, Precedence.Applied inForce) {
        String why =
                state.options().file()
                        + " is not applied, as it is older than "
                        + inForce.inWords()
                        + "; the gate goes on with that one. Where this file is meant, raise its"
                        + " version above "
                        + inForce.version();
        LOG.warning(why);
        return new Changes(0, 0, 0, Optional.of(why));
    }

    private Changes apply(Connection connection, State state) throws SQLException {
        List<String> removed =
                DeclaredClients.undeclared(
                        connection,
                        state.clients().stream()
                                .map(State.Application::id)
                                .collect(Collectors.toSet()));
        if (!removed.isEmpty()) {
            LOG.warning(
                    "clients that are not declared any more are removed, and what they were"
                            + " granted is revoked: "
                            + String.join(", ", removed));
        }
        int changedTenants = 0;
        for (State.Tenant tenant : state.tenants()) {
            changedTenants +=
                    tenants.declare(
                                    connection,
                                    tenant.id(),
                                    tenant.name(),
                                    tenant.operator(),
                                    tenant.requirements())
                            ? 1
                            : 0;
        }
        Map<String, UUID> tenantIds = new HashMap<>();
        int changedAccounts = 0;
        for (State.Account account : state.accounts()) {
            UUID tenant = tenantIds.get(account.tenant());
            if (tenant == null) {
                tenant = tenants.bySlug(connection, account.tenant()).map(Tenant::id).orElseThrow();
                tenantIds.put(account.tenant(), tenant);
            }
            changedAccounts += apply(connection, account, tenant) ? 1 : 0;
        }
        int changedClients = 0;
        for (State.Application application : state.clients()) {
            changedClients += clients.declare(connection, client(application)) ? 1 : 0;
        }
        clients.remove(connection, removed);
        changedClients += removed.size();
        Changes changes =
                new Changes(changedTenants, changedAccounts, changedClients, Optional.empty());
        if (!changes.none()) {
            events.record(
                    connection,
                    Event.of(EventKind.STATE_APPLIED)
                            .details(
                                    Map.of(
                                            "tenants", changedTenants,
                                            "accounts", changedAccounts,
                                            "clients", changedClients,
                                            "removed", removed,
                                            "version", state.options().version())));
        }
        return changes;
    }

    private boolean apply(Connection connection, State.Account account, UUID tenant)
            throws SQLException {
        DeclaredAccounts.Outcome outcome =
                accounts.declare(
                        connection,
                        new DeclaredAccounts.Declared(
                                account.identifier(),
                                tenant,
                                account.name(),
                                account.givenName().orElse(null),
                                account.familyName().orElse(null),
                                account.email().orElse(null),
                                account.language(),
                                account.disabled()),
                        account.password());
        boolean member = tenants.declareMember(connection, outcome.id(), tenant, account.roles());
        return outcome.changed() || member;
    }

    private Client client(State.Application application) {
        Client.Proof proof =
                !application.secrets().isEmpty()
                        ? Client.Proof.CLIENT_SECRET
                        : application.jwks().isPresent() || application.jwksUri().isPresent()
                                ? Client.Proof.PRIVATE_KEY_JWT
                                : Client.Proof.NONE;
        return new Client(
                application.id(),
                application.name(),
                application.redirectUris(),
                application.postLogoutRedirectUris(),
                application.secrets().stream()
                        .map(secret ->
                                new Client.Secret(0, ClientAuthenticator.secretTag(vault, secret)))
                        .toList(),
                application.jwks().orElse(null),
                application.jwksUri().orElse(null),
                proof,
                application.grants(),
                application.scopes(),
                application.thirdParty(),
                application.signingAlgorithm(),
                application.userInfoSigningAlgorithm().orElse(null),
                application.accessTokenFormat(),
                Duration.ofSeconds(application.accessTokenSeconds()),
                application.audience().orElse(null),
                application.backChannelLogoutUri().orElse(null),
                application.dpopRequired(),
                application.parRequired(),
                application.pkceOptional(),
                application.tokenEndpointAudience(),
                application.origins());
    }
}
