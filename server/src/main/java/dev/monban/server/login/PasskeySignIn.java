package dev.monban.server.login;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.factor.Passkeys;
import dev.monban.server.factor.Recoveries;
import dev.monban.server.platform.Database;
import dev.monban.server.watch.LiveWatch;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Signs in with a passkey: no name, no password, nothing that a wrong site could pass on. */
public final class PasskeySignIn {

    private static final Set<AuthenticationMethod> PROOFS = Set.of(AuthenticationMethod.PASSKEY);

    private final Database database;
    private final Accounts accounts;
    private final Passkeys passkeys;
    private final Recoveries recoveries;
    private final Arrivals arrivals;
    private final LiveWatch watch;

    public PasskeySignIn(
            Database database,
            Accounts accounts,
            Passkeys passkeys,
            Recoveries recoveries,
            Arrivals arrivals,
            LiveWatch watch) {
        this.database = database;
        this.accounts = accounts;
        this.passkeys = passkeys;
        this.recoveries = recoveries;
        this.arrivals = arrivals;
        this.watch = watch;
    }

    /**
     * Tries an answer of an authenticator.
     *
     * @param ticket from the page that asked for it
     * @param response as JSON
     */
    public Login.Result attempt(String ticket, String response, Login.Visitor visitor) {
        Optional<Account> account =
                passkeys.owner(response)
                        .flatMap(id -> database.query(c -> accounts.byId(c, id)))
                        .filter(a -> !a.disabled());
        if (account.isEmpty()) {
            return new Login.Result.Rejected();
        }
        LiveWatch.Judgement judgement =
                arrivals.judge(visitor, account.get().identifier(), account, Step.PASSKEY);
        return arrivals.inFlight(
                judgement, () -> check(ticket, response, visitor, account.get(), judgement));
    }

    private Login.Result check(
            String ticket,
            String response,
            Login.Visitor visitor,
            Account account,
            LiveWatch.Judgement judgement) {
        if (judgement.stops()) {
            watch.recordStopped(judgement);
            return new Login.Result.Rejected();
        }
        Optional<UUID> owner = passkeys.check(ticket, response);
        if (owner.isEmpty() || !owner.get().equals(account.id())) {
            watch.record(
                    judgement,
                    new Attempt(judgement.approach(), Check.rejected(Rejection.PASSKEY_CANCELLED)));
            return new Login.Result.Rejected();
        }
        return database.transaction(connection -> {
            recoveries.factorUsed(connection, account);
            return new Login.Result.SignedIn(
                    arrivals.arrive(connection, judgement, visitor, account, PROOFS));
        });
    }
}
