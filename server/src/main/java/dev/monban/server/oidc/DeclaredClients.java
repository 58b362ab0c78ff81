package dev.monban.server.oidc;

import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.store.ClientSecretStore;
import dev.monban.server.oidc.store.ClientStore;
import dev.monban.server.oidc.store.GrantStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Makes clients agree with what was declared. */
public final class DeclaredClients {

    /** Secrets of a client that are no longer declared. */
    private static final int MAX_SECRETS_REMEMBERED = 8;

    private final EventLog events;
    private final Revocations revocations;
    private final InstantSource clock;

    public DeclaredClients(EventLog events, Revocations revocations, InstantSource clock) {
        this.events = events;
        this.revocations = revocations;
        this.clock = clock;
    }

    /**
     * Makes the client, or changes what differs.
     *
     * @return whether anything changed
     */
    public boolean declare(Connection connection, Client client) throws SQLException {
        Optional<Client> before = ClientStore.byId(connection, client.id());
        if (before.isPresent() && same(before.get(), client)) {
            return false;
        }
        Instant now = clock.instant();
        ClientStore.put(connection, client, now);
        List<Integer> generations = secrets(connection, client, now);
        events.record(
                connection,
                Event.of(EventKind.CLIENT_DECLARED)
                        .client(client.id())
                        .details(
                                generations.isEmpty()
                                        ? Map.of()
                                        : Map.of("secrets", generations.toString())));
        return true;
    }

    /**
     * Keeps the secrets that are declared, each with the number that it has had before, and ends
     * all others. Some that ended are remembered, so that a client that still sends one can be told
     * apart from one that sends anything.
     *
     * @return the numbers of those that are good
     */
    private static List<Integer> secrets(Connection connection, Client client, Instant now)
            throws SQLException {
        Map<String, Integer> known = ClientSecretStore.generations(connection, client.id());
        int newest = known.values().stream().max(Integer::compare).orElse(0);
        List<Integer> good = new ArrayList<>();
        for (Client.Secret secret : client.secrets()) {
            Integer generation = known.get(secret.tag());
            if (generation == null) {
                generation = ++newest;
                ClientSecretStore.insert(connection, client.id(), generation, secret.tag(), now);
            } else {
                ClientSecretStore.restore(connection, client.id(), generation, now);
            }
            good.add(generation);
        }
        ClientSecretStore.removeAllBut(connection, client.id(), good, now);
        ClientSecretStore.forget(connection, client.id(), MAX_SECRETS_REMEMBERED);
        return good.stream().sorted().toList();
    }

    /** The clients that there are and that are not among these, sorted. */
    public static List<String> undeclared(Connection connection, Set<String> declared)
            throws SQLException {
        return ClientStore.allIds(connection).stream()
                .filter(id -> !declared.contains(id))
                .toList();
    }

    /** Removes these clients, and revokes what they were granted. */
    public void remove(Connection connection, List<String> clients) throws SQLException {
        Instant now = clock.instant();
        for (String id : clients) {
            ClientStore.remove(connection, id, now);
            for (UUID grant : GrantStore.revokeOfClient(connection, id, now)) {
                revocations.revokeGrant(connection, grant);
            }
            events.record(connection, Event.of(EventKind.CLIENT_REMOVED).client(id));
        }
    }

    /** The numbers of secrets are not declared; what they are is. */
    private static boolean same(Client one, Client other) {
        return tags(one).equals(tags(other)) && withoutSecrets(one).equals(withoutSecrets(other));
    }

    private static Set<String> tags(Client client) {
        return client.secrets().stream().map(Client.Secret::tag).collect(Collectors.toSet());
    }

    private static Client withoutSecrets(Client client) {
        return new Client(
                client.id(),
                client.name(),
                client.redirectUris(),
                client.postLogoutRedirectUris(),
                List.of(),
                client.jwks(),
                client.jwksUri(),
                client.proof(),
                client.grants(),
                client.scopes(),
                client.thirdParty(),
                client.signingAlgorithm(),
                client.userInfoAlgorithm(),
                client.accessTokenFormat(),
                client.accessTokenLifetime(),
                client.audience(),
                client.backChannelLogoutUri(),
                client.dpopRequired(),
                client.parRequired(),
                client.pkceOptional(),
                client.tokenEndpointAudience(),
                client.origins());
    }
}
