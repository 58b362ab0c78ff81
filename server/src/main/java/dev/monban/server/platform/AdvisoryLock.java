package dev.monban.server.platform;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The advisory locks of PostgreSQL that Monban takes, in one list: two purposes with one number
 * would wait for each other. All of them are held until the end of the transaction, so that they
 * work through a pooler in transaction mode. A number stays with its purpose for ever, because
 * nodes of two releases exclude each other by it.
 */
public enum AdvisoryLock {

    /** Partitions of the logs are made by one node at a time. */
    LOG_PARTITIONS(7_346_001),

    /** Two nodes that find the same campaign write it once. */
    CAMPAIGNS(7_346_002),

    /** What was mailed to one account is counted by one request at a time; taken per account. */
    CHALLENGES(7_346_003),

    /** Signing keys are made by one node at a time. Release 0.1.0 took the lock of campaigns. */
    SIGNING_KEYS(7_346_004),

    /** Two nodes that start together apply their declared states one after the other. */
    DECLARED_STATE(7_346_005),

    /** Rights of the working role are given by one node at a time. */
    GRANTS(7_346_010),

    /** Reserved for the order of the log of attempts. */
    ATTEMPT_LOG(7_346_100);

    private static final String TAKE = "select pg_advisory_xact_lock(?)::text as locked";

    private static final String TAKE_FOR =
            "select pg_advisory_xact_lock(hashtextextended(?, ?))::text as locked";

    private final long number;

    AdvisoryLock(long number) {
        this.number = number;
    }

    /** What PostgreSQL knows it by; shown in {@code pg_locks}. */
    public long number() {
        return number;
    }

    /**
     * Waits for the lock, and holds it until the end of the transaction.
     *
     * @throws SQLException where it was not free within the lock time-out (SQLSTATE 55P03)
     */
    public void take(Connection connection) throws SQLException {
        Sql.one(connection, TAKE, row -> Boolean.TRUE, number);
    }

    /** The same for one thing of its kind; two things may rarely share a lock, by their hash. */
    public void takeFor(Connection connection, String what) throws SQLException {
        Sql.one(connection, TAKE_FOR, row -> Boolean.TRUE, what, number);
    }
}
