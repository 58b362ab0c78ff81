package dev.monban.server.account;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.monban.server.account.store.AccountStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Texts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Finds accounts. */
public final class Accounts {

    /** About 20 MB at the most. */
    private static final int REMEMBERED = 20_000;

    /** What one node changes, the others know within this time. */
    private static final Duration STALE_AFTER = Duration.ofSeconds(1);

    private final Database database;
    private final LoadingCache<UUID, Optional<Account>> recent;

    public Accounts(Database database) {
        this.database = database;
        this.recent =
                Caffeine.newBuilder()
                        .maximumSize(REMEMBERED)
                        .expireAfterWrite(STALE_AFTER)
                        .build(id -> database.query(c -> AccountStore.byId(c, id)));
    }

    /** The account as it was at most a second ago. */
    public Optional<Account> recent(UUID id) {
        return recent.get(id);
    }

    /** How many there are. */
    public long count() {
        return database.query(AccountStore::count);
    }

    /** The account as it is. */
    public Optional<Account> byId(Connection connection, UUID id) throws SQLException {
        return AccountStore.byId(connection, id);
    }

    /** The account with this login name, in its one form. */
    public Optional<Account> byIdentifier(Connection connection, String identifier)
            throws SQLException {
        return AccountStore.byIdentifier(connection, identifier);
    }

    /**
     * Makes an account for somebody who proved this address; there is no password yet.
     *
     * @return empty where there is one of that login name
     */
    public Optional<Account> create(
            Connection connection,
            UUID id,
            UUID tenant,
            String identifier,
            String name,
            Language language,
            Instant now)
            throws SQLException {
        if (AccountStore.byIdentifier(connection, identifier).isPresent()) {
            return Optional.empty();
        }
        Account account =
                new Account(
                        id,
                        tenant,
                        identifier,
                        name,
                        null,
                        null,
                        identifier,
                        true,
                        language,
                        Texts.ZONE,
                        null,
                        null,
                        null,
                        now);
        AccountStore.insert(connection, account);
        return Optional.of(account);
    }

    /** Has the person choose another password at the next sign-in: somebody else knows this one. */
    public void expirePassword(Connection connection, UUID account, Instant now)
            throws SQLException {
        AccountStore.expirePassword(connection, account, now);
    }

    /** Puts another password in the place of this account's; says whether it was still there. */
    public boolean changePassword(Connection connection, Account account, String hash, Instant now)
            throws SQLException {
        return AccountStore.changePassword(
                connection, account.id(), account.passwordHash(), hash, now);
    }

    /** Hashes of the passwords before the present one, the last first. */
    public List<String> oldPasswords(Connection connection, UUID account) throws SQLException {
        return AccountStore.oldPasswords(connection, account);
    }

    /** Deletes the hashes of passwords that were replaced before then. */
    public void sweepOldPasswords(Instant before) {
        database.upkeep(c -> AccountStore.sweepOldPasswords(c, before));
    }

    /** Gives the account another mail address, which was proved. */
    public void changeEmail(Connection connection, UUID account, String email, Instant now)
            throws SQLException {
        AccountStore.changeEmail(connection, account, email, now);
        recent.invalidate(account);
    }

    /** Has pages and notices speak this language, and write times in this zone. */
    public void changeSettings(
            Connection connection, UUID account, Language language, ZoneId timeZone, Instant now)
            throws SQLException {
        AccountStore.changeSettings(connection, account, language.tag(), timeZone.getId(), now);
        recent.invalidate(account);
    }

    /** Puts a hash with today's parameters in place of an old one of the same password. */
    public void renewHash(Connection connection, Account account, String renewed)
            throws SQLException {
        String old = account.passwordHash();
        if (old != null) {
            AccountStore.renewHash(connection, account.id(), old, renewed);
        }
    }
}
