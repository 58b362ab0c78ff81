package dev.monban.server.audit.store;

import dev.monban.server.platform.AdvisoryLock;
import dev.monban.server.platform.Database;
import java.sql.Statement;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** Makes the monthly partitions of the logs ahead of time. */
public final class LogPartitions {

    /** A gate that nobody looks after for two months still writes its log. */
    private static final int MONTHS_AHEAD = 3;

    private static final List<String> TABLES = List.of("watch.attempt", "audit.event");

    private LogPartitions() {}

    /** Makes those that are missing, from this month on. */
    public static void ensure(Database database, Instant now) {
        YearMonth first = YearMonth.from(now.atZone(ZoneOffset.UTC));
        Boolean done =
                database.ownerTransaction(connection -> {
                    // Two nodes that start together do this one after the other.
                    AdvisoryLock.LOG_PARTITIONS.take(connection);
                    try (Statement statement = connection.createStatement()) {
                        for (String table : TABLES) {
                            for (int i = 0; i <= MONTHS_AHEAD; i++) {
                                statement.execute(create(table, first.plusMonths(i)));
                            }
                        }
                    }
                    return Boolean.TRUE;
                });
        assert done;
    }

    /** Names and bounds come from the calendar alone; a statement like this takes no parameters. */
    private static String create(String table, YearMonth month) {
        return String.format(
                Locale.ROOT,
                "create table if not exists %s_%d_%02d partition of %s"
                        + " for values from ('%s-01 00:00:00Z') to ('%s-01 00:00:00Z')",
                table,
                month.getYear(),
                month.getMonthValue(),
                table,
                month,
                month.plusMonths(1));
    }
}
