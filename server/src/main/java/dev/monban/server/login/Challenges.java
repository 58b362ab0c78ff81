package dev.monban.server.login;

import dev.monban.server.account.Account;
import dev.monban.server.login.store.ChallengeStore;
import dev.monban.server.notify.Mail;
import dev.monban.server.platform.Database;
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

/**
 * Six-digit codes by mail, for people who sign in at a place that their account does not know. A
 * code lives for minutes, is taken once, and a few tries end it (NIST SP 800-63B-4, section 3.2.2).
 * Where the password was wrong, a challenge is made all the same, which no code fits.
 */
public final class Challenges {

    /** How many codes may be tried. */
    static final int MOST_TRIES = 5;

    /** So many mails within the time that a code is good; an attacker shall not fill a mailbox. */
    private static final int MOST_MAILS = 5;

    private static final Duration GOOD_FOR = Duration.ofMinutes(10);
    private static final int CODES = 1_000_000;
    private static final String PURPOSE = "login code";

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
     * Makes a code and sends it; gives the token for the page. An account that was sent many lately
     * is sent none, and its page looks the same.
     */
    String send(Connection connection, Account account) throws SQLException {
        Instant since = clock.instant().minus(GOOD_FOR);
        String to = account.email();
        if (mail.isEmpty()
                || to == null
                || ChallengeStore.sent(connection, account.id(), since) >= MOST_MAILS) {
            return pretend(connection, account.identifier(), Optional.of(account));
        }
        String code = String.format(Locale.ROOT, "%06d", Tokens.number(CODES));
        String token = insert(connection, account.identifier(), Optional.of(account), true, code);
        Texts texts = Texts.in(account.language());
        mail.get()
                .put(
                        connection,
                        to,
                        texts.get("mail.code.subject"),
                        texts.get("mail.code.text", account.name(), code));
        return token;
    }

    /** What looks like one, for whoever must not learn that the password was wrong. */
    String pretend(Connection connection, String identifier, Optional<Account> account)
            throws SQLException {
        return insert(connection, identifier, account, false, Tokens.fresh());
    }

    private String insert(
            Connection connection,
            String identifier,
            Optional<Account> account,
            boolean fits,
            String code)
            throws SQLException {
        String token = Tokens.fresh();
        Instant now = clock.instant();
        boolean inserted =
                ChallengeStore.insert(
                        connection,
                        Tokens.hash(token),
                        identifier,
                        account.map(Account::id).orElse(null),
                        fits,
                        vault.tag(PURPOSE, token + code),
                        now,
                        now.plus(GOOD_FOR));
        assert inserted;
        return token;
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
        database.query(c -> ChallengeStore.sweep(c, clock.instant()));
    }
}
