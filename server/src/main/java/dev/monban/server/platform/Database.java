package dev.monban.server.platform;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.flywaydb.core.Flyway;

/** The connections to PostgreSQL, and the schema brought up to date. */
public final class Database implements AutoCloseable {

    /** How long a request waits for a connection before it is told that the machine is busy. */
    private static final Duration WAIT = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(Database.class.getName());
    private static final String CONNECTION = "a connection to the database";

    /** What holds for the statements of the work that is being done. */
    static final ScopedValue<TimeLimits> LIMITS = ScopedValue.newInstance();

    private static final String DATABASE_OPTION = "--database";

    private final HikariDataSource pool;
    private final Limits limits;

    /** Of the role that owns the tables; empty where one role does both. */
    private final Optional<DatabaseUrl> owner;

    private Database(HikariDataSource pool, Limits limits, Optional<DatabaseUrl> owner) {
        this.pool = pool;
        this.limits = limits;
        this.owner = owner;
    }

    /**
     * How long each kind of work may take.
     *
     * @param request while somebody waits for it
     * @param upkeep while nobody does
     * @param migration of the schema, each
     */
    public record Limits(TimeLimits request, TimeLimits upkeep, TimeLimits migration) {

        public static final Limits DEFAULT =
                new Limits(TimeLimits.REQUEST, TimeLimits.UPKEEP, TimeLimits.MIGRATION);
    }

    /** Work with a connection. */
    @FunctionalInterface
    public interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    /** Work with a connection that gives nothing. */
    @FunctionalInterface
    public interface Act {
        void with(Connection connection) throws SQLException;
    }

    /**
     * Connects and migrates.
     *
     * @param url as pgJDBC has it, with user and password
     * @param connections how many at most; PostgreSQL works best with a few per core
     */
    public static Database open(String url, int connections) {
        return open(url, connections, Limits.DEFAULT);
    }

    /** The same with other limits. */
    public static Database open(String url, int connections, Limits limits) {
        return open(
                new DatabaseUrl(url, DATABASE_OPTION),
                Optional.empty(),
                connections,
                Duration.ZERO,
                limits);
    }

    /**
     * Waits for the database, migrates it as its owner, and gives the working role its rights.
     *
     * @param owner of the role that owns the tables; empty where the same does
     * @param wait how long it may take to answer
     * @throws BadInput where it does not answer, or cannot be used
     */
    public static Database open(
            DatabaseUrl url,
            Optional<DatabaseUrl> owner,
            int connections,
            Duration wait,
            Limits limits) {
        DatabaseUrl migrating = owner.orElse(url);
        DatabaseUrl.Server server;
        try {
            migrating.await(wait);
            server = url.await(wait);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("told to end while it waited for the database", e);
        }
        Flyway.configure()
                .dataSource(migrating.url(), null, null)
                .schemas("platform")
                .defaultSchema("platform")
                .table("schema_history")
                .callbacks(new MigrationLimits(limits.migration()))
                .load()
                .migrate();
        if (server.pooled()) {
            LOG.info(
                    "a pooler stands before the database: statements are not prepared, as the next"
                            + " one may meet another connection");
        }
        Database database =
                new Database(pool(url.url(), connections, server.pooled()), limits, owner);
        try {
            owner.ifPresent(one -> database.ownerTransaction(c -> give(c, server.role())));
            database.query(Database::warn);
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    private static boolean give(Connection owner, String role) throws SQLException {
        Grants.give(owner, role);
        return true;
    }

    private static boolean warn(Connection work) throws SQLException {
        Grants.warn(work);
        return true;
    }

    /** Connects to a database that a gate uses, and leaves it as it is. */
    public static Database connect(String url, int connections) {
        return new Database(pool(url, connections, false), Limits.DEFAULT, Optional.empty());
    }

    private static HikariDataSource pool(String url, int connections, boolean pooled) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setPoolName("monban");
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(Math.min(4, connections));
        config.setConnectionTimeout(WAIT.toMillis());
        config.addDataSourceProperty("ApplicationName", "monban");
        // A statement used a second time is prepared on the server: parsing costs more than
        // running. Behind a pooler the second time may be on another connection.
        config.addDataSourceProperty("prepareThreshold", pooled ? "0" : "2");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        // A database that does not answer takes no cancel either.
        config.addDataSourceProperty("cancelSignalTimeout", "2");
        return new HikariDataSource(config);
    }

    /** One statement, or several that need not agree with each other. */
    public <T> T query(Work<T> work) {
        return within(limits.request(), work);
    }

    /** Statements of which all take effect, or none. */
    public <T> T transaction(Work<T> work) {
        return within(limits.request(), connection -> allOrNothing(connection, work));
    }

    /** Like {@link #transaction}, for work that nobody waits for and that may take minutes. */
    public <T> T upkeep(Work<T> work) {
        return within(limits.upkeep(), connection -> allOrNothing(connection, work));
    }

    /**
     * Statements that only the owner of the tables may run, on a connection of their own, within
     * the limits of upkeep: partitions, and deleting from what is append-only.
     */
    public <T> T ownerTransaction(Work<T> work) {
        if (owner.isEmpty()) {
            return upkeep(work);
        }
        try (Connection connection = DriverManager.getConnection(owner.get().url())) {
            connection.setNetworkTimeout(Runnable::run, limits.upkeep().silentMillis());
            return ScopedValue.where(LIMITS, limits.upkeep())
                    .call(() -> allOrNothing(connection, work));
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Does the work in one transaction of this connection, within the limits that hold. */
    public static <T> T allOrNothing(Connection connection, Work<T> work) throws SQLException {
        connection.setAutoCommit(false);
        boolean committed = false;
        try {
            if (LIMITS.isBound()) {
                LIMITS.get().begin(connection);
            }
            T result = work.with(connection);
            connection.commit();
            committed = true;
            return result;
        } finally {
            try {
                if (!committed) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            } catch (SQLException e) {
                // The connection is broken: the pool sees that and opens another. What failed
                // first is what is told.
                LOG.log(Level.FINE, "a connection was lost", e);
            }
        }
    }

    private <T> T within(TimeLimits limits, Work<T> work) {
        try (Scarce.Hold _ = Scarce.hold(CONNECTION);
                Connection connection = pool.getConnection()) {
            connection.setNetworkTimeout(Runnable::run, limits.silentMillis());
            return ScopedValue.where(LIMITS, limits).call(() -> work.with(connection));
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Like {@link #transaction}, for work that gives nothing. */
    public void transact(Act act) {
        Boolean done =
                transaction(connection -> {
                    act.with(connection);
                    return Boolean.TRUE;
                });
        assert done;
    }

    /** Whether the database answers within two seconds. */
    public boolean answers() {
        try (Connection connection = pool.getConnection()) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    /** How many connections are in use now. */
    public int connectionsInUse() {
        var bean = pool.getHikariPoolMXBean();
        return bean == null ? 0 : bean.getActiveConnections();
    }

    @Override
    public void close() {
        pool.close();
    }

    private static DatabaseFailed failed(SQLException e) {
        return new DatabaseFailed(e);
    }

    /** The database did not do what was asked; nothing of the transaction has taken effect. */
    public static final class DatabaseFailed extends RuntimeException {

        private static final long serialVersionUID = 1L;

        /** Class 23 of SQLSTATE: a row like this stands already, or refers to none. */
        private static final String CONSTRAINT = "23";

        private final boolean constraint;

        DatabaseFailed(SQLException cause) {
            super(cause);
            String state = cause.getSQLState();
            constraint = state != null && state.startsWith(CONSTRAINT);
        }

        public boolean isConstraint() {
            return constraint;
        }
    }
}
