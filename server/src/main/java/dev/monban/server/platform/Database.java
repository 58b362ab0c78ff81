package dev.monban.server.platform;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.flywaydb.core.Flyway;

/** The connections to PostgreSQL, and the schema brought up to date. */
public final class Database implements AutoCloseable {

    /** How long a request waits for a connection before it is told that the machine is busy. */
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final HikariDataSource pool;

    private Database(HikariDataSource pool) {
        this.pool = pool;
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
        Database database = connect(url, connections);
        try {
            Flyway.configure()
                    .dataSource(database.pool)
                    .schemas("platform")
                    .defaultSchema("platform")
                    .table("schema_history")
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
        return new Database(new HikariDataSource(config));
    }

    /** One statement, or several that need not agree with each other. */
    public <T> T query(Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            return work.with(connection);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Statements of which all take effect, or none. */
    public <T> T transaction(Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.with(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
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
