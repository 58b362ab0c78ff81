package dev.monban.server.account.store;

import dev.monban.server.account.Account;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code account.account}. */
public final class AccountStore {

    private static final String BY_ID =
            """
            select account_id, tenant_id, identifier, name, given_name, family_name, email,
                   email_verified, language, time_zone, password_hash, password_expired_at, disabled_at, changed_at
              from account.account where account_id = ?
            """;

    private static final String BY_IDENTIFIER =
            """
            select account_id, tenant_id, identifier, name, given_name, family_name, email,
                   email_verified, language, time_zone, password_hash, password_expired_at, disabled_at, changed_at
              from account.account where identifier = ?
            """;

    private static final String COUNT = "select count(*) as count from account.account";

    private static final String INSERT =
            """
            insert into account.account (account_id, tenant_id, identifier, name, given_name,
                                         family_name, email, email_verified, language, time_zone,
                                         password_hash, password_changed_at, disabled_at,
                                         created_at, changed_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String UPDATE =
            """
            update account.account
               set tenant_id = ?, name = ?, given_name = ?, family_name = ?, email = ?,
                   email_verified = ?, language = ?, time_zone = ?,
                   disabled_at = ?, changed_at = ?
             where account_id = ?
            """;

    private static final String RENEW_HASH =
            "update account.account set password_hash = ? where account_id = ? and password_hash = ?";

    private static final String EXPIRE_PASSWORD =
            """
            update account.account set password_expired_at = ?
            where account_id = ? and password_expired_at is null
            """;

    private static final String CHANGE_PASSWORD =
            """
            update account.account
               set password_hash = ?, password_changed_at = ?, password_expired_at = null
             where account_id = ? and password_hash is not distinct from ?
            """;

    /** In the transaction of the change, before it. */
    private static final String KEEP_OLD =
            """
            insert into account.old_password (account_id, replaced_at, password_hash)
            select account_id, ?, password_hash
              from account.account where account_id = ? and password_hash is not null
            on conflict do nothing
            """;

    private static final String FORGET_OLDER =
            """
            delete from account.old_password
            where account_id = ? and replaced_at not in (
                select replaced_at from account.old_password where account_id = ?
                order by replaced_at desc limit ?)
            """;

    private static final String OLD =
            """
            select password_hash from account.old_password where account_id = ?
            order by replaced_at desc
            """;

    private static final String DECLARED_TAG =
            "select password_declared_tag from account.account where account_id = ?";

    private static final String DECLARE_PASSWORD =
            """
            update account.account
               set password_hash = ?, password_declared_tag = ?, password_changed_at = ?,
                   password_expired_at = null
             where account_id = ?
            """;

    private static final String CHANGE_EMAIL =
            """
            update account.account set email = ?, email_verified = true, changed_at = ?
             where account_id = ?
            """;

    private static final String CHANGE_SETTINGS =
            """
            update account.account set language = ?, time_zone = ?, changed_at = ?
             where account_id = ?
            """;

    private static final String LAST_DECLARED =
            "select email_declared, language_declared from account.account where account_id = ?";

    private static final String NOTE_DECLARED =
            """
            update account.account set email_declared = ?, language_declared = ?
             where account_id = ?
            """;

    private static final String SWEEP_OLD =
            "delete from account.old_password where replaced_at < ?";

    /** So many old passwords are kept. */
    private static final int MOST_OLD_PASSWORDS = 2;

    private AccountStore() {}

    /** What was last declared of what people may change by themselves. */
    public record Declared(@Nullable String email, @Nullable String language) {}

    public static Optional<Declared> lastDeclared(Connection connection, UUID id)
            throws SQLException {
        return Sql.one(
                connection,
                LAST_DECLARED,
                row ->
                        new Declared(
                                row.textOrNull("email_declared"),
                                row.textOrNull("language_declared")),
                id);
    }

    public static void noteDeclared(Connection connection, UUID id, Declared declared)
            throws SQLException {
        Sql.update(connection, NOTE_DECLARED, declared.email(), declared.language(), id);
    }

    public static Optional<Account> byId(Connection connection, UUID id) throws SQLException {
        return Sql.one(connection, BY_ID, AccountStore::read, id);
    }

    public static Optional<Account> byIdentifier(Connection connection, String identifier)
            throws SQLException {
        return Sql.one(connection, BY_IDENTIFIER, AccountStore::read, identifier);
    }

    public static long count(Connection connection) throws SQLException {
        return Sql.one(connection, COUNT, row -> row.bigNumber("count")).orElse(0L);
    }

    public static void insert(Connection connection, Account account) throws SQLException {
        Sql.update(
                connection,
                INSERT,
                account.id(),
                account.tenant(),
                account.identifier(),
                account.name(),
                account.givenName(),
                account.familyName(),
                account.email(),
                account.emailVerified(),
                account.language().tag(),
                account.timeZone().getId(),
                account.passwordHash(),
                account.passwordHash() == null ? null : account.changedAt(),
                account.disabledAt(),
                account.changedAt(),
                account.changedAt());
    }

    /** Changes everything but identifier and password. */
    public static void update(Connection connection, Account account) throws SQLException {
        Sql.update(
                connection,
                UPDATE,
                account.tenant(),
                account.name(),
                account.givenName(),
                account.familyName(),
                account.email(),
                account.emailVerified(),
                account.language().tag(),
                account.timeZone().getId(),
                account.disabledAt(),
                account.changedAt(),
                account.id());
    }

    /** Puts another hash of the same password in place of this one, unless it was changed. */
    public static void renewHash(Connection connection, UUID id, String old, String renewed)
            throws SQLException {
        Sql.update(connection, RENEW_HASH, renewed, id, old);
    }

    public static void expirePassword(Connection connection, UUID id, Instant now)
            throws SQLException {
        Sql.update(connection, EXPIRE_PASSWORD, now, id);
    }

    /** Puts another password in the place of this one; says whether it was still there. */
    public static boolean changePassword(
            Connection connection, UUID id, @Nullable String old, String hash, Instant now)
            throws SQLException {
        keepOld(connection, id, now);
        return Sql.update(connection, CHANGE_PASSWORD, hash, now, id, old) == 1;
    }

    /** Hashes of the passwords before the present one, the last first. */
    public static List<String> oldPasswords(Connection connection, UUID id) throws SQLException {
        return Sql.many(connection, OLD, row -> row.text("password_hash"), id);
    }

    /** Deletes those that nobody remembers. */
    public static int sweepOldPasswords(Connection connection, Instant before) throws SQLException {
        return Sql.update(connection, SWEEP_OLD, before);
    }

    private static void keepOld(Connection connection, UUID id, Instant now) throws SQLException {
        Sql.update(connection, KEEP_OLD, now, id);
        Sql.update(connection, FORGET_OLDER, id, id, MOST_OLD_PASSWORDS);
    }

    public static void changeEmail(Connection connection, UUID id, String email, Instant now)
            throws SQLException {
        Sql.update(connection, CHANGE_EMAIL, email, now, id);
    }

    public static void changeSettings(
            Connection connection, UUID id, String language, String timeZone, Instant now)
            throws SQLException {
        Sql.update(connection, CHANGE_SETTINGS, language, timeZone, now, id);
    }

    /** The tag of the password that was last declared; empty where none was. */
    public static Optional<byte[]> declaredTag(Connection connection, UUID id) throws SQLException {
        return Sql.one(
                        connection,
                        DECLARED_TAG,
                        row -> Optional.ofNullable(row.bytesOrNull("password_declared_tag")),
                        id)
                .flatMap(tag -> tag);
    }

    public static void declarePassword(
            Connection connection, UUID id, String hash, byte[] tag, Instant now)
            throws SQLException {
        keepOld(connection, id, now);
        Sql.update(connection, DECLARE_PASSWORD, hash, tag, now, id);
    }

    private static Account read(Sql.Row row) throws SQLException {
        return new Account(
                row.id("account_id"),
                row.id("tenant_id"),
                row.text("identifier"),
                row.text("name"),
                row.textOrNull("given_name"),
                row.textOrNull("family_name"),
                row.textOrNull("email"),
                row.flag("email_verified"),
                Language.ofTag(row.text("language")).orElse(Language.JA),
                ZoneId.of(row.text("time_zone")),
                row.textOrNull("password_hash"),
                row.timeOrNull("password_expired_at"),
                row.timeOrNull("disabled_at"),
                row.time("changed_at"));
    }
}
