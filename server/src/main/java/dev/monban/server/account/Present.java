package dev.monban.server.account;

import dev.monban.server.platform.Database;
import dev.monban.server.platform.Request;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import java.util.Optional;

/** Finds out who is at a browser. */
public final class Present {

    private final Database database;
    private final Accounts accounts;
    private final Sessions sessions;

    public Present(Database database, Accounts accounts, Sessions sessions) {
        this.database = database;
        this.accounts = accounts;
        this.sessions = sessions;
    }

    /** Somebody who is signed in, as the database knows them now. */
    public record Person(Account account, Session session) {}

    /** Who sends this request; empty for nobody, and for whoever may not sign in any more. */
    public Optional<Person> at(Request request) {
        Optional<Session> session = sessions.current(request);
        return session.flatMap(s -> database.query(c -> accounts.byId(c, s.account())))
                .filter(account -> !account.disabled())
                .map(account -> new Person(account, session.orElseThrow()));
    }
}
