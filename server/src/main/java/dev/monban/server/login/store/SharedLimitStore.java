package dev.monban.server.login.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;

/** The table {@code login.shared_limit}. */
public final class SharedLimitStore {

    /** Counts one more, unless that leads further ahead than the limit allows. */
    private static final String COUNT =
            """
            insert into login.shared_limit as l (key, free_at)
            values (?, cast(? as timestamptz) + make_interval(secs => ?))
            on conflict (key) do update
            set free_at = greatest(l.free_at, cast(? as timestamptz)) + make_interval(secs => ?)
            where greatest(l.free_at, cast(? as timestamptz)) + make_interval(secs => ?)
                  <= cast(? as timestamptz)
            """;

    private static final String SWEEP = "delete from login.shared_limit where free_at < ?";

    private SharedLimitStore() {}

    /**
     * Counts one more; false where that is too many.
     *
     * @param seconds that each takes
     * @param until so far ahead they may lead
     */
    public static boolean count(
            Connection connection, byte[] key, Instant now, double seconds, Instant until)
            throws SQLException {
        return Sql.update(connection, COUNT, key, now, seconds, now, seconds, now, seconds, until)
                == 1;
    }

    /** Deletes what holds nobody up any more. */
    public static int sweep(Connection connection, Instant now) throws SQLException {
        return Sql.update(connection, SWEEP, now);
    }
}
