package dev.monban.server.login;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.core.password.PasswordFault;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.Recoveries;
import dev.monban.server.login.store.ChallengeStore;
import dev.monban.server.notify.Notices;
import dev.monban.server.password.HashGate;
import dev.monban.server.password.NewPasswords;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.SourceKey;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Has people choose another password: because they wish to, or because they must. */
public final class PasswordChanges {

    private static final Duration TICKET_LASTS = Duration.ofMinutes(15);
    private static final Purpose OWN_WISH = Purpose.of("password ticket own_wish");
    private static final Purpose EXPIRED = Purpose.of("password ticket expired");
    private static final Purpose FORGOTTEN = Purpose.of("password ticket forgotten");
    private static final Purpose INVITED = Purpose.of("password ticket invited");

    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final NewPasswords rules;
    private final HashGate gate;
    private final Sessions sessions;
    private final Notices notices;
    private final Recoveries recoveries;
    private final EventLog events;
    private final Vault vault;
    private final InstantSource clock;

    public PasswordChanges(
            Database database,
            Accounts accounts,
            Tenants tenants,
            NewPasswords rules,
            HashGate gate,
            Sessions sessions,
            Notices notices,
            Recoveries recoveries,
            EventLog events,
            Vault vault,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.rules = rules;
        this.gate = gate;
        this.sessions = sessions;
        this.notices = notices;
        this.recoveries = recoveries;
        this.events = events;
        this.vault = vault;
        this.clock = clock;
    }

    /** Why another password is chosen. */
    public enum Why {
        OWN_WISH,
        /** Somebody else knows the old one. */
        EXPIRED,
        /** The old one is forgotten. */
        FORGOTTEN,
        /** There was none: somebody comes by invitation. */
        INVITED;

        String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * Leave to choose another password without the old one: whoever has it has just proved who they
     * are. It is good until the password changes, or a quarter of an hour.
     *
     * @param hash of the stored hash that is to be replaced
     */
    private record Ticket(
            UUID account, String hash, Instant madeAt, Set<AuthenticationMethod> proofs) {}

    /**
     * Whoever has it may choose.
     *
     * @param proofs that were given for it
     */
    public record Leave(Account account, Set<AuthenticationMethod> proofs) {
        public Leave {
            proofs = Set.copyOf(proofs);
        }
    }

    /** Writes a ticket that nobody else can, and that is good for this alone. */
    public String seal(Account account, Set<AuthenticationMethod> proofs, Why why) {
        String plain =
                "account="
                        + account.id()
                        + "&hash="
                        + fingerprint(account)
                        + "&made_at="
                        + clock.instant().toEpochMilli()
                        + "&proofs="
                        + proofs.stream()
                                .map(AuthenticationMethod::name)
                                .collect(Collectors.joining("+"));
        return Tokens.base64Url(vault.seal(purpose(why), plain.getBytes(StandardCharsets.UTF_8)));
    }

    /** Empty for what is not ours, for something else, too old, or used. */
    public Optional<Leave> open(String sealed, Why why) {
        try {
            Optional<byte[]> plain =
                    vault.open(purpose(why), Base64.getUrlDecoder().decode(sealed));
            if (plain.isEmpty()) {
                return Optional.empty();
            }
            Parameters fields = Parameters.parse(new String(plain.get(), StandardCharsets.UTF_8));
            Ticket ticket =
                    new Ticket(
                            UUID.fromString(fields.text("account")),
                            fields.text("hash"),
                            Instant.ofEpochMilli(Long.parseLong(fields.text("made_at"))),
                            Stream.of(fields.text("proofs").split(" "))
                                    .map(AuthenticationMethod::valueOf)
                                    .collect(Collectors.toSet()));
            if (!ticket.madeAt().plus(TICKET_LASTS).isAfter(clock.instant())) {
                return Optional.empty();
            }
            return database.query(c -> accounts.byId(c, ticket.account()))
                    .filter(account -> !account.disabled())
                    .filter(account -> fingerprint(account).equals(ticket.hash()))
                    .map(account -> new Leave(account, ticket.proofs()));
        } catch (IllegalArgumentException | Parameters.Malformed e) {
            return Optional.empty();
        }
    }

    private static Purpose purpose(Why why) {
        return switch (why) {
            case OWN_WISH -> OWN_WISH;
            case EXPIRED -> EXPIRED;
            case FORGOTTEN -> FORGOTTEN;
            case INVITED -> INVITED;
        };
    }

    private static String fingerprint(Account account) {
        // A mail address that changes ends what was proved by the old one.
        return Tokens.base64Url(Tokens.hash(account.passwordHash() + "\n" + account.email()));
    }

    /** How strong a password is while it is being typed. */
    public Optional<NewPasswords.Strength> strength(String password) {
        return rules.strength(password);
    }

    /** What is done in the transaction of the change. */
    @FunctionalInterface
    public interface Then<T> {
        T carryOut(Connection connection) throws SQLException;
    }

    /**
     * What became of it.
     *
     * @param faults what stands against the password; empty where it was taken
     * @param result empty where it was not, or where somebody else changed it at the same time
     */
    public record Outcome<T>(Set<PasswordFault> faults, Optional<T> result) {
        public Outcome {
            faults = Set.copyOf(faults);
        }
    }

    /**
     * Puts another password in the place of the old one, and ends all sessions.
     *
     * @param then is done in the same transaction
     */
    public <T> Outcome<T> change(
            Account account, String password, Why why, String address, Then<T> then) {
        NewPasswords.Wanted computed =
                gate.pass(
                        account.identifier(),
                        SourceKey.of(address),
                        () ->
                                rules.check(
                                        password,
                                        names(account),
                                        Optional.ofNullable(account.passwordHash()),
                                        false));
        NewPasswords.Wanted wanted = rules.unlessBreached(computed, password);
        if (wanted.hash().isEmpty()) {
            return new Outcome<>(wanted.faults(), Optional.empty());
        }
        Optional<T> result =
                database.transaction(connection -> {
                    if (!accounts.changePassword(
                            connection, account, wanted.hash().get(), clock.instant())) {
                        return Optional.empty();
                    }
                    sessions.endAll(connection, account.id(), SessionEnd.PASSWORD_CHANGED, address);
                    events.record(
                            connection,
                            Event.of(EventKind.PASSWORD_CHANGED)
                                    .account(account.id())
                                    .address(address)
                                    .details(Map.of("because", why.code())));
                    if (why == Why.FORGOTTEN) {
                        recoveries.passwordReset(connection, account);
                    }
                    ChallengeStore.drop(connection, account.id());
                    notices.put(
                            connection,
                            account,
                            why == Why.INVITED ? "account_ready" : "password_changed");
                    return Optional.of(then.carryOut(connection));
                });
        return new Outcome<>(Set.of(), result);
    }

    private List<String> names(Account account) {
        List<String> names = new ArrayList<>();
        names.add(account.identifier());
        names.addAll(List.of(account.identifier().split("[@.]")));
        names.add(account.name());
        names.addAll(List.of(account.name().split("[\\s\u3000]+")));
        database.query(c -> tenants.byId(c, account.tenant()))
                .map(Tenant::name)
                .ifPresent(names::add);
        return names;
    }
}
