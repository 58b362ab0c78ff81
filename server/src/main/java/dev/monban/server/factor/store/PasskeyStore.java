package dev.monban.server.factor.store;

import dev.monban.server.factor.Factors;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table {@code factor.passkey}. */
public final class PasskeyStore {

    private static final String INSERT =
            """
            insert into factor.passkey (passkey_id, credential_id, account_id, name, credential,
                                        counter, backup_eligible, backed_up, created_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (credential_id) do nothing
            """;

    private static final String BY_CREDENTIAL =
            """
            select passkey_id, credential_id, account_id, name, credential, counter,
                   backup_eligible, backed_up, created_at
            from factor.passkey where credential_id = ? and cloned_at is null
            """;

    private static final String OF_ACCOUNT =
            """
            select passkey_id, name, created_at, last_used_at, cloned_at from factor.passkey
            where account_id = ? order by created_at
            """;

    private static final String CREDENTIALS =
            "select credential_id from factor.passkey where account_id = ?";

    private static final String USE =
            """
            update factor.passkey set counter = ?, backed_up = ?, last_used_at = ?
            where passkey_id = ? and (counter < ? or counter = 0)
            """;

    private static final String CLONED =
            "update factor.passkey set cloned_at = ? where passkey_id = ? and cloned_at is null";

    private static final String DELETE =
            "delete from factor.passkey where account_id = ? and passkey_id = ? returning name";

    private PasskeyStore() {}

    /**
     * A passkey.
     *
     * @param credential attested credential data
     */
    public record Row(
            UUID id,
            byte[] credentialId,
            UUID account,
            String name,
            byte[] credential,
            long counter,
            boolean backupEligible,
            boolean backedUp,
            Instant createdAt) {}

    /** Adds it; false where somebody has it already. */
    public static boolean insert(Connection connection, Row row) throws SQLException {
        return Sql.update(
                        connection,
                        INSERT,
                        row.id(),
                        row.credentialId(),
                        row.account(),
                        row.name(),
                        row.credential(),
                        row.counter(),
                        row.backupEligible(),
                        row.backedUp(),
                        row.createdAt())
                == 1;
    }

    /** The one of that name, unless it is held for a clone. */
    public static Optional<Row> byCredential(Connection connection, byte[] credentialId)
            throws SQLException {
        return Sql.one(
                connection,
                BY_CREDENTIAL,
                row ->
                        new Row(
                                row.id("passkey_id"),
                                row.bytes("credential_id"),
                                row.id("account_id"),
                                row.text("name"),
                                row.bytes("credential"),
                                row.bigNumber("counter"),
                                row.flag("backup_eligible"),
                                row.flag("backed_up"),
                                row.time("created_at")),
                credentialId);
    }

    public static List<Factors.Line> ofAccount(Connection connection, UUID account)
            throws SQLException {
        return Sql.many(
                connection,
                OF_ACCOUNT,
                row ->
                        new Factors.Line(
                                row.id("passkey_id"),
                                row.text("name"),
                                row.time("created_at"),
                                row.timeOrNull("last_used_at"),
                                row.timeOrNull("cloned_at") != null),
                account);
    }

    /** What authenticators call those that an account has. */
    public static List<byte[]> credentials(Connection connection, UUID account)
            throws SQLException {
        return Sql.many(connection, CREDENTIALS, row -> row.bytes("credential_id"), account);
    }

    /** Notes a use; false where another one with this counter, or a later one, came before. */
    public static boolean use(
            Connection connection, UUID id, long counter, boolean backedUp, Instant now)
            throws SQLException {
        return Sql.update(connection, USE, counter, backedUp, now, id, counter) == 1;
    }

    /** Holds it for a clone from now on. */
    public static boolean cloned(Connection connection, UUID id, Instant now) throws SQLException {
        return Sql.update(connection, CLONED, now, id) == 1;
    }

    /** Takes it away; gives its name. */
    public static Optional<String> delete(Connection connection, UUID account, UUID id)
            throws SQLException {
        return Sql.one(connection, DELETE, row -> row.text("name"), account, id);
    }
}
