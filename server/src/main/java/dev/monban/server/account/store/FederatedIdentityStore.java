package dev.monban.server.account.store;

import dev.monban.server.account.FederatedIdentities.Identity;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table {@code account.federated_identity}. */
public final class FederatedIdentityStore {

    private static final String FIND =
            """
            select account_id from account.federated_identity
            where tenant_id = ? and issuer = ? and subject = ?
            """;

    private static final String ISSUERS =
            "select issuer from account.federated_identity where account_id = ? order by issuer";

    private static final String INSERT =
            """
            insert into account.federated_identity (tenant_id, issuer, subject, account_id, linked_at)
            values (?, ?, ?, ?, ?)
            on conflict do nothing
            """;

    private static final String DELETE =
            "delete from account.federated_identity where account_id = ?";

    private FederatedIdentityStore() {}

    /** Whose it is. */
    public static Optional<UUID> account(Connection connection, Identity identity)
            throws SQLException {
        return Sql.one(
                connection,
                FIND,
                row -> row.id("account_id"),
                identity.tenant(),
                identity.issuer(),
                identity.subject());
    }

    /** Where an account is linked. */
    public static List<String> issuers(Connection connection, UUID account) throws SQLException {
        return Sql.many(connection, ISSUERS, row -> row.text("issuer"), account);
    }

    /** Links them, where neither is linked yet; says whether it did. */
    public static boolean insert(
            Connection connection, Identity identity, UUID account, Instant now)
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

    /** Ends all links of an account; says how many there were. */
    public static int delete(Connection connection, UUID account) throws SQLException {
        return Sql.update(connection, DELETE, account);
    }
}
