package dev.monban.server.login;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.Identifiers;
import dev.monban.server.factor.Factors;
import dev.monban.server.login.store.ChallengeStore.Challenge;
import dev.monban.server.notify.Bounces;
import dev.monban.server.platform.Database;
import dev.monban.server.watch.LiveWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/**
 * A forgotten password: a code by mail gives leave to choose another. Whether there is such an
 * account, neither page nor time tells. A second factor stays what it was, and is asked for at the
 * next sign-in.
 */
public final class Resets {

    private static final Set<Reason> OF_THE_ACCOUNT =
            Set.of(Reason.ACCOUNT_GUESSED, Reason.GUESSED_FROM_WITHIN, Reason.CODES_GUESSED);

    private final Database database;
    private final Accounts accounts;
    private final Challenges challenges;
    private final PasswordChanges changes;
    private final Factors factors;
    private final Bounces bounces;
    private final Arrivals arrivals;
    private final LiveWatch watch;

    public Resets(
            Database database,
            Accounts accounts,
            Challenges challenges,
            PasswordChanges changes,
            Factors factors,
            Bounces bounces,
            Arrivals arrivals,
            LiveWatch watch) {
        this.database = database;
        this.accounts = accounts;
        this.challenges = challenges;
        this.changes = changes;
        this.factors = factors;
        this.bounces = bounces;
        this.arrivals = arrivals;
        this.watch = watch;
    }

    /**
     * Asks for a code.
     *
     * @param typed the login name as it was typed
     * @return the token for the page
     */
    public String begin(String typed, Login.Visitor visitor) {
        String identifier =
                Identifiers.normalise(
                        typed.substring(0, Math.min(typed.length(), Identifiers.MOST_CHARACTERS)));
        Optional<Account> account =
                database.query(c -> accounts.byIdentifier(c, identifier))
                        .filter(a -> !a.disabled());
        LiveWatch.Judgement judgement =
                arrivals.judge(visitor, identifier, account, Step.RESET_REQUEST);
        // That the password is being guessed is no reason to keep the owner from a new one.
        boolean told =
                !judgement.stops() || OF_THE_ACCOUNT.containsAll(judgement.verdict().reasons());
        Challenges.Asked asked =
                challenges.reset(
                        identifier,
                        account.filter(a -> told),
                        !judgement.novel(),
                        Arrivals.known(judgement));
        watch.record(
                judgement,
                new Attempt(
                        judgement.approach(),
                        account.isPresent()
                                ? new Check(Outcome.ACCEPTED, null, null, null, null)
                                : Check.rejected(Rejection.UNKNOWN_ACCOUNT)));
        Thread writing = Thread.ofVirtual().name("reset mail").start(asked.mail());
        assert writing.isVirtual();
        return asked.token();
    }

    private boolean use(Connection connection, String token, Account account) throws SQLException {
        boolean used = challenges.use(connection, token);
        if (used) {
            bounces.arrived(connection, account.email());
        }
        return used;
    }

    /**
     * Tries a code.
     *
     * @return leave to choose another password; empty where the code does not fit
     */
    public Optional<String> prove(String token, String code, Login.Visitor visitor) {
        Optional<Challenge> taken = challenges.take(token);
        if (taken.isEmpty() || taken.get().way() != Challenges.Way.RESET) {
            return Optional.empty();
        }
        Optional<Account> account =
                Optional.ofNullable(taken.get().account())
                        .flatMap(id -> database.query(c -> accounts.byId(c, id)))
                        .filter(a -> !a.disabled());
        LiveWatch.Judgement judgement =
                arrivals.judge(visitor, taken.get().identifier(), account, Step.RESET_REQUEST);
        boolean right =
                account.isPresent()
                        && challenges.fits(taken.get(), token, code.strip())
                        && database.transaction(c -> use(c, token, account.get()));
        if (!right) {
            watch.record(
                    judgement,
                    new Attempt(judgement.approach(), Check.rejected(Rejection.WRONG_CODE)));
            return Optional.empty();
        }
        // Guesses at the password, which may have kept the owner out, are forgiven with it.
        watch.record(
                judgement.proved(),
                arrivals.proved(
                        judgement.approach(),
                        visitor,
                        Step.RECOVERY_CODE,
                        !factors.of(account.get().id()).any()));
        return Optional.of(
                changes.seal(
                        account.get(),
                        Set.of(AuthenticationMethod.MAIL_CODE),
                        PasswordChanges.Why.FORGOTTEN));
    }
}
