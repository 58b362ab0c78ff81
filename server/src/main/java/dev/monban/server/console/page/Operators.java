package dev.monban.server.console.page;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.LevelNeed;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.LevelNeeds;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import java.util.Optional;

/**
 * Lets operators in: people with the role {@code admin} in an organisation that runs this gate. For
 * everybody else there is no console.
 */
public final class Operators {

    private static final String ROLE = "admin";

    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final Factors factors;
    private final LevelNeeds needs;
    private final Sessions sessions;
    private final Pages pages;

    public Operators(
            Database database,
            Accounts accounts,
            Tenants tenants,
            Factors factors,
            LevelNeeds needs,
            Sessions sessions,
            Pages pages) {
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.factors = factors;
        this.needs = needs;
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
            LevelNeed need = needs.of(account, session.get());
            if (!need.letsIn()) {
                return Reply.seeOther(
                        need instanceof LevelNeed.Enrol
                                ? "/account"
                                : "/login?why=organisation_asks");
            }
            // A second factor, where there is one, and for whatever is done a fresh proof.
            boolean proved =
                    request.isPost()
                            ? factors.isFresh(session.get())
                            : session.get().level().satisfies(AssuranceLevel.AAL2)
                                    || !factors.of(account.id()).any();
            return proved ? room.handle(request, session.get()) : Reply.seeOther("/login?again=1");
        });
    }

    private boolean isOperator(Account account) {
        return !account.disabled()
                && database.query(c ->
                        tenants.byId(c, account.tenant()).map(Tenant::operator).orElse(false)
                                && tenants.roles(c, account.id(), account.tenant()).contains(ROLE));
    }
}
