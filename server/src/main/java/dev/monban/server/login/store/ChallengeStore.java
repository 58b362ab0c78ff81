package dev.monban.server.login.store;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.server.factor.Factors;
import dev.monban.server.login.Challenges;
import dev.monban.server.login.First;
import dev.monban.server.platform.AdvisoryLock;
import dev.monban.server.platform.Sql;
import dev.monban.server.platform.StoredCodes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code login.challenge}. */
public final class ChallengeStore {

    private static final String INSERT =
            """
            insert into login.challenge (challenge_id, identifier, account_id, fits, way, shown, code,
                                         follows, issuer,
                                         subject, proved_at, made_at, expires_at, attempt_id)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /** A try counts when it is taken, so that parallel ones cannot share it. */
    private static final String TRY =
            """
            update login.challenge set tries = tries + 1
            where challenge_id = ? and used_at is null and expires_at > ? and tries < ?
            returning identifier, account_id, fits, way, shown, code, follows, issuer, subject,
                      proved_at, tries, drift, drift_step
            """;

    private static final String PEEK =
            """
            select identifier, account_id, fits, way, shown, code, follows, issuer, subject,
                      proved_at, tries, drift, drift_step
            from login.challenge
            where challenge_id = ? and used_at is null and expires_at > ? and tries < ?
            """;

    private static final String USE =
            "update login.challenge set used_at = ? where challenge_id = ? and used_at is null";

    private static final String DRIFTED =
            "update login.challenge set drift = ?, drift_step = ? where challenge_id = ?";

    private static final String SENT =
            """
            select count(*) as count from login.challenge
            where account_id = ? and made_at > ? and fits and way = ?
            """;

    private static final String RESETS =
            """
            select count(*) as count from login.challenge
            where account_id = ? and made_at > ? and way = 'reset' and fits and shown = ?
            """;

    private static final String DROP =
            "update login.challenge set used_at = now() where account_id = ? and used_at is null";

    private static final String SWEEP = "delete from login.challenge where expires_at < ?";

    /** Nobody typed a code, and the person has not got in otherwise since. */
    private static final String UNANSWERED =
            """
            update login.challenge c set used_at = ?
            where c.attempt_id is not null and c.used_at is null and c.expires_at between ? and ?
              and c.fits and c.way in ('mail', 'factor')
            returning c.attempt_id, c.tries, exists (
                select 1 from watch.attempt a
                where a.account_id = c.account_id and a.at > c.made_at
                  and a.session_id is not null) as came_in
            """;

    private static final String ASKED_BY_MAIL =
            """
            select c.attempt_id
            from account.account a join login.challenge c on c.account_id = a.account_id
            where lower(a.email) = ? and c.made_at > ? and c.attempt_id is not null
              and c.used_at is null and c.way in ('mail', 'reset', 'recovery')
            order by c.made_at desc limit 1
            """;

    private ChallengeStore() {}

    /**
     * A code that was asked for.
     *
     * @param account {@code null} where the login name led to none
     * @param fits whether there is a code that fits
     * @param way which code fits, and {@code shown} which one the page asks for
     * @param first which proof was given before
     * @param tries this one included
     * @param drifted what an earlier code showed whose clock is far off
     */
    public record Challenge(
            String identifier,
            @Nullable UUID account,
            boolean fits,
            Challenges.Way way,
            Challenges.Shown shown,
            byte[] code,
            First first,
            int tries,
            Optional<Factors.Drifted> drifted) {}

    public static boolean insert(
            Connection connection,
            byte[] id,
            Challenge challenge,
            Instant madeAt,
            Instant expiresAt,
            @Nullable UUID attempt)
            throws SQLException {
        return Sql.update(
                        connection,
                        INSERT,
                        id,
                        challenge.identifier(),
                        challenge.account(),
                        challenge.fits(),
                        challenge.way().code(),
                        challenge.shown().code(),
                        challenge.code(),
                        challenge.first().method().name().toLowerCase(Locale.ROOT),
                        challenge.first().issuer(),
                        challenge.first().subject(),
                        challenge.first().at(),
                        madeAt,
                        expiresAt,
                        attempt)
                == 1;
    }

    /** Notes what a code showed whose clock is far off. */
    public static boolean drifted(Connection connection, byte[] id, Factors.Drifted drifted)
            throws SQLException {
        return Sql.update(connection, DRIFTED, drifted.drift(), drifted.step(), id) == 1;
    }

    /** Takes one of its tries; empty where it is over. */
    public static Optional<Challenge> take(
            Connection connection, byte[] id, Instant now, int mostTries) throws SQLException {
        return Sql.one(connection, TRY, ChallengeStore::challenge, id, now, mostTries)
                .flatMap(c -> c);
    }

    /** The same, without taking one. */
    public static Optional<Challenge> peek(
            Connection connection, byte[] id, Instant now, int mostTries) throws SQLException {
        return Sql.one(connection, PEEK, ChallengeStore::challenge, id, now, mostTries)
                .flatMap(c -> c);
    }

    /** Marks it as used; says whether it was not before. */
    public static boolean use(Connection connection, byte[] id, Instant now) throws SQLException {
        return Sql.update(connection, USE, now, id) == 1;
    }

    /** How many codes were sent to an account since then. */
    public static long sent(Connection connection, UUID account, Challenges.Way way, Instant since)
            throws SQLException {
        return Sql.one(connection, SENT, row -> row.bigNumber("count"), account, since, way.code())
                .orElse(0L);
    }

    /**
     * How many codes for a forgotten password were sent since then.
     *
     * @param known whether to places that the account knows
     */
    public static long resets(Connection connection, UUID account, boolean known, Instant since)
            throws SQLException {
        return Sql.one(
                        connection,
                        RESETS,
                        row -> row.bigNumber("count"),
                        account,
                        since,
                        (known ? Challenges.Shown.MAIL : Challenges.Shown.ANY).code())
                .orElse(0L);
    }

    /** Until the end of the transaction, nobody else counts what was sent to this account. */
    public static void lock(Connection connection, UUID account) throws SQLException {
        AdvisoryLock.CHALLENGES.takeFor(connection, account.toString());
    }

    /** What was asked for before a password changed is good no more. */
    public static void drop(Connection connection, UUID account) throws SQLException {
        Sql.update(connection, DROP, account);
    }

    /** The attempts whose codes nobody typed until now, each once. */
    public static List<UUID> unanswered(Connection connection, Instant since, Instant now)
            throws SQLException {
        return Sql.many(
                        connection,
                        UNANSWERED,
                        row ->
                                row.number("tries") == 0 && !row.flag("came_in")
                                        ? Optional.of(row.id("attempt_id"))
                                        : Optional.<UUID>empty(),
                        now,
                        since,
                        now)
                .stream()
                .flatMap(Optional::stream)
                .toList();
    }

    /** The last attempt whose code was to come by mail to this address. */
    public static Optional<UUID> askedByMail(Connection connection, String address, Instant since)
            throws SQLException {
        return Sql.one(connection, ASKED_BY_MAIL, row -> row.id("attempt_id"), address, since);
    }

    /** Deletes what is over. */
    public static int sweep(Connection connection, Instant before) throws SQLException {
        return Sql.update(connection, SWEEP, before);
    }

    /** Empty where a later release asks for something that this one cannot check. */
    private static Optional<Challenge> challenge(Sql.Row row) throws SQLException {
        Optional<Challenges.Way> way = StoredCodes.find(Challenges.Way.class, row.text("way"));
        Optional<Challenges.Shown> shown =
                StoredCodes.find(Challenges.Shown.class, row.text("shown"));
        Optional<AuthenticationMethod> follows =
                StoredCodes.find(AuthenticationMethod.class, row.text("follows"));
        if (way.isEmpty() || shown.isEmpty() || follows.isEmpty()) {
            return Optional.empty();
        }
        boolean drifted = row.textOrNull("drift") != null;
        return Optional.of(
                new Challenge(
                        row.text("identifier"),
                        row.idOrNull("account_id"),
                        row.flag("fits"),
                        way.get(),
                        shown.get(),
                        row.bytes("code"),
                        new First(
                                follows.get(),
                                row.textOrNull("issuer"),
                                row.textOrNull("subject"),
                                row.timeOrNull("proved_at")),
                        row.number("tries"),
                        drifted
                                ? Optional.of(
                                        new Factors.Drifted(
                                                row.number("drift"), row.bigNumber("drift_step")))
                                : Optional.empty()));
    }
}
