package dev.monban.server.platform;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.flywaydb.core.Flyway;

/** The connections to PostgreSQL, and the schema brought up to date. */
public final class Database implements AutoCloseable {

    /** How long a request waits for a connection before it is told that the machine is busy. */
    private static final Duration WAIT = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(Database.class.getName());

    /** What holds for the statements of the work that is being done. */
    static final ScopedValue<TimeLimits> LIMITS = ScopedValue.newInstance();

    private final HikariDataSource pool;
    private final Limits limits;

    private Database(HikariDataSource pool, Limits limits) {
        this.pool = pool;
        this.limits = limits;
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
        Database database = connect(url, connections, limits);
        try {
            Flyway.configure()
                    .dataSource(database.pool)
                    .schemas("platform")
                    .defaultSchema("platform")
                    .table("schema_history")
                    .callbacks(new MigrationLimits(limits.migration()))
                    .load()
                    .migrate();
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** Connects to a database that a gate uses, and leaves it as it is. */
    public static Database connect(String url, int connections) {
        return connect(url, connections, Limits.DEFAULT);
    }

    private static Database connect(String url, int connections, Limits limits) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setPoolName("monban");
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(Math.min(4, connections));
        config.setConnectionTimeout(WAIT.toMillis());
        config.addDataSourceProperty("ApplicationName", "monban");
        // A statement used a second time is prepared on the server: parsing costs more than
        // running.
        config.addDataSourceProperty("prepareThreshold", "2");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        // A database that does not answer takes no cancel either.
        config.addDataSourceProperty("cancelSignalTimeout", "2");
        return new Database(new HikariDataSource(config), limits);
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
        try (Connection connection = pool.getConnection()) {
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
