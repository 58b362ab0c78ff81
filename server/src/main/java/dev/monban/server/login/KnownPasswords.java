package dev.monban.server.login;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.member.Members;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import java.time.InstantSource;
import java.util.List;

/**
 * Whoever guesses codes again and again has the password, or the account at the organisation's
 * identity provider: from then on neither opens anything, until its owner has chosen another
 * password; they are told, and whoever looks after the organisation. Passkeys sign in all the same,
 * and so does the device that the account knows, to a new password.
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

    /** Somebody else has the first proof of this account. */
    void tell(Account account, First first) {
        String what = first.isPassword() ? "password_known" : "organisation_known";
        List<Account> administrators = members.administratorsBut(account.tenant(), account.id());
        database.transact(connection -> {
            accounts.expirePassword(connection, account.id(), clock.instant());
            notices.put(connection, account, what);
            for (Account administrator : administrators) {
                notices.put(
                        connection,
                        administrator,
                        what + "_of",
                        account.name(),
                        account.identifier());
            }
        });
    }
}
