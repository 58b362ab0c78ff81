package dev.monban.server.factor;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.core.factor.Totp;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.store.AppStore;
import dev.monban.server.factor.store.GuessStore;
import dev.monban.server.factor.store.PasskeyStore;
import dev.monban.server.factor.store.RecoveryCodeStore;
import dev.monban.server.factor.store.RecoveryStore;
import dev.monban.server.factor.store.TrustedDeviceStore;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import dev.monban.server.session.Session;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The factors of people: which there are, and whether a code fits one of them. */
public final class Factors {

    /** Apps and passkeys that an account may have, of each. */
    public static final int MOST = 10;

    /** Wrong codes in a row that cost no waiting. */
    public static final int FREE_GUESSES = 5;

    private static final int RECOVERY_CODES = 10;
    private static final int RECOVERY_CHARACTERS = 12;

    /** Without what is mistaken for something else. */
    private static final String RECOVERY_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";

    /** 160 bits (RFC 4226, section 4, R6). */
    private static final int SECRET_BYTES = 20;

    private static final Duration DRAFT_LASTS = Duration.ofMinutes(15);
    private static final Purpose DRAFT = Purpose.of("app draft");
    private static final Purpose APP_SECRET = Purpose.of("app secret");
    private static final Duration FRESH = Duration.ofMinutes(10);
    private static final Purpose.OfSubject RECOVERY_CODE = Purpose.ofSubject("recovery code ");

    private final Database database;
    private final Accounts accounts;
    private final Vault vault;
    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;
    private final Notices notices;

    public Factors(
            Database database,
            Accounts accounts,
            Vault vault,
            Ids ids,
            InstantSource clock,
            EventLog events,
            Notices notices) {
        this.database = database;
        this.accounts = accounts;
        this.vault = vault;
        this.ids = ids;
        this.clock = clock;
        this.events = events;
        this.notices = notices;
    }

    /**
     * An app or a passkey, as its owner sees it.
     *
     * @param held whether it signs nobody in, as there may be a copy of it
     */
    public record Line(
            UUID id, String name, Instant createdAt, @Nullable Instant lastUsedAt, boolean held) {}

    /**
     * What an account has.
     *
     * @param recoveryCodes how many are left
     */
    public record All(List<Line> apps, List<Line> passkeys, long recoveryCodes) {
        public All {
            apps = List.copyOf(apps);
            passkeys = List.copyOf(passkeys);
        }

        /** Whether a password alone does not sign in: not even where the only factor is held. */
        public boolean any() {
            return !apps.isEmpty() || !passkeys.isEmpty();
        }

        /** The highest level that the account can reach. */
        public AssuranceLevel reachable() {
            return passkeys.stream().anyMatch(passkey -> !passkey.held())
                    ? AssuranceLevel.PHISHING_RESISTANT
                    : apps.isEmpty() ? AssuranceLevel.AAL1 : AssuranceLevel.AAL2;
        }
    }

    /** What this account has. */
    public All of(UUID account) {
        return database.query(connection -> of(connection, account));
    }

    static All of(Connection connection, UUID account) throws SQLException {
        return new All(
                AppStore.ofAccount(connection, account).stream()
                        .map(a -> new Line(a.id(), a.name(), a.createdAt(), a.lastUsedAt(), false))
                        .toList(),
                PasskeyStore.ofAccount(connection, account),
                RecoveryCodeStore.left(connection, account));
    }

    /**
     * Whether whoever has this session has proved who they are within the last minutes, with a
     * second factor where there is one.
     */
    public boolean isFresh(Session session) {
        AssuranceLevel needed =
                of(session.account()).any() ? AssuranceLevel.AAL2 : AssuranceLevel.AAL1;
        return session.authenticatedAt().plus(FRESH).isAfter(clock.instant())
                && session.level().satisfies(needed);
    }

    /** Begins to add an app. */
    public AppDraft draft(Account account) {
        byte[] secret = Tokens.bytes(SECRET_BYTES);
        String plain =
                "secret="
                        + Tokens.base64Url(secret)
                        + "&account="
                        + account.id()
                        + "&until="
                        + clock.instant().plus(DRAFT_LASTS).toEpochMilli();
        return new AppDraft(
                secret,
                Tokens.base64Url(vault.seal(DRAFT, plain.getBytes(StandardCharsets.UTF_8))),
                account.identifier());
    }

    /** The draft that a form brings back; empty where it is another's, or too old. */
    public Optional<AppDraft> open(Account account, String ticket) {
        try {
            Optional<byte[]> plain = vault.open(DRAFT, Base64.getUrlDecoder().decode(ticket));
            if (plain.isEmpty()) {
                return Optional.empty();
            }
            Parameters fields = Parameters.parse(new String(plain.get(), StandardCharsets.UTF_8));
            Instant until = Instant.ofEpochMilli(Long.parseLong(fields.text("until")));
            boolean good =
                    fields.text("account").equals(account.id().toString())
                            && until.isAfter(clock.instant());
            byte[] secret = Base64.getUrlDecoder().decode(fields.text("secret"));
            return good
                    ? Optional.of(new AppDraft(secret, ticket, account.identifier()))
                    : Optional.empty();
        } catch (IllegalArgumentException | Parameters.Malformed e) {
            return Optional.empty();
        }
    }

    /**
     * Adds an app, where the code shows that it has the secret.
     *
     * @return false where the code does not fit, or there are too many apps
     */
    public boolean addApp(
            Account account, AppDraft draft, String name, String code, String address) {
        byte[] secret = draft.secret();
        Instant now = clock.instant();
        Optional<Totp.Match> match = Totp.match(new Totp.App(secret, 0, 0), code.strip(), now);
        if (match.isEmpty()) {
            return false;
        }
        return database.transaction(connection -> {
            if (AppStore.ofAccount(connection, account.id()).size() >= MOST) {
                return false;
            }
            boolean added =
                    AppStore.insert(
                            connection,
                            account.id(),
                            new AppStore.Row(
                                    ids.next(),
                                    name,
                                    vault.seal(APP_SECRET, secret),
                                    match.get().drift(),
                                    match.get().step(),
                                    now,
                                    null));
            changed(connection, account, EventKind.FACTOR_ADDED, "app", name, address);
            return added;
        });
    }

    /** Takes an app away; nothing where the account has none of that id. */
    public void removeApp(Account account, UUID id, String address) {
        database.transact(connection -> {
            Optional<AppStore.Row> app =
                    AppStore.ofAccount(connection, account.id()).stream()
                            .filter(a -> a.id().equals(id))
                            .findFirst();
            if (app.isPresent() && AppStore.delete(connection, account.id(), id)) {
                changed(
                        connection,
                        account,
                        EventKind.FACTOR_REMOVED,
                        "app",
                        app.get().name(),
                        address);
                tidy(connection, account);
            }
        });
    }

    /** Takes all factors away: their owner has lost them. */
    void removeAll(Connection connection, Account account, String address) throws SQLException {
        All all = of(connection, account.id());
        for (Line app : all.apps()) {
            boolean gone = AppStore.delete(connection, account.id(), app.id());
            assert gone;
            removed(connection, account, "app", app.name(), address);
        }
        for (Line passkey : all.passkeys()) {
            Optional<String> gone = PasskeyStore.delete(connection, account.id(), passkey.id());
            assert gone.isPresent();
            removed(connection, account, "passkey", passkey.name(), address);
        }
        tidy(connection, account);
    }

    private void removed(
            Connection connection, Account account, String what, String name, String address)
            throws SQLException {
        events.record(
                connection,
                Event.of(EventKind.FACTOR_REMOVED)
                        .account(account.id())
                        .address(address)
                        .details(Map.of("factor", what, "name", name)));
    }

    /**
     * What goes with a factor: all trust in devices, and, with the last one, the recovery codes.
     */
    void tidy(Connection connection, Account account) throws SQLException {
        int untrusted = TrustedDeviceStore.deleteAll(connection, account.id());
        assert untrusted >= 0;
        if (!of(connection, account.id()).any()) {
            int deleted = RecoveryCodeStore.deleteAll(connection, account.id());
            assert deleted >= 0;
        }
    }

    void changed(
            Connection connection,
            Account account,
            EventKind kind,
            String what,
            String name,
            String address)
            throws SQLException {
        if (kind == EventKind.FACTOR_ADDED
                && RecoveryStore.end(connection, account.id(), "factor_added", clock.instant())) {
            events.record(
                    connection,
                    Event.of(EventKind.RECOVERY_ENDED)
                            .account(account.id())
                            .details(Map.of("because", "factor_added")));
        }
        events.record(
                connection,
                Event.of(kind)
                        .account(account.id())
                        .address(address)
                        .details(Map.of("factor", what, "name", name)));
        notices.put(connection, account, kind.code(), name);
    }

    void tellCloned(Connection connection, UUID account, String name) throws SQLException {
        Optional<Account> owner = accounts.byId(connection, account);
        if (owner.isPresent()) {
            notices.put(connection, owner.get(), "passkey_cloned", name);
        }
    }

    /** Makes ten codes in the place of those that there were; they are shown once. */
    public List<String> makeRecoveryCodes(Account account, String address) {
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < RECOVERY_CODES; i++) {
            codes.add(recoveryCode());
        }
        Instant now = clock.instant();
        database.transact(connection -> {
            int before = RecoveryCodeStore.deleteAll(connection, account.id());
            for (String code : codes) {
                boolean made =
                        RecoveryCodeStore.insert(
                                connection, account.id(), tag(account.id(), code), now);
                assert made;
            }
            events.record(
                    connection,
                    Event.of(EventKind.RECOVERY_CODES_MADE)
                            .account(account.id())
                            .address(address)
                            .details(Map.of("before", before)));
            notices.put(connection, account, "recovery_codes_made");
        });
        return codes;
    }

    private static String recoveryCode() {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < RECOVERY_CHARACTERS; i++) {
            if (i > 0 && i % 4 == 0) {
                code.append('-');
            }
            code.append(RECOVERY_ALPHABET.charAt(Tokens.number(RECOVERY_ALPHABET.length())));
        }
        return code.toString();
    }

    private byte[] tag(UUID account, String code) {
        String plain = code.toLowerCase(Locale.ROOT).replaceAll("[^0-9a-z]", "");
        return vault.tag(RECOVERY_CODE, account.toString(), plain);
    }

    /**
     * A drift that an earlier code of the same sign-in showed.
     *
     * @param step that code's
     */
    public record Drifted(int drift, long step) {}

    /** What became of a code. */
    public sealed interface Outcome {
        /** It fits, and is used up. */
        record Fits(AuthenticationMethod method) implements Outcome {}

        /** It fits a clock that is far off; the next one must show the same. */
        record Drifts(Drifted drifted) implements Outcome {}

        /** It does not fit. */
        record Wrong() implements Outcome {}
    }

    /**
     * Leave to guess, or not.
     *
     * @param inARow how many wrong ones there are with this one; 0 where it may not be made
     * @param toWait how long to wait first; zero where it may be made
     */
    public record Guess(int inARow, Duration toWait) {

        public boolean mustWait() {
            return !toWait.isZero();
        }
    }

    /**
     * Takes a guess; it counts as wrong until {@link #fitted} is called.
     *
     * @param known whether from a device that has signed in to the account before
     */
    public Guess takeGuess(UUID account, boolean known) {
        Instant now = clock.instant();
        return database.transaction(connection -> {
            Optional<Integer> inARow =
                    GuessStore.take(connection, account, known, FREE_GUESSES, now);
            return inARow.isPresent()
                    ? new Guess(inARow.get(), Duration.ZERO)
                    : new Guess(
                            0,
                            GuessStore.wait(connection, account, known, FREE_GUESSES, now)
                                    .plusSeconds(1));
        });
    }

    /** The guess was right, in the transaction of what it lets in. */
    public void fitted(Connection connection, UUID account, boolean known) throws SQLException {
        boolean forgotten = GuessStore.forget(connection, account, known);
        assert forgotten;
    }

    /** The owner is stuck, and has shown who they are: nothing wrong is held against them. */
    public void forgive(Connection connection, UUID account) throws SQLException {
        GuessStore.forgetAll(connection, account);
    }

    /** Whether what was typed is meant to be a code from paper. */
    public static boolean looksLikeRecovery(String code) {
        return code.strip().length() > Totp.DIGITS;
    }

    /**
     * Tries a code at the account's apps and recovery codes, and uses it up where it fits.
     *
     * @param before what an earlier code of the same sign-in showed
     */
    public Outcome tryCode(Account account, String code, Optional<Drifted> before) {
        String typed = code.strip();
        return typed.length() == Totp.DIGITS
                ? database.transaction(c -> tryApps(c, account, typed, before))
                : database.transaction(c -> tryRecovery(c, account, typed));
    }

    private Outcome tryApps(
            Connection connection, Account account, String code, Optional<Drifted> before)
            throws SQLException {
        Instant now = clock.instant();
        for (AppStore.Row app : AppStore.ofAccount(connection, account.id())) {
            byte[] secret =
                    vault.open(APP_SECRET, app.secret())
                            .orElseThrow(() ->
                                    new IllegalStateException("sealed with another master key"));
            Optional<Totp.Match> match =
                    Totp.match(new Totp.App(secret, app.drift(), app.usedStep()), code, now);
            if (match.isEmpty()) {
                continue;
            }
            boolean again =
                    before.isPresent()
                            && before.get().step() < match.get().step()
                            && Math.abs(before.get().drift() - match.get().drift()) <= 1;
            if (!match.get().expected() && !again) {
                return new Outcome.Drifts(new Drifted(match.get().drift(), match.get().step()));
            }
            if (AppStore.use(connection, app.id(), match.get().step(), match.get().drift(), now)) {
                return new Outcome.Fits(AuthenticationMethod.TOTP);
            }
        }
        return new Outcome.Wrong();
    }

    private Outcome tryRecovery(Connection connection, Account account, String code)
            throws SQLException {
        if (!RecoveryCodeStore.use(
                connection, account.id(), tag(account.id(), code), clock.instant())) {
            return new Outcome.Wrong();
        }
        long left = RecoveryCodeStore.left(connection, account.id());
        events.record(
                connection,
                Event.of(EventKind.RECOVERY_CODE_USED)
                        .account(account.id())
                        .details(Map.of("left", left)));
        notices.put(connection, account, "recovery_code_used", String.valueOf(left));
        return new Outcome.Fits(AuthenticationMethod.RECOVERY_CODE);
    }
}
