package dev.monban.server.home;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.member.Members;
import dev.monban.server.notify.Alert;
import dev.monban.server.notify.Alerts;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Texts;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import java.time.InstantSource;
import java.util.List;

/** "This was not me": everything ends, the password is known to somebody else, operators hear. */
public final class Reports {

    private final Database database;
    private final Accounts accounts;
    private final Sessions sessions;
    private final Members members;
    private final Notices notices;
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
            Members members,
            Notices notices,
            Alerts alerts,
            EventLog events,
            Language language,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.sessions = sessions;
        this.members = members;
        this.notices = notices;
        this.alerts = alerts;
        this.events = events;
        this.texts = Texts.in(language);
        this.clock = clock;
    }

    /** The person says that somebody else signed in. */
    public void notMe(Account account, String address) {
        List<Account> administrators = members.administratorsBut(account.tenant(), account.id());
        database.transact(connection -> {
            for (Account administrator : administrators) {
                notices.put(
                        connection,
                        administrator,
                        "reported_by",
                        account.name(),
                        account.identifier());
            }
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
