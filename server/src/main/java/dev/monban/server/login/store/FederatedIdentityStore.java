package dev.monban.server.login.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The table {@code login.federated_identity}. */
public final class FederatedIdentityStore {

    private static final String FIND =
            """
            select account_id from login.federated_identity
            where tenant_id = ? and issuer = ? and subject = ?
            """;

    private static final String INSERT =
            """
            insert into login.federated_identity (tenant_id, issuer, subject, account_id, linked_at)
            values (?, ?, ?, ?, ?)
            on conflict do nothing
            """;

    private FederatedIdentityStore() {}

    /** Somebody at an organisation's identity provider (OpenID Connect Core, section 5.7). */
    public record FederatedIdentity(UUID tenant, String issuer, String subject) {}

    /** Whose it is. */
    public static Optional<UUID> account(Connection connection, FederatedIdentity identity)
            throws SQLException {
        return Sql.one(
                connection,
                FIND,
                row -> row.id("account_id"),
                identity.tenant(),
                identity.issuer(),
                identity.subject());
    }

    /** Links them, where neither is linked yet; says whether it did. */
    public static boolean link(
            Connection connection, FederatedIdentity identity, UUID account, Instant now)
            throws SQLException {
        return Sql.update(
                        connection,
                        INSERT,
                        identity.tenant(),
                        identity.issuer(),
                        identity.subject(),
                        account,
                        now)
                == 1;
    }
}
