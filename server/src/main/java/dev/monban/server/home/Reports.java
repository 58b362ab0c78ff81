package dev.monban.server.home;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.notify.Alert;
import dev.monban.server.notify.Alerts;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Texts;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import java.time.InstantSource;

/** "This was not me": everything ends, the password is known to somebody else, operators hear. */
public final class Reports {

    private final Database database;
    private final Accounts accounts;
    private final Sessions sessions;
    private final Alerts alerts;
    private final EventLog events;
    private final Texts texts;
    private final InstantSource clock;

    /**
     * @param language of what operators read
     */
    public Reports(
            Database database,
            Accounts accounts,
            Sessions sessions,
            Alerts alerts,
            EventLog events,
            Language language,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.sessions = sessions;
        this.alerts = alerts;
        this.events = events;
        this.texts = Texts.in(language);
        this.clock = clock;
    }

    /** The person says that somebody else signed in. */
    public void notMe(Account account, String address) {
        database.transact(connection -> {
            accounts.expirePassword(connection, account.id(), clock.instant());
            sessions.endAll(connection, account.id(), SessionEnd.PASSWORD_EXPIRED, address);
            events.record(
                    connection,
                    Event.of(EventKind.SIGN_IN_REPORTED).account(account.id()).address(address));
            alerts.put(
                    connection,
                    new Alert(
                            "account.reported",
                            "reported",
                            account.id(),
                            clock.instant(),
                            texts.get("alert.reported", account.identifier()),
                            texts.get("alert.reported.text")));
        });
    }
}
