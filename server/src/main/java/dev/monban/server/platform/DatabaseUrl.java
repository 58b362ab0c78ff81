package dev.monban.server.platform;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;

/**
 * Where a PostgreSQL is, and as whom to work there.
 *
 * @param url as pgJDBC has it, with user and password
 * @param option the option that it was given by, which messages name
 */
public record DatabaseUrl(String url, String option) {

    private static final Logger LOG = Logger.getLogger(DatabaseUrl.class.getName());

    /** Hosts, ports and database; behind the question mark, and nowhere else, are secrets. */
    private static final Pattern WRITTEN =
            Pattern.compile("jdbc:postgresql:(?://)?([^?@]*)(?:\\?.*)?");

    private static final int MIN_MAJOR = 15;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

    /** Class 28 of SQLSTATE: the user or the password is refused. */
    private static final String REFUSED = "28";

    private static final String NO_SUCH_DATABASE = "3D000";

    /** What PgBouncer's messages have in common. */
    private static final String STARTUP_PARAMETER = "unsupported startup parameter";

    private static final String STATEMENT_POOLING = "statement pooling";

    /**
     * @throws BadInput where it is not one
     */
    public DatabaseUrl {
        if (!WRITTEN.matcher(url).matches()) {
            throw new BadInput(
                    option + ": write it as jdbc:postgresql://HOST:5432/NAME?user=…&password=…");
        }
    }

    /** What is to be known of the server before it is used. */
    public record Server(String role, boolean pooled) {}

    /** Host, port and database: never the password. */
    public String shown() {
        Matcher parts = WRITTEN.matcher(url);
        return parts.matches() ? parts.group(1) : "";
    }

    /**
     * Waits until it answers, with a line in the log every few seconds.
     *
     * @throws BadInput where it does not within that time, or answers that it never will
     */
    public Server await(Duration most) throws InterruptedException {
        long until = System.nanoTime() + most.toNanos();
        long nextLine = System.nanoTime();
        while (true) {
            try {
                return look();
            } catch (SQLException e) {
                refuseForGood(e);
                if (System.nanoTime() > until) {
                    throw new BadInput(
                            option
                                    + ": the database at "
                                    + shown()
                                    + " did not answer within "
                                    + most.toSeconds()
                                    + " s: "
                                    + e.getMessage()
                                    + "; start it, or wait longer with --database-wait");
                }
                if (System.nanoTime() >= nextLine) {
                    LOG.warning("waiting for the database at " + shown() + ": " + e.getMessage());
                    nextLine = System.nanoTime() + BETWEEN_LINES.toNanos();
                }
                TimeUnit.NANOSECONDS.sleep(BETWEEN_TRIES.toNanos());
            }
        }
    }

    private Server look() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            if (major < MIN_MAJOR) {
                throw new BadInput(
                        option
                                + ": PostgreSQL "
                                + MIN_MAJOR
                                + " or later is needed, and at "
                                + shown()
                                + " is "
                                + major);
            }
            // A pooler that gives a connection for one statement only refuses a transaction.
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery("select current_user, pg_backend_pid()")) {
                row.next();
                // The number that came with the connection is the server's own, unless a pooler
                // stands between, which makes up its own numbers.
                int told = connection.unwrap(PGConnection.class).getBackendPID();
                return new Server(row.getString(1), told != row.getInt(2));
            } finally {
                connection.rollback();
            }
        }
    }

    private void refuseForGood(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String message = String.valueOf(e.getMessage());
        if (message.contains(STARTUP_PARAMETER)) {
            throw new BadInput(
                    option
                            + ": the PgBouncer at "
                            + shown()
                            + " says: "
                            + message
                            + "; add the line ignore_startup_parameters = extra_float_digits to"
                            + " pgbouncer.ini");
        }
        if (message.contains(STATEMENT_POOLING)) {
            throw new BadInput(
                    option
                            + ": the PgBouncer at "
                            + shown()
                            + " lends connections for one statement, and Monban needs transactions;"
                            + " set pool_mode = transaction in pgbouncer.ini");
        }
        if (state.startsWith(REFUSED)) {
            throw new BadInput(
                    option
                            + ": the database at "
                            + shown()
                            + " refuses user or password: "
                            + message);
        }
        if (state.equals(NO_SUCH_DATABASE)) {
            throw new BadInput(
                    option + ": " + message + "; make it, with its owner: createdb -O OWNER NAME");
        }
    }
}
