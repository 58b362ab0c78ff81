package dev.monban.server.login;

import dev.monban.server.account.Account;
import dev.monban.server.factor.Factors;
import dev.monban.server.login.store.ChallengeStore;
import dev.monban.server.notify.Mail;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Texts;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Six-digit codes by mail, for people who sign in at a place that their account does not know. A
 * code lives for minutes, is taken once, and a few tries end it (NIST SP 800-63B-4, section 3.2.2).
 * Where the password was wrong, a challenge is made all the same, which no code fits.
 */
public final class Challenges {

    /** Which code fits. */
    public enum Way {
        /** One that was sent by mail. */
        MAIL,
        /** One of the account's own: from an app, or from paper. */
        FACTOR,
        /** A longer one by mail, for a forgotten password. */
        RESET,
        /** One by mail, for somebody who has lost every factor and is let back in. */
        RECOVERY,
        /** One that was sent to a new address. */
        ADDRESS;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Which code the page asks for. */
    public enum Shown {
        MAIL,
        FACTOR,
        /** One by mail, after the organisation's own sign-in. */
        ORGANISATION,
        /** One by mail, after which all factors are gone; whether it was sent is not told. */
        RECOVERY,
        /** Either: the page must not tell whether there is one at all. */
        ANY;

        static Shown of(Way way, First first) {
            return switch (way) {
                case FACTOR -> FACTOR;
                case RECOVERY -> RECOVERY;
                case MAIL, RESET, ADDRESS -> first.isPassword() ? MAIL : ORGANISATION;
            };
        }

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How many codes may be tried. */
    static final int MOST_TRIES = 5;

    /** So many mails within the time that a code is good; an attacker shall not fill a mailbox. */
    private static final int MOST_MAILS = 5;

    private static final Duration GOOD_FOR = Duration.ofMinutes(10);

    /** Those that nobody typed are looked at once more when they are over. */
    private static final Duration KEPT = Duration.ofMinutes(30);

    private static final int CODES = 1_000_000;
    private static final int LONG_CODES = 100_000_000;
    private static final UUID NOBODY = new UUID(0, 0);
    private static final Purpose PURPOSE = Purpose.of("login code");

    private final Database database;
    private final Vault vault;
    private final Optional<Mail> mail;
    private final InstantSource clock;

    /**
     * @param mail empty where none can be sent; then no proof is asked for
     */
    public Challenges(Database database, Vault vault, Optional<Mail> mail, InstantSource clock) {
        this.database = database;
        this.vault = vault;
        this.mail = mail;
        this.clock = clock;
    }

    /** Whether this account can be asked. */
    boolean reach(Account account) {
        return mail.isPresent() && account.email() != null;
    }

    /** Whether anybody can be asked. */
    boolean reachAnybody() {
        return mail.isPresent();
    }

    /**
     * Asks for a proof; gives the token for the page. Where the proof is a mail, it is sent, unless
     * the account was sent many lately: then the page looks the same.
     *
     * @param first which proof was given before
     */
    String send(
            Connection connection,
            Account account,
            Way way,
            Shown shown,
            First first,
            @Nullable UUID attempt)
            throws SQLException {
        Optional<Account> owner = Optional.of(account);
        String name = account.identifier();
        if (way == Way.FACTOR) {
            return insert(
                    connection, name, owner, true, way, shown, Tokens.fresh(), first, attempt);
        }
        Instant since = clock.instant().minus(GOOD_FOR);
        String to = account.email();
        ChallengeStore.lock(connection, account.id());
        if (mail.isEmpty()
                || to == null
                || ChallengeStore.sent(connection, account.id(), way, since) >= MOST_MAILS) {
            return insert(connection, name, owner, false, way, shown, Tokens.fresh(), first, null);
        }
        String code = shortCode();
        String token = insert(connection, name, owner, true, way, shown, code, first, attempt);
        Texts texts = Texts.in(account.language());
        mail.get()
                .put(
                        connection,
                        to,
                        texts.get("mail.code.subject"),
                        texts.get(
                                first.isPassword()
                                        ? "mail.code.text"
                                        : "mail.code.text.organisation",
                                account.name(),
                                code));
        return token;
    }

    private static String shortCode() {
        return String.format(Locale.ROOT, "%06d", Tokens.number(CODES));
    }

    private static String longCode() {
        return String.format(Locale.ROOT, "%08d", Tokens.number(LONG_CODES));
    }

    /** Sends a code to an address that is to become the account's; gives the token for the page. */
    String sendTo(Connection connection, Account account, String address) throws SQLException {
        Way way = Way.ADDRESS;
        Instant since = clock.instant().minus(GOOD_FOR);
        ChallengeStore.lock(connection, account.id());
        boolean few = ChallengeStore.sent(connection, account.id(), way, since) < MOST_MAILS;
        boolean sent = few && mail.isPresent();
        String code = longCode();
        String token =
                insert(
                        connection,
                        address,
                        Optional.of(account),
                        sent,
                        way,
                        Shown.MAIL,
                        code,
                        First.PASSWORD,
                        null);
        if (sent) {
            Texts texts = Texts.in(account.language());
            mail.get()
                    .put(
                            connection,
                            address,
                            texts.get("mail.address.subject"),
                            texts.get("mail.address.text", account.name(), code));
        }
        return token;
    }

    /**
     * Asks for the code that gives leave to choose another password. It has eight digits, as
     * nothing else is asked for: with five tries each, a few mails in ten minutes, a guesser needs
     * decades. The mail is written once all else is done, so that the time tells nothing.
     *
     * @param account empty where there is none, or none that may be told
     * @param known whether from a place that the account knows: strangers' requests take nothing
     *     from the owner's
     */
    Asked reset(
            String identifier, Optional<Account> account, boolean known, @Nullable UUID attempt) {
        Instant since = clock.instant().minus(GOOD_FOR);
        String code = longCode();
        boolean reached = account.filter(this::reach).isPresent();
        UUID counted = account.map(Account::id).orElse(NOBODY);
        String token =
                database.transaction(connection -> {
                    ChallengeStore.lock(connection, counted);
                    boolean few =
                            ChallengeStore.resets(connection, counted, known, since) < MOST_MAILS;
                    return insert(
                            connection,
                            identifier,
                            account,
                            reached && few,
                            Way.RESET,
                            known ? Shown.MAIL : Shown.ANY,
                            code,
                            First.PASSWORD,
                            attempt);
                });
        return new Asked(
                token, () -> account.filter(this::reach).ifPresent(o -> mailReset(token, o, code)));
    }

    /**
     * A code was asked for.
     *
     * @param token for the page
     * @param mail writes the mail, where there is one to be written
     */
    record Asked(String token, Runnable mail) {}

    private void mailReset(String token, Account account, String code) {
        String to = account.email();
        Optional<ChallengeStore.Challenge> made = find(token);
        if (to == null || mail.isEmpty() || made.isEmpty() || !made.get().fits()) {
            return;
        }
        Texts texts = Texts.in(account.language());
        database.transact(connection ->
                mail.get()
                        .put(
                                connection,
                                to,
                                texts.get("mail.reset.subject"),
                                texts.get("mail.reset.text", account.name(), code)));
    }

    /**
     * Sends the mail that leads to another password, because support was asked for it.
     *
     * @param link where the code is to be typed; the token follows
     * @return false where none reaches the person, or where many were sent lately
     */
    public boolean mailReset(Connection connection, Account account, String link)
            throws SQLException {
        String to = account.email();
        Instant since = clock.instant().minus(GOOD_FOR);
        ChallengeStore.lock(connection, account.id());
        if (mail.isEmpty()
                || to == null
                || ChallengeStore.resets(connection, account.id(), true, since) >= MOST_MAILS) {
            return false;
        }
        String code = longCode();
        String token =
                insert(
                        connection,
                        account.identifier(),
                        Optional.of(account),
                        true,
                        Way.RESET,
                        Shown.MAIL,
                        code,
                        First.PASSWORD,
                        null);
        Texts texts = Texts.in(account.language());
        mail.get()
                .put(
                        connection,
                        to,
                        texts.get("mail.reset.subject"),
                        texts.get("mail.desk_reset.text", account.name(), code, link + token));
        return true;
    }

    /** What looks like one, for whoever must not learn that the password was wrong. */
    String pretend(Connection connection, String identifier, Optional<Account> account)
            throws SQLException {
        return insert(
                connection,
                identifier,
                account,
                false,
                Way.MAIL,
                Shown.ANY,
                Tokens.fresh(),
                First.PASSWORD,
                null);
    }

    /** The same for whoever says that every factor is lost, and is not let back in. */
    String pretendRecovery(Connection connection, ChallengeStore.Challenge before)
            throws SQLException {
        return insert(
                connection,
                before.identifier(),
                Optional.empty(),
                false,
                Way.RECOVERY,
                Shown.RECOVERY,
                Tokens.fresh(),
                before.first(),
                null);
    }

    private String insert(
            Connection connection,
            String identifier,
            Optional<Account> account,
            boolean fits,
            Way way,
            Shown shown,
            String code,
            First first,
            @Nullable UUID attempt)
            throws SQLException {
        String token = Tokens.fresh();
        Instant now = clock.instant();
        boolean inserted =
                ChallengeStore.insert(
                        connection,
                        Tokens.hash(token),
                        new ChallengeStore.Challenge(
                                identifier,
                                account.map(Account::id).orElse(null),
                                fits,
                                way,
                                shown,
                                vault.tag(PURPOSE, token + code),
                                first,
                                0,
                                Optional.empty()),
                        now,
                        now.plus(GOOD_FOR),
                        attempt);
        assert inserted;
        return token;
    }

    /** A code came whose clock is far off. */
    void drifted(String token, Factors.Drifted drifted) {
        boolean noted = database.query(c -> ChallengeStore.drifted(c, Tokens.hash(token), drifted));
        assert noted;
    }

    /** Whose it is, where it still stands. */
    Optional<ChallengeStore.Challenge> find(String token) {
        return database.query(
                c -> ChallengeStore.peek(c, Tokens.hash(token), clock.instant(), MOST_TRIES));
    }

    /** Takes a try; empty where there is none left. The try is taken whatever comes of it. */
    Optional<ChallengeStore.Challenge> take(String token) {
        return database.query(
                c -> ChallengeStore.take(c, Tokens.hash(token), clock.instant(), MOST_TRIES));
    }

    boolean fits(ChallengeStore.Challenge challenge, String token, String code) {
        return challenge.fits()
                && MessageDigest.isEqual(challenge.code(), vault.tag(PURPOSE, token + code));
    }

    boolean use(Connection connection, String token) throws SQLException {
        return ChallengeStore.use(connection, Tokens.hash(token), clock.instant());
    }

    /** Deletes what is over. Asked every few minutes. */
    public void sweep() {
        database.upkeep(c -> ChallengeStore.sweep(c, clock.instant().minus(KEPT)));
    }
}
