package dev.monban.server.account;

import dev.monban.server.account.store.AccountStore;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.password.Passwords;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Texts;
import dev.monban.server.platform.Vault;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes accounts agree with what was declared. */
public final class DeclaredAccounts {

    private static final Purpose.OfSubject DECLARED_PASSWORD =
            Purpose.ofSubject("declared password ");

    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;
    private final Passwords passwords;
    private final Vault vault;
    private final Sessions sessions;

    public DeclaredAccounts(
            Ids ids,
            InstantSource clock,
            EventLog events,
            Passwords passwords,
            Vault vault,
            Sessions sessions) {
        this.ids = ids;
        this.clock = clock;
        this.events = events;
        this.passwords = passwords;
        this.vault = vault;
        this.sessions = sessions;
    }

    /** What is declared of an account, besides its password. */
    public record Declared(
            String identifier,
            UUID tenant,
            String name,
            @Nullable String givenName,
            @Nullable String familyName,
            @Nullable String email,
            Language language,
            boolean disabled) {}

    /** The account's id, and whether anything changed. */
    public record Outcome(UUID id, boolean changed) {}

    /**
     * Makes the account, or changes what differs. Password, mail address and language are set only
     * where the declared one is another than the last time: what a person chose since stays.
     */
    public Outcome declare(Connection connection, Declared declared, Optional<String> password)
            throws SQLException {
        Instant now = clock.instant();
        Optional<Account> before = AccountStore.byIdentifier(connection, declared.identifier());
        Optional<AccountStore.Declared> last =
                before.isPresent()
                        ? AccountStore.lastDeclared(connection, before.get().id())
                        : Optional.empty();
        AccountStore.Declared wish =
                new AccountStore.Declared(declared.email(), declared.language().tag());
        Account after = account(declared, before, last, now);
        boolean changed = before.isEmpty() || !same(before.get(), after);
        if (before.isEmpty()) {
            AccountStore.insert(connection, after);
        } else if (changed) {
            AccountStore.update(connection, after);
        }
        if (last.isEmpty() || !last.get().equals(wish)) {
            AccountStore.noteDeclared(connection, after.id(), wish);
        }
        boolean otherPassword =
                password.isPresent()
                        && declarePassword(connection, after.id(), password.get(), now);
        changed |= otherPassword;
        if (before.isPresent() && after.disabled() && !before.get().disabled()) {
            sessions.endAll(connection, after.id(), SessionEnd.ACCOUNT_DISABLED, "");
        } else if (before.isPresent() && otherPassword) {
            sessions.endAll(connection, after.id(), SessionEnd.PASSWORD_CHANGED, "");
        }
        if (changed) {
            events.record(
                    connection,
                    Event.of(EventKind.ACCOUNT_DECLARED)
                            .tenant(after.tenant())
                            .account(after.id()));
        }
        return new Outcome(after.id(), changed);
    }

    private Account account(
            Declared declared,
            Optional<Account> before,
            Optional<AccountStore.Declared> last,
            Instant now) {
        Instant since = before.map(Account::disabledAt).orElse(now);
        boolean sameEmail =
                last.isPresent() && Objects.equals(last.get().email(), declared.email());
        boolean sameLanguage =
                last.isPresent() && declared.language().tag().equals(last.get().language());
        return new Account(
                before.map(Account::id).orElseGet(ids::next),
                declared.tenant(),
                declared.identifier(),
                declared.name(),
                declared.givenName(),
                declared.familyName(),
                sameEmail ? before.orElseThrow().email() : declared.email(),
                sameEmail ? before.orElseThrow().emailVerified() : declared.email() != null,
                sameLanguage ? before.orElseThrow().language() : declared.language(),
                before.map(Account::timeZone).orElse(Texts.ZONE),
                before.map(Account::passwordHash).orElse(null),
                before.map(Account::passwordExpiredAt).orElse(null),
                declared.disabled() ? since : null,
                now);
    }

    private boolean declarePassword(Connection connection, UUID id, String password, Instant now)
            throws SQLException {
        byte[] tag = vault.tag(DECLARED_PASSWORD, id.toString(), password);
        boolean known =
                AccountStore.declaredTag(connection, id)
                        .filter(t -> Arrays.equals(t, tag))
                        .isPresent();
        if (!known) {
            AccountStore.declarePassword(connection, id, passwords.hash(password), tag, now);
        }
        return !known;
    }

    private static boolean same(Account one, Account other) {
        return one.tenant().equals(other.tenant())
                && one.name().equals(other.name())
                && Objects.equals(one.givenName(), other.givenName())
                && Objects.equals(one.familyName(), other.familyName())
                && Objects.equals(one.email(), other.email())
                && one.emailVerified() == other.emailVerified()
                && one.language() == other.language()
                && one.disabled() == other.disabled();
    }
}
