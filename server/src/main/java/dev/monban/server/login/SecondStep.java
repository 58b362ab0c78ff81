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
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.Recoveries;
import dev.monban.server.factor.TrustedDevices;
import dev.monban.server.login.store.ChallengeStore.Challenge;
import dev.monban.server.notify.Bounces;
import dev.monban.server.platform.Database;
import dev.monban.server.session.Sessions;
import dev.monban.server.watch.LiveWatch;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The step after the password: a code by mail, from an app or from paper. It is limited apart from
 * the password: guessing here locks nothing there.
 */
public final class SecondStep {

    /** So many wrong codes in a row, from places that nobody knows, are no mistakes. */
    private static final int MOST_BEFORE_KNOWN = 10;

    private final Database database;
    private final Accounts accounts;
    private final Challenges challenges;
    private final Factors factors;
    private final PasswordChanges changes;
    private final KnownPasswords knownPasswords;
    private final TrustedDevices trustedDevices;
    private final Recoveries recoveries;
    private final Bounces bounces;
    private final Arrivals arrivals;
    private final LiveWatch watch;
    private final InstantSource clock;
    private final Disguise disguise = new Disguise();

    public SecondStep(
            Database database,
            Accounts accounts,
            Challenges challenges,
            Factors factors,
            PasswordChanges changes,
            KnownPasswords knownPasswords,
            TrustedDevices trustedDevices,
            Recoveries recoveries,
            Bounces bounces,
            Arrivals arrivals,
            LiveWatch watch,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.challenges = challenges;
        this.factors = factors;
        this.changes = changes;
        this.knownPasswords = knownPasswords;
        this.trustedDevices = trustedDevices;
        this.recoveries = recoveries;
        this.bounces = bounces;
        this.arrivals = arrivals;
        this.watch = watch;
        this.clock = clock;
    }

    /**
     * Tries a code.
     *
     * @param token from the page that asked for it
     * @param trust whether the person wants this device trusted from now on
     */
    public Login.Result prove(String token, String code, boolean trust, Login.Visitor visitor) {
        Optional<Challenge> found = challenges.find(token);
        if (found.isEmpty()) {
            return new Login.Result.Rejected();
        }
        // Where there is no code that fits, nothing that is tried is held against an account.
        Optional<Account> account =
                Optional.ofNullable(found.get().fits() ? found.get().account() : null)
                        .flatMap(id -> database.query(c -> accounts.byId(c, id)))
                        .filter(a -> !a.disabled());
        LiveWatch.Judgement judgement =
                arrivals.judge(
                        visitor,
                        found.get().identifier(),
                        account,
                        Factors.looksLikeRecovery(code) ? Step.RECOVERY_CODE : Step.TOTP);
        return arrivals.inFlight(
                judgement,
                () ->
                        prove(
                                new Typed(token, code, trust),
                                visitor,
                                account,
                                judgement,
                                found.get().shown() == Challenges.Shown.ANY));
    }

    /** What the form brought. */
    private record Typed(String token, String code, boolean trust) {
        @Override
        public String toString() {
            return "a code";
        }
    }

    /**
     * Somebody says that every factor is lost. Where administrators let them back in, a code goes
     * to their mail; the page is the same where they do not.
     *
     * @param token from the page that asked for a code; it takes a try
     */
    public Login.Result lost(String token, Login.Visitor visitor) {
        Optional<Challenge> taken = challenges.take(token);
        if (taken.isEmpty()) {
            return new Login.Result.Rejected();
        }
        Challenge challenge = taken.get();
        Optional<Account> account =
                Optional.ofNullable(challenge.fits() ? challenge.account() : null)
                        // Mail and the organisation's sign-in are often one account: one proof.
                        .filter(id -> challenge.way() == Challenges.Way.FACTOR)
                        .filter(id -> challenge.first().isPassword())
                        .flatMap(id -> database.query(c -> accounts.byId(c, id)))
                        .filter(a -> !a.disabled() && challenges.reach(a))
                        .filter(recoveries::letsIn);
        if (challenge.fits()
                && challenge.way() == Challenges.Way.FACTOR
                && challenge.shown() != Challenges.Shown.ANY) {
            // After the answer, and not while the page hides whether the password was right.
            Thread noting =
                    Thread.ofVirtual()
                            .name("lost factor")
                            .start(() -> noteLost(challenge, visitor));
            assert noting.isVirtual();
        }
        String asked =
                account.isPresent()
                        ? disguise.measured(() -> sendRecovery(account.get()))
                        : disguise.disguised(() ->
                                database.transaction(
                                        c -> challenges.pretendRecovery(c, challenge)));
        return new Login.Result.CodeWanted(asked, Challenges.Shown.RECOVERY);
    }

    private void noteLost(Challenge challenge, Login.Visitor visitor) {
        Optional<Account> owner =
                Optional.ofNullable(challenge.account())
                        .flatMap(id -> database.query(c -> accounts.byId(c, id)));
        LiveWatch.Judgement judgement =
                arrivals.judge(visitor, challenge.identifier(), owner, Step.RECOVERY_CODE);
        watch.record(
                judgement,
                new Attempt(judgement.approach(), Check.rejected(Rejection.FACTOR_LOST)));
    }

    private String sendRecovery(Account account) {
        return database.transaction(connection ->
                challenges.send(
                        connection,
                        account,
                        Challenges.Way.RECOVERY,
                        Challenges.Shown.RECOVERY,
                        First.PASSWORD,
                        null));
    }

    private Login.Result prove(
            Typed typed,
            Login.Visitor visitor,
            Optional<Account> account,
            LiveWatch.Judgement judgement,
            boolean hidden) {
        if (judgement.stops() && hidden) {
            return disguise.disguised(() -> stopped(judgement, typed.token()));
        }
        if (judgement.stops()) {
            watch.recordStopped(judgement);
            return new Login.Result.Wait(Login.WAIT_SECONDS);
        }
        String token = typed.token();
        Optional<Challenge> taken = challenges.take(token);
        if (taken.isEmpty()) {
            return wrong(judgement, Optional.empty(), token);
        }
        Challenge challenge = taken.get();
        if (account.isEmpty() || !challenge.fits()) {
            return disguise.disguised(() -> wrong(judgement, taken, token));
        }
        return disguise.measured(() -> check(challenge, typed, visitor, account.get(), judgement));
    }

    /** Where the page did not tell that the password was right, no wait does. */
    private Login.Result stopped(LiveWatch.Judgement judgement, String token) {
        watch.recordStopped(judgement);
        return challenges
                .take(token)
                .filter(challenge -> challenge.tries() < Challenges.MOST_TRIES)
                .<Login.Result>map(c -> new Login.Result.CodeWanted(token, c.shown()))
                .orElseGet(Login.Result.Rejected::new);
    }

    private Login.Result check(
            Challenge challenge,
            Typed typed,
            Login.Visitor visitor,
            Account account,
            LiveWatch.Judgement judgement) {
        return switch (challenge.way()) {
            case MAIL -> byMail(challenge, typed, visitor, account, judgement);
            case RECOVERY -> byRecovery(challenge, typed, visitor, account, judgement);
            case FACTOR -> byFactor(challenge, typed, visitor, account, judgement);
            case RESET, ADDRESS -> wrong(judgement, Optional.empty(), typed.token());
        };
    }

    private Login.Result byMail(
            Challenge challenge,
            Typed typed,
            Login.Visitor visitor,
            Account account,
            LiveWatch.Judgement judgement) {
        // Who has added a factor since is asked for that one.
        return challenges.fits(challenge, typed.token(), typed.code().strip())
                        && !factors.of(account.id()).any()
                ? proved(
                        challenge,
                        typed,
                        visitor,
                        account,
                        judgement,
                        AuthenticationMethod.MAIL_CODE)
                : wrong(judgement, Optional.of(challenge), typed.token());
    }

    /** The factors are gone with it; which ones come next, the person says. */
    private Login.Result byRecovery(
            Challenge challenge,
            Typed typed,
            Login.Visitor visitor,
            Account account,
            LiveWatch.Judgement judgement) {
        return challenges.fits(challenge, typed.token(), typed.code().strip())
                ? proved(
                        challenge,
                        typed,
                        visitor,
                        account,
                        judgement,
                        AuthenticationMethod.MAIL_CODE)
                : wrong(judgement, Optional.of(challenge), typed.token());
    }

    private Login.Result byFactor(
            Challenge challenge,
            Typed typed,
            Login.Visitor visitor,
            Account account,
            LiveWatch.Judgement judgement) {
        String token = typed.token();
        boolean known = judgement.verdict().reasons().contains(Reason.KNOWN_DEVICE);
        Factors.Guess guess = factors.takeGuess(account.id(), known);
        if (guess.mustWait()) {
            Login.Result wrong = wrong(judgement, Optional.of(challenge), token);
            // Where the page did not tell that the password was right, neither does this.
            return challenge.shown() == Challenges.Shown.ANY
                    ? wrong
                    : new Login.Result.Wait(Math.toIntExact(guess.toWait().toSeconds()));
        }
        return switch (factors.tryCode(account, typed.code(), challenge.drifted())) {
            case Factors.Outcome.Fits(AuthenticationMethod method) ->
                    proved(challenge, typed, visitor, account, judgement, method);
            case Factors.Outcome.Drifts(Factors.Drifted drifted) -> {
                challenges.drifted(token, drifted);
                yield wrong(judgement, Optional.of(challenge), token, drifted.drift());
            }
            case Factors.Outcome.Wrong() -> {
                if (!known && guess.inARow() == MOST_BEFORE_KNOWN) {
                    knownPasswords.tell(account, challenge.first());
                }
                yield wrong(judgement, Optional.of(challenge), token);
            }
        };
    }

    private Login.Result proved(
            Challenge challenge,
            Typed typed,
            Login.Visitor visitor,
            Account account,
            LiveWatch.Judgement judgement,
            AuthenticationMethod method) {
        String token = typed.token();
        Set<AuthenticationMethod> proofs = EnumSet.of(challenge.first().method(), method);
        if (!challenge.first().isPassword() && account.passwordExpiredAt() != null) {
            // Shut meanwhile: another password comes first.
            return wrong(judgement, Optional.empty(), token);
        }
        if (account.passwordExpiredAt() != null) {
            boolean first =
                    database.transaction(c -> use(c, challenge, token, account, judgement, method));
            if (!first) {
                return wrong(judgement, Optional.empty(), token);
            }
            watch.record(judgement, new Attempt(judgement.approach(), Check.accepted()));
            return new Login.Result.PasswordWanted(
                    changes.seal(account, proofs, PasswordChanges.Why.EXPIRED));
        }
        Optional<Sessions.Started> started =
                database.transaction(connection -> {
                    if (!use(connection, challenge, token, account, judgement, method)
                            || !arrivals.link(connection, challenge.first(), account)) {
                        return Optional.empty();
                    }
                    if (typed.trust() && method == AuthenticationMethod.TOTP) {
                        trustedDevices.trust(
                                connection,
                                account,
                                visitor.trustToBe(),
                                visitor.userAgent(),
                                visitor.address());
                    }
                    return Optional.of(
                            arrivals.arrive(
                                    connection,
                                    judgement,
                                    visitor,
                                    account,
                                    proofs,
                                    challenge.first().provedAt(method, clock.instant())));
                });
        return started.isPresent()
                ? new Login.Result.SignedIn(started.get())
                : wrong(judgement, Optional.empty(), token);
    }

    /** A challenge is good once. */
    private boolean use(
            Connection connection,
            Challenge challenge,
            String token,
            Account account,
            LiveWatch.Judgement judgement,
            AuthenticationMethod method)
            throws SQLException {
        if (!challenges.use(connection, token)) {
            return false;
        }
        if (method == AuthenticationMethod.MAIL_CODE) {
            bounces.arrived(connection, account.email());
        }
        if (challenge.way() == Challenges.Way.RECOVERY) {
            return recoveries.use(connection, account, judgement.approach().address());
        }
        if (method != AuthenticationMethod.MAIL_CODE) {
            recoveries.factorUsed(connection, account);
            boolean known = judgement.verdict().reasons().contains(Reason.KNOWN_DEVICE);
            factors.fitted(connection, account.id(), known);
        }
        return true;
    }

    private Login.Result wrong(
            LiveWatch.Judgement judgement, Optional<Challenge> challenge, String token) {
        return wrong(judgement, challenge, token, null);
    }

    /**
     * A code does not let in.
     *
     * @param drift it would have been right so many steps away; {@code null} where it would not
     */
    private Login.Result wrong(
            LiveWatch.Judgement judgement,
            Optional<Challenge> challenge,
            String token,
            @Nullable Integer drift) {
        watch.record(
                judgement,
                new Attempt(
                        judgement.approach(),
                        new Check(Outcome.REJECTED, Rejection.WRONG_CODE, null, drift, null)));
        boolean more = challenge.isPresent() && challenge.get().tries() < Challenges.MOST_TRIES;
        return more
                ? new Login.Result.CodeWanted(token, challenge.get().shown())
                : new Login.Result.Rejected();
    }
}
