package dev.monban.server.login;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.member.Members;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import java.time.InstantSource;
import java.util.List;

/**
 * Whoever guesses codes again and again has the password: from then on it opens nothing, and its
 * owner is told, and whoever looks after the organisation. Passkeys sign in all the same, and so
 * does the device that the account knows, to a new password.
 */
public final class KnownPasswords {

    private final Database database;
    private final Accounts accounts;
    private final Members members;
    private final Notices notices;
    private final InstantSource clock;

    public KnownPasswords(
            Database database,
            Accounts accounts,
            Members members,
            Notices notices,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.members = members;
        this.notices = notices;
        this.clock = clock;
    }

    /** Somebody else knows this account's password. */
    void tell(Account account) {
        List<Account> administrators = members.administratorsBut(account.tenant(), account.id());
        database.transact(connection -> {
            accounts.expirePassword(connection, account.id(), clock.instant());
            notices.put(connection, account, "password_known");
            for (Account administrator : administrators) {
                notices.put(
                        connection,
                        administrator,
                        "password_known_of",
                        account.name(),
                        account.identifier());
            }
        });
    }
}
