package dev.monban.server.declare;

import dev.monban.server.account.DeclaredAccounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.Client;
import dev.monban.server.oidc.ClientAuthenticator;
import dev.monban.server.oidc.DeclaredClients;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Vault;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Makes the database agree with the declared state, in one transaction. What agrees already is left
 * alone. Clients that are not declared any more are removed; tenants and accounts stay, as people
 * come by other ways too.
 */
public final class Apply {

    private final Database database;
    private final Tenants tenants;
    private final DeclaredAccounts accounts;
    private final DeclaredClients clients;
    private final Vault vault;
    private final EventLog events;

    public Apply(
            Database database,
            Tenants tenants,
            DeclaredAccounts accounts,
            DeclaredClients clients,
            Vault vault,
            EventLog events) {
        this.database = database;
        this.tenants = tenants;
        this.accounts = accounts;
        this.clients = clients;
        this.vault = vault;
        this.events = events;
    }

    /** How many of each were made, changed or removed. */
    public record Changes(int tenants, int accounts, int clients) {

        public boolean none() {
            return tenants + accounts + clients == 0;
        }
    }

    /** Applies it. */
    public Changes apply(State state) {
        return database.transaction(connection -> apply(connection, state));
    }

    private Changes apply(Connection connection, State state) throws SQLException {
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
        changedClients +=
                clients.removeAllBut(
                        connection,
                        state.clients().stream()
                                .map(State.Application::id)
                                .collect(Collectors.toSet()));
        Changes changes = new Changes(changedTenants, changedAccounts, changedClients);
        if (!changes.none()) {
            events.record(
                    connection,
                    Event.of(EventKind.STATE_APPLIED)
                            .details(
                                    Map.of(
                                            "tenants", changedTenants,
                                            "accounts", changedAccounts,
                                            "clients", changedClients)));
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
