package dev.monban.server.console.page;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.factor.Proofs;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenants;
import java.util.Optional;

/**
 * Lets operators in: people with the role {@code admin} in an organisation that runs this gate. For
 * everybody else there is no console.
 */
public final class Operators {

    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final Proofs proofs;
    private final Sessions sessions;
    private final Pages pages;

    public Operators(
            Database database,
            Accounts accounts,
            Tenants tenants,
            Proofs proofs,
            Sessions sessions,
            Pages pages) {
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.proofs = proofs;
        this.sessions = sessions;
        this.pages = pages;
    }

    /** Answers an operator. */
    @FunctionalInterface
    interface Room {
        Reply handle(Request request, Session who);
    }

    /** For operators only. */
    Handler only(Room room) {
        return pages.guarded(request -> {
            Optional<Session> session = sessions.current(request);
            if (session.isEmpty()) {
                return Reply.seeOther("/login");
            }
            Account account =
                    accounts.recent(session.get().account()).orElseThrow(Problem::notFound);
            if (!isOperator(account)) {
                throw Problem.notFound();
            }
            return proofs.missing(account, session.get(), request.isPost())
                    .map(Reply::seeOther)
                    .orElseGet(() -> room.handle(request, session.get()));
        });
    }

    private boolean isOperator(Account account) {
        return !account.disabled()
                && database.query(c -> tenants.isOperator(c, account.id(), account.tenant()));
    }
}
