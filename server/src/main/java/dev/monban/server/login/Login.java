package dev.monban.server.login;

import dev.monban.core.factor.Assurance;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.core.watch.Action;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.core.watch.StepUp;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.Identifiers;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.Factors;
import dev.monban.server.password.CommonPasswords;
import dev.monban.server.password.HashGate;
import dev.monban.server.password.Passwords;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.SourceKey;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import dev.monban.server.watch.LiveWatch;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Signs a person in: gathers what is known, lets the watch judge it, checks the password, decides,
 * carries out. An account that does not exist takes the same way as one that does, and whoever the
 * watch refuses meets what a wrong password meets.
 */
public final class Login {

    private static final Set<AuthenticationMethod> PROOFS = Set.of(AuthenticationMethod.PASSWORD);

    private static final Set<AuthenticationMethod> ON_TRUSTED_DEVICE =
            Set.of(AuthenticationMethod.PASSWORD, AuthenticationMethod.TRUSTED_DEVICE);

    /** Whoever is asked to wait is told this; what was guessed fades over hours. */
    static final int WAIT_SECONDS = 300;

    private final Database database;
    private final Accounts accounts;
    private final Passwords passwords;
    private final HashGate gate;
    private final LiveWatch watch;
    private final Challenges challenges;
    private final PasswordChanges changes;
    private final CommonPasswords common;
    private final Disguise disguise = new Disguise();
    private final EventLog events;
    private final Factors factors;
    private final SecondProofs secondProofs;
    private final NearMisses nearMisses;
    private final Arrivals arrivals;

    public Login(
            Database database,
            Accounts accounts,
            Passwords passwords,
            HashGate gate,
            LiveWatch watch,
            Challenges challenges,
            PasswordChanges changes,
            CommonPasswords common,
            EventLog events,
            Factors factors,
            SecondProofs secondProofs,
            NearMisses nearMisses,
            Arrivals arrivals) {
        this.database = database;
        this.accounts = accounts;
        this.passwords = passwords;
        this.gate = gate;
        this.watch = watch;
        this.challenges = challenges;
        this.changes = changes;
        this.common = common;
        this.events = events;
        this.factors = factors;
        this.secondProofs = secondProofs;
        this.nearMisses = nearMisses;
        this.arrivals = arrivals;
    }

    /**
     * Who sends something, and from where.
     *
     * @param source what the address counts as
     * @param device keyed hash of the browser's long-lived cookie; {@code null} where it has none
     * @param deviceToBe the same of the cookie that it has after a success
     * @param trust keyed hash of the cookie that was given when the device was trusted; {@code
     *     null} where it has none
     * @param trustToBe the same of the one that it gets where it is trusted now
     * @param client the client they are on the way to; {@code null} for none
     * @param strong whether more than a password is wanted there
     * @param before the session that the browser has already
     */
    public record Visitor(
            String address,
            SourceKey source,
            Optional<String> userAgent,
            @Nullable String device,
            String deviceToBe,
            @Nullable String trust,
            String trustToBe,
            @Nullable String client,
            boolean strong,
            Optional<Session> before) {

        /** Whether a device that is trusted may stand for this account's second factor here. */
        boolean mayRelyOnDevice(Account account) {
            return !strong && before.filter(s -> s.account().equals(account.id())).isEmpty();
        }
    }

    /**
     * What somebody sends to sign in.
     *
     * @param identifier as it was typed
     */
    public record Try(String identifier, String password, Visitor visitor) {

        /** What was typed as the password is a login name; so the other is meant as password. */
        Try exchanged() {
            return new Try(/* identifier= */ password, /* password= */ identifier, visitor);
        }

        @Override
        public String toString() {
            return "a try to sign in";
        }
    }

    /** What became of it. */
    public sealed interface Result {
        /** Signed in. */
        record SignedIn(Sessions.Started started) implements Result {}

        /** Not signed in; why is nobody's business but the log's. */
        record Rejected() implements Result {}

        /** Not looked at; to be tried again later. */
        record Wait(int seconds) implements Result {}

        /** Proved, but the password is known to somebody else: another one is to be chosen. */
        record PasswordWanted(String ticket) implements Result {}

        /**
         * A code is wanted; whether one was sent, the visitor learns from their mail alone.
         *
         * @param shown which code the page asks for
         */
        record CodeWanted(String token, Challenges.Shown shown) implements Result {}
    }

    /**
     * Tries.
     *
     * @throws dev.monban.server.platform.Problem (503) where too many try at once
     */
    public Result attempt(Try what) {
        Named named = isSensible(what) ? named(what) : new Named(what, Optional.empty(), false);
        return attempt(named.what(), named.account(), named.exchanged());
    }

    /**
     * Whom a try names.
     *
     * @param exchanged whether by the field for the password
     */
    private record Named(Try what, Optional<Account> account, boolean exchanged) {}

    /** Both are looked up whatever is found, so that the time tells nothing. */
    private Named named(Try what) {
        Optional<Account> account = byName(what.identifier());
        Optional<Account> other =
                what.password().indexOf('@') > 0 ? byName(what.password()) : Optional.empty();
        // Strangers would learn from what follows that there is such an account.
        boolean exchanged =
                account.isEmpty()
                        && other.isPresent()
                        && watch.isFamiliar(approach(what.exchanged(), other));
        return exchanged
                ? new Named(what.exchanged(), other, true)
                : new Named(what, account, false);
    }

    private Approach approach(Try what, Optional<Account> account) {
        return arrivals.approach(
                what.visitor(),
                Identifiers.normalise(what.identifier()),
                account,
                Step.PASSWORD,
                watch.tag(what.password()),
                common.contains(limited(what.password())));
    }

    private Optional<Account> byName(String typed) {
        return database.query(c -> accounts.byIdentifier(c, Identifiers.normalise(typed)));
    }

    /** With login name and password in each other's place nobody gets in, however right. */
    private Result attempt(Try what, Optional<Account> account, boolean exchanged) {
        String identifier = Identifiers.normalise(what.identifier());
        LiveWatch.Judgement judgement = watch.judge(approach(what, account));
        return arrivals.inFlight(
                judgement, () -> check(what, identifier, account, exchanged, judgement));
    }

    private Result check(
            Try what,
            String identifier,
            Optional<Account> account,
            boolean exchanged,
            LiveWatch.Judgement judgement) {
        if (judgement.stops()) {
            return stopped(what, judgement, identifier, account);
        }
        Passwords.Check check = check(what, identifier, account);
        @Nullable Rejection rejection = decide(account, check.right() && !exchanged);
        if (rejection == null && account.isPresent()) {
            nearMisses.signedIn();
            return right(what, judgement, account.get(), check);
        }
        Result result = wrong(judgement, identifier, account, rejection);
        if (rejection == Rejection.WRONG_PASSWORD && account.isPresent()) {
            if (exchanged && check.right()) {
                nearMisses.exchanged(judgement, account.get());
            } else {
                nearMisses.wrong(judgement, account.get(), what.password());
            }
        }
        return result;
    }

    private Passwords.Check check(Try what, String identifier, Optional<Account> account) {
        String stored = account.map(Account::passwordHash).orElse(null);
        return disguise.measured(() ->
                gate.pass(
                        identifier,
                        what.visitor().source(),
                        () -> passwords.check(limited(what.password()), stored)));
    }

    private Result right(
            Try what, LiveWatch.Judgement judgement, Account account, Passwords.Check check) {
        Visitor visitor = what.visitor();
        boolean expired = account.passwordExpiredAt() != null;
        SecondProofs.Demand demand =
                secondProofs.after(judgement, visitor, account, First.PASSWORD, expired);
        if (demand.asked().isPresent()) {
            return database.transaction(c ->
                    secondProofs.ask(c, judgement, account, demand.asked().get(), First.PASSWORD));
        }
        if (expired) {
            boolean known = judgement.verdict().reasons().contains(Reason.KNOWN_DEVICE);
            return expired(judgement, account, known);
        }
        Optional<String> renewed =
                check.stale() ? Optional.of(passwords.hash(what.password())) : Optional.empty();
        return database.transaction(connection -> {
            Sessions.Started started =
                    arrivals.arrive(
                            connection,
                            judgement,
                            visitor,
                            account,
                            demand.trusted() ? ON_TRUSTED_DEVICE : PROOFS);
            if (renewed.isPresent()) {
                accounts.renewHash(connection, account, renewed.get());
                events.record(
                        connection, Event.of(EventKind.PASSWORD_RENEWED).account(account.id()));
            }
            return new Result.SignedIn(started);
        });
    }

    /** Whoever else knows the password must not be the one who changes it. */
    private Result expired(LiveWatch.Judgement judgement, Account account, boolean proved) {
        if (!proved) {
            return wrong(
                    judgement,
                    account.identifier(),
                    Optional.of(account),
                    Rejection.PASSWORD_EXPIRED);
        }
        watch.record(judgement, new Attempt(judgement.approach(), Check.accepted()));
        return new Result.PasswordWanted(
                changes.seal(account, PROOFS, PasswordChanges.Why.EXPIRED));
    }

    /** Puts another password in the place of one that must not be used, and signs in. */
    public PasswordChanges.Outcome<Sessions.Started> changed(
            PasswordChanges.Leave leave, String password, Visitor visitor) {
        Account account = leave.account();
        if (factors.of(account.id()).any()
                && !Assurance.level(leave.proofs()).satisfies(AssuranceLevel.AAL2)) {
            throw new Problem(422, "code_over", "a factor was added meanwhile");
        }
        LiveWatch.Judgement judged =
                arrivals.judge(visitor, account.identifier(), Optional.of(account), Step.PASSWORD);
        // Whoever comes so far has given every proof already.
        LiveWatch.Judgement judgement = judged.stops() ? judged.proved() : judged;
        return arrivals.inFlight(judgement, () -> changed(leave, password, visitor, judgement));
    }

    private PasswordChanges.Outcome<Sessions.Started> changed(
            PasswordChanges.Leave leave,
            String password,
            Visitor visitor,
            LiveWatch.Judgement judgement) {
        Account account = leave.account();
        PasswordChanges.Outcome<Sessions.Started> outcome =
                changes.change(
                        account,
                        password,
                        PasswordChanges.Why.EXPIRED,
                        visitor.address(),
                        connection ->
                                arrivals.arrive(
                                        connection, judgement, visitor, account, leave.proofs()));
        if (outcome.result().isEmpty()) {
            watch.giveUp(judgement);
        }
        return outcome;
    }

    /**
     * Whether this is the password of somebody who is signed in already. A wrong one is on record
     * as any other.
     */
    public boolean isRight(Account account, String password, Visitor visitor) {
        Try what = new Try(account.identifier(), password, visitor);
        Optional<Account> owner = Optional.of(account);
        LiveWatch.Judgement judgement = watch.judge(approach(what, owner));
        try {
            boolean right = !judgement.stops() && check(what, account.identifier(), owner).right();
            if (right) {
                watch.giveUp(judgement);
            } else {
                watch.record(
                        judgement,
                        new Attempt(
                                judgement.approach(), Check.rejected(Rejection.WRONG_PASSWORD)));
            }
            return right;
        } catch (RuntimeException e) {
            watch.giveUp(judgement);
            throw e;
        }
    }

    private Result wrong(
            LiveWatch.Judgement judgement,
            String identifier,
            Optional<Account> account,
            @Nullable Rejection rejection) {
        Attempt attempt =
                new Attempt(
                        judgement.approach(),
                        Check.rejected(rejection == null ? Rejection.UNKNOWN_ACCOUNT : rejection));
        return refused(judgement, attempt, identifier, account);
    }

    /**
     * Nobody gets in, whatever is right. While there is room, the password is looked at all the
     * same: whose it is that the attacker knows, the operators must learn.
     */
    private Result stopped(
            Try what, LiveWatch.Judgement judgement, String identifier, Optional<Account> account) {
        if (judgement.verdict().action() == Action.THROTTLE) {
            watch.recordStopped(judgement);
            return new Result.Wait(WAIT_SECONDS);
        }
        Attempt attempt = LiveWatch.unchecked(judgement);
        if (gate.hasRoom()) {
            boolean right = check(what, identifier, account).right() && account.isPresent();
            attempt =
                    new Attempt(
                            judgement.approach(),
                            right
                                    ? new Check(Outcome.ACCEPTED, null, null, null, StepUp.FAILED)
                                    : Check.rejected(
                                            account.isPresent()
                                                    ? Rejection.WRONG_PASSWORD
                                                    : Rejection.UNKNOWN_ACCOUNT));
        } else {
            gate.occupy(identifier, what.visitor().source(), disguise::pause);
        }
        return refused(judgement, attempt, identifier, account);
    }

    /** What a wrong password meets, and whoever is to take it for one. */
    private Result refused(
            LiveWatch.Judgement judgement,
            Attempt attempt,
            String identifier,
            Optional<Account> account) {
        if (judgement.masked() && challenges.reachAnybody()) {
            return database.transaction(connection -> {
                String token =
                        challenges.pretend(connection, Arrivals.limitedName(identifier), account);
                watch.record(connection, judgement, attempt);
                return new Result.CodeWanted(token, Challenges.Shown.ANY);
            });
        }
        watch.record(judgement, attempt);
        return new Result.Rejected();
    }

    private static @Nullable Rejection decide(Optional<Account> account, boolean right) {
        if (account.isEmpty()) {
            return Rejection.UNKNOWN_ACCOUNT;
        }
        if (!right) {
            return Rejection.WRONG_PASSWORD;
        }
        return account.get().disabledAt() != null ? Rejection.ACCOUNT_DISABLED : null;
    }

    /** Nobody has a login name or a password as long as this; it is checked all the same. */
    private static boolean isSensible(Try what) {
        return what.identifier().length() <= Identifiers.MOST_CHARACTERS
                && what.password().length() <= Passwords.MOST_CHARACTERS;
    }

    private static String limited(String password) {
        return password.substring(0, Math.min(password.length(), Passwords.MOST_CHARACTERS));
    }
}
