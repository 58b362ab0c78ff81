package dev.monban.server.audit.store;

import dev.monban.server.platform.AdvisoryLock;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Sql;
import java.sql.Statement;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the monthly partitions of the logs ahead of time, and drops those that are past. */
public final class LogPartitions {

    /** A gate that nobody looks after for two months still writes its log. */
    private static final int MONTHS_AHEAD = 3;

    private static final String ATTEMPTS = "watch.attempt";
    private static final String EVENTS = "audit.event";

    /** The tables that are kept by the month. */
    public static final List<String> TABLES = List.of(ATTEMPTS, EVENTS);

    /** Of a partition: the name of its table, the year and the month. */
    private static final Pattern NAME = Pattern.compile("([a-z]+\\.[a-z]+)_(\\d{4})_(\\d{2})");

    private static final String PARTITIONS =
            """
            select n.nspname || '.' || c.relname as name
              from pg_inherits i
              join pg_class c on c.oid = i.inhrelid
              join pg_namespace n on n.oid = c.relnamespace
             where i.inhparent = ?::regclass order by c.relname
            """;

    private static final String CLOCK = "select watch.clock() as now";

    /**
     * Who drops a partition waits for the whole table, and every sign-in queues behind. What was
     * not free at once is dropped at the next time.
     */
    private static final String SHORT_WAIT = "set local lock_timeout = '500ms'";

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

    /** The time of the database. */
    public static Instant clock(Database database) {
        return database.query(c -> Sql.one(c, CLOCK, row -> row.time("now"))).orElseThrow();
    }

    /**
     * Drops the partitions that end before these times, one a transaction. What has another name
     * than {@link #ensure} gives is left alone.
     *
     * @return their names
     */
    public static List<String> drop(
            Database database, Instant attemptsBefore, Instant eventsBefore) {
        List<String> dropped = new ArrayList<>();
        for (String table : TABLES) {
            Instant before = table.equals(ATTEMPTS) ? attemptsBefore : eventsBefore;
            for (String partition : past(database, table, before)) {
                boolean done =
                        database.ownerTransaction(connection -> {
                            AdvisoryLock.LOG_PARTITIONS.take(connection);
                            try (Statement statement = connection.createStatement()) {
                                statement.execute(SHORT_WAIT);
                                // Another node may have dropped it meanwhile.
                                statement.execute("drop table if exists " + partition);
                            }
                            return true;
                        });
                assert done;
                dropped.add(partition);
            }
        }
        return dropped;
    }

    /** The names consist of letters, digits and underscores alone, by the pattern. */
    private static List<String> past(Database database, String table, Instant before) {
        return database.query(c -> Sql.many(c, PARTITIONS, row -> row.text("name"), table)).stream()
                .filter(name -> {
                    Matcher parts = NAME.matcher(name);
                    return parts.matches()
                            && parts.group(1).equals(table)
                            && !end(parts).isAfter(before);
                })
                .toList();
    }

    private static Instant end(Matcher parts) {
        return YearMonth.of(Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)))
                .plusMonths(1)
                .atDay(1)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
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
