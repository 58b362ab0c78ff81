package dev.monban.server.oidc;

import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.store.ClientStore;
import dev.monban.server.oidc.store.GrantStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Makes clients agree with what was declared. */
public final class DeclaredClients {

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
        ClientStore.put(connection, client, clock.instant());
        events.record(connection, Event.of(EventKind.CLIENT_DECLARED).client(client.id()));
        return true;
    }

    /**
     * Removes the clients that are not declared any more, and revokes what they were granted.
     *
     * @return how many
     */
    public int removeAllBut(Connection connection, Set<String> declared) throws SQLException {
        Instant now = clock.instant();
        int removed = 0;
        for (String id : ClientStore.allIds(connection)) {
            if (!declared.contains(id)) {
                ClientStore.remove(connection, id, now);
                for (UUID grant : GrantStore.revokeOfClient(connection, id, now)) {
                    revocations.revokeGrant(connection, grant);
                }
                events.record(connection, Event.of(EventKind.CLIENT_REMOVED).client(id));
                removed++;
            }
        }
        return removed;
    }

    /** A record's own equality would compare the secret's bytes by identity. */
    private static boolean same(Client one, Client other) {
        return Arrays.equals(one.secretTag(), other.secretTag())
                && withoutSecret(one).equals(withoutSecret(other));
    }

    private static Client withoutSecret(Client client) {
        return new Client(
                client.id(),
                client.name(),
                client.redirectUris(),
                client.postLogoutRedirectUris(),
                null,
                client.jwks(),
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
                client.origins());
    }
}
