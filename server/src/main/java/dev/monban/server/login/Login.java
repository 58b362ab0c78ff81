package dev.monban.server.login;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.Identifiers;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.password.HashGate;
import dev.monban.server.password.Passwords;
import dev.monban.server.platform.Addresses;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.session.Session;
import dev.monban.server.session.Sessions;
import dev.monban.server.watch.AttemptLog;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Signs a person in with a password: gathers what is known, checks, decides, carries out. An
 * account that does not exist takes the same way as one that does.
 */
public final class Login {

    private final Database database;
    private final Accounts accounts;
    private final Passwords passwords;
    private final HashGate gate;
    private final Sessions sessions;
    private final AttemptLog attempts;
    private final EventLog events;
    private final Ids ids;
    private final InstantSource clock;

    public Login(
            Database database,
            Accounts accounts,
            Passwords passwords,
            HashGate gate,
            Sessions sessions,
            AttemptLog attempts,
            EventLog events,
            Ids ids,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.passwords = passwords;
        this.gate = gate;
        this.sessions = sessions;
        this.attempts = attempts;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * What somebody sends to sign in.
     *
     * @param identifier as it was typed
     * @param device keyed hash of the browser's long-lived cookie; {@code null} where it has none
     * @param client the client they are on the way to; {@code null} for none
     * @param before the session that the browser has already
     */
    public record Try(
            String identifier,
            String password,
            String address,
            Optional<String> userAgent,
            @Nullable String device,
            @Nullable String client,
            Optional<Session> before) {

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
    }

    /**
     * Tries.
     *
     * @throws dev.monban.server.platform.Problem (503) where too many try at once
     */
    public Result attempt(Try what) {
        String identifier = Identifiers.normalise(what.identifier());
        Optional<Account> account =
                isSensible(what)
                        ? database.query(c -> accounts.byIdentifier(c, identifier))
                        : Optional.empty();
        String stored = account.map(Account::passwordHash).orElse(null);
        Passwords.Check check =
                gate.pass(
                        identifier,
                        Addresses.network(what.address()),
                        () -> passwords.check(limited(what.password()), stored));
        @Nullable Rejection rejection = decide(account, check.right());
        return database.transaction(connection -> {
            Optional<Sessions.Started> started = Optional.empty();
            if (rejection == null && account.isPresent()) {
                started =
                        Optional.of(
                                sessions.start(
                                        connection,
                                        account.get().id(),
                                        what.before(),
                                        AuthenticationMethod.PASSWORD,
                                        what.address(),
                                        what.userAgent()));
                if (check.renewed().isPresent()) {
                    accounts.renewHash(connection, account.get(), check.renewed().get());
                    events.record(
                            connection,
                            Event.of(EventKind.PASSWORD_RENEWED).account(account.get().id()));
                }
            }
            attempts.record(connection, attempt(what, identifier, account, rejection, started));
            return started.<Result>map(Result.SignedIn::new).orElse(new Result.Rejected());
        });
    }

    private static @Nullable Rejection decide(Optional<Account> account, boolean right) {
        if (account.isEmpty()) {
            return Rejection.UNKNOWN_ACCOUNT;
        }
        if (!right) {
            return Rejection.WRONG_PASSWORD;
        }
        return account.get().disabled() ? Rejection.ACCOUNT_DISABLED : null;
    }

    private Attempt attempt(
            Try what,
            String identifier,
            Optional<Account> account,
            @Nullable Rejection rejection,
            Optional<Sessions.Started> started) {
        Instant now = clock.instant();
        Approach approach =
                new Approach(
                        ids.next().toString(),
                        now,
                        account.map(Account::tenant).map(UUID::toString).orElse(null),
                        identifier.substring(
                                0, Math.min(identifier.length(), Identifiers.MOST_CHARACTERS)),
                        account.map(Account::id).map(UUID::toString).orElse(null),
                        what.address(),
                        0,
                        null,
                        what.userAgent().orElse(null),
                        what.device(),
                        what.client(),
                        Step.PASSWORD,
                        null,
                        false,
                        started.map(s -> s.session().id().toString()).orElse(null));
        return new Attempt(
                approach, rejection == null ? Check.accepted() : Check.rejected(rejection));
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
