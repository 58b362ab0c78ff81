package dev.monban.server.login;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.login.store.ChallengeStore;
import dev.monban.server.login.store.ChallengeStore.Challenge;
import dev.monban.server.notify.Bounces;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Another mail address for an account: it is proved by a code, and the old address is told. Whoever
 * asks for it has just proved who they are; the page sees to that.
 */
public final class AddressChanges {

    private static final String NOTICE = "address_changed";

    private final Database database;
    private final Accounts accounts;
    private final Challenges challenges;
    private final Bounces bounces;
    private final Notices notices;
    private final EventLog events;
    private final InstantSource clock;

    public AddressChanges(
            Database database,
            Accounts accounts,
            Challenges challenges,
            Bounces bounces,
            Notices notices,
            EventLog events,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.challenges = challenges;
        this.bounces = bounces;
        this.notices = notices;
        this.events = events;
        this.clock = clock;
    }

    /** Whether mail can be sent at all. */
    public boolean possible() {
        return challenges.reachAnybody();
    }

    /**
     * Sends a code to the new address.
     *
     * @return the token for the page
     */
    public String begin(Account account, String address) {
        return database.transaction(c -> challenges.sendTo(c, account, address));
    }

    /** Takes the code; false where it does not fit. */
    public boolean prove(Account account, String token, String code, String from) {
        Optional<Challenge> taken = challenges.take(token);
        if (taken.isEmpty()
                || taken.get().way() != Challenges.Way.ADDRESS
                || !account.id().equals(taken.get().account())
                || !challenges.fits(taken.get(), token, code.strip())) {
            return false;
        }
        String address = taken.get().identifier();
        return database.transaction(connection -> {
            if (!challenges.use(connection, token)) {
                return false;
            }
            bounces.arrived(connection, address);
            ChallengeStore.drop(connection, account.id());
            accounts.changeEmail(connection, account.id(), address, clock.instant());
            events.record(
                    connection,
                    Event.of(EventKind.ADDRESS_CHANGED).account(account.id()).address(from));
            if (account.email() != null) {
                notices.putTo(connection, account, account.email(), NOTICE, address);
            }
            notices.putTo(connection, account, address, NOTICE, address);
            return true;
        });
    }
}
