package dev.monban.server.factor.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The table {@code factor.guess}. */
public final class GuessStore {

    /** A guess counts before it is looked at, so that parallel ones cannot share a place. */
    private static final String TAKE =
            """
            insert into factor.guess as g (account_id, known, failed, failed_at)
            values (?, ?, 1, ?)
            on conflict (account_id, known) do update
            set failed = g.failed + 1, failed_at = excluded.failed_at
            where g.failed < ?
               or g.failed_at + interval '30 seconds' * power(2, least(g.failed - ?, 7))
                  <= excluded.failed_at
            returning failed
            """;

    private static final String WAIT =
            """
            select failed_at + interval '30 seconds' * power(2, least(greatest(failed - ?, 0), 7))
                   as until
            from factor.guess where account_id = ? and known = ?
            """;

    private static final String FORGET =
            "delete from factor.guess where account_id = ? and known = ?";

    private static final String FORGET_ALL = "delete from factor.guess where account_id = ?";

    private GuessStore() {}

    /**
     * Takes a guess.
     *
     * @param free how many in a row cost no waiting; after them 30 seconds, doubling up to an hour
     * @return how many in a row there are with this one; empty where it is too early
     */
    public static Optional<Integer> take(
            Connection connection, UUID account, boolean known, int free, Instant now)
            throws SQLException {
        return Sql.one(
                connection, TAKE, row -> row.number("failed"), account, known, now, free, free);
    }

    /** How long the next has to wait. */
    public static Duration wait(
            Connection connection, UUID account, boolean known, int free, Instant now)
            throws SQLException {
        return Sql.one(connection, WAIT, row -> row.time("until"), free, account, known)
                .map(until -> Duration.between(now, until))
                .filter(wait -> !wait.isNegative())
                .orElse(Duration.ZERO);
    }

    /** The right one came. */
    public static boolean forget(Connection connection, UUID account, boolean known)
            throws SQLException {
        return Sql.update(connection, FORGET, account, known) == 1;
    }

    public static void forgetAll(Connection connection, UUID account) throws SQLException {
        Sql.update(connection, FORGET_ALL, account);
    }
}
