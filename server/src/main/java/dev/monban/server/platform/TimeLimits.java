package dev.monban.server.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * How long work in the database may take, each in whole seconds of at least 1. What takes longer is
 * ended by the database; nothing of its transaction has taken effect, and the connection goes back
 * to the pool.
 *
 * <p>The limits are set for each transaction, by {@code set_config(…, true)}, and for each single
 * statement by the driver, which cancels it. Both work through a pooler in transaction mode, and
 * need no right that an ordinary role lacks (docs/decisions/0018).
 *
 * @param statement of one statement, the waiting for locks included
 * @param lock of the waiting for one lock
 * @param idle between two statements of a transaction, in which its locks are held for nothing
 */
public record TimeLimits(Duration statement, Duration lock, Duration idle) {

    /** Somebody waits for the answer. */
    public static final TimeLimits REQUEST =
            new TimeLimits(Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(30));

    /**
     * Nobody waits: rows that are over are deleted, partitions made. The limit for locks stays
     * short, because requests queue behind one who waits for a whole table.
     */
    public static final TimeLimits UPKEEP =
            new TimeLimits(Duration.ofMinutes(10), Duration.ofSeconds(5), Duration.ofMinutes(1));

    /** Before the doors open; each migration is one transaction. */
    public static final TimeLimits MIGRATION =
            new TimeLimits(Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofMinutes(5));

    private static final String SET =
            """
            select set_config('statement_timeout', ?, true) as statement,
                   set_config('lock_timeout', ?, true) as lock,
                   set_config('idle_in_transaction_session_timeout', ?, true) as idle
            """;

    /** The database speaks first; the driver ends what it was not told of. */
    private static final int DRIVER_LATER_SECONDS = 1;

    /** After this the database is not there any more, and the connection is given up. */
    private static final Duration SILENT = Duration.ofSeconds(15);

    public TimeLimits {
        for (Duration one : new Duration[] {statement, lock, idle}) {
            if (one.toSeconds() < 1 || one.toMillis() > Integer.MAX_VALUE / 2) {
                throw new IllegalArgumentException("a time limit is 1 s to 12 days, not " + one);
            }
        }
    }

    /** From here to the end of the transaction. */
    void begin(Connection connection) throws SQLException {
        Sql.one(
                connection,
                SET,
                row -> Boolean.TRUE,
                statement.toMillis() + "ms",
                lock.toMillis() + "ms",
                idle.toMillis() + "ms");
    }

    int driverSeconds() {
        return (int) statement.toSeconds() + DRIVER_LATER_SECONDS;
    }

    int silentMillis() {
        return (int) statement.plus(SILENT).toMillis();
    }
}
