package dev.monban.server.oidc;

import dev.monban.server.oidc.store.RevocationStore;
import dev.monban.server.platform.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Access tokens that are no longer good although they have not expired. They live for minutes, so
 * the list is short and each node holds it whole; what another node revokes is known within a
 * second.
 */
public final class Revocations {

    /** No access token lasts longer. */
    public static final Duration LONGEST_TOKEN = Duration.ofHours(1);

    private final Database database;
    private final InstantSource clock;
    private final Map<String, Instant> standing = new ConcurrentHashMap<>();

    public Revocations(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Revokes one token. */
    public void revokeToken(Connection connection, String id, Instant expiresAt)
            throws SQLException {
        RevocationStore.insert(connection, id, clock.instant(), expiresAt);
        standing.put(id, expiresAt);
    }

    /** Revokes all access tokens that came from this grant. */
    public void revokeGrant(Connection connection, UUID grant) throws SQLException {
        revokeToken(connection, key(grant), clock.instant().plus(LONGEST_TOKEN));
    }

    public boolean isRevoked(AccessToken token) {
        UUID grant = token.grant();
        return standing.containsKey(token.id())
                || (grant != null && standing.containsKey(key(grant)));
    }

    /** Reads what other nodes revoked, and forgets what has expired. Asked every second. */
    public void follow() {
        Instant now = clock.instant();
        database.query(connection -> RevocationStore.standing(connection, now))
                .forEach(revoked -> standing.put(revoked.id(), revoked.expiresAt()));
        standing.values().removeIf(expiresAt -> expiresAt.isBefore(now));
    }

    private static String key(UUID grant) {
        return "grant " + grant;
    }
}
