package dev.monban.server.login.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code login.challenge}. */
public final class ChallengeStore {

    private static final String INSERT =
            """
            insert into login.challenge (challenge_id, account_id, code, made_at, expires_at)
            values (?, ?, ?, ?, ?)
            """;

    /** A try counts when it is taken, so that parallel ones cannot share it. */
    private static final String TRY =
            """
            update login.challenge set tries = tries + 1
            where challenge_id = ? and used_at is null and expires_at > ? and tries < ?
            returning account_id, code, tries
            """;

    private static final String PEEK =
            """
            select account_id, code, tries from login.challenge
            where challenge_id = ? and used_at is null and expires_at > ? and tries < ?
            """;

    private static final String USE =
            "update login.challenge set used_at = ? where challenge_id = ? and used_at is null";

    private static final String SWEEP = "delete from login.challenge where expires_at < ?";

    private ChallengeStore() {}

    /**
     * A code that was asked for.
     *
     * @param account {@code null} where no code fits
     * @param tries this one included
     */
    public record Challenge(@Nullable UUID account, byte[] code, int tries) {}

    public static boolean insert(
            Connection connection,
            byte[] id,
            @Nullable UUID account,
            byte[] code,
            Instant madeAt,
            Instant expiresAt)
            throws SQLException {
        return Sql.update(connection, INSERT, id, account, code, madeAt, expiresAt) == 1;
    }

    /** Takes one of its tries; empty where it is over. */
    public static Optional<Challenge> take(
            Connection connection, byte[] id, Instant now, int mostTries) throws SQLException {
        return Sql.one(connection, TRY, ChallengeStore::challenge, id, now, mostTries);
    }

    /** The same, without taking one. */
    public static Optional<Challenge> peek(
            Connection connection, byte[] id, Instant now, int mostTries) throws SQLException {
        return Sql.one(connection, PEEK, ChallengeStore::challenge, id, now, mostTries);
    }

    /** Marks it as used; says whether it was not before. */
    public static boolean use(Connection connection, byte[] id, Instant now) throws SQLException {
        return Sql.update(connection, USE, now, id) == 1;
    }

    /** Deletes what is over. */
    public static int sweep(Connection connection, Instant before) throws SQLException {
        return Sql.update(connection, SWEEP, before);
    }

    private static Challenge challenge(Sql.Row row) throws SQLException {
        return new Challenge(row.idOrNull("account_id"), row.bytes("code"), row.number("tries"));
    }
}
