package dev.monban.server.login;

import dev.monban.core.watch.Finding;
import dev.monban.core.watch.FindingKind;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.notify.Notices;
import dev.monban.server.watch.Campaigns;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/**
 * Whoever guesses codes has the password: from then on it opens nothing, and its owner is told.
 * Passkeys sign in all the same, and so does the device that the account knows, to a new password.
 */
public final class KnownPasswords implements Campaigns.Listener {

    private final Accounts accounts;
    private final Notices notices;
    private final InstantSource clock;

    public KnownPasswords(Accounts accounts, Notices notices, InstantSource clock) {
        this.accounts = accounts;
        this.notices = notices;
        this.clock = clock;
    }

    @Override
    public void opened(Connection connection, UUID campaign, Finding finding) throws SQLException {
        if (finding.kind() != FindingKind.MFA_FATIGUE || finding.account() == null) {
            return;
        }
        Optional<Account> owner = accounts.byId(connection, UUID.fromString(finding.account()));
        if (owner.isPresent()) {
            accounts.expirePassword(connection, owner.get().id(), clock.instant());
            notices.put(
                    connection,
                    new Notices.Reader(
                            owner.get().name(), owner.get().email(), owner.get().language()),
                    "password_known");
        }
    }

    @Override
    public void grew(Connection connection, UUID campaign) {
        // Told once.
    }

    @Override
    public void ended(Connection connection, UUID campaign) {
        // The password stays known.
    }
}
