package dev.monban.server.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.audit.store.LogPartitions;
import dev.monban.server.platform.Database;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The database explains itself, and every statement has an index that serves it. */
class SchemaTest {

    /** Statements that want every row of a table that holds tens of them at most. */
    private static final Set<String> WHOLE_TABLES =
            Set.of("ClientStore.ALL_IDS", "SigningKeyStore.PUBLISHED");

    private final Database database = TestDatabase.get();

    @Test
    void everyTableAndColumnHasItsComment() {
        List<String> silent =
                rows(
                        """
                        select n.nspname || '.' || c.relname || coalesce('.' || a.attname, '')
                          from pg_class c
                          join pg_namespace n on n.oid = c.relnamespace
                          left join pg_attribute a
                            on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                         where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast',
                                                 'platform', 'public')
                           and c.relkind in ('r', 'p') and not c.relispartition
                           and (col_description(c.oid, a.attnum) is null
                                or obj_description(c.oid, 'pg_class') is null)
                        """);
        assertEquals(List.of(), silent);
    }

    @Test
    void everySchemaHasItsComment() {
        assertEquals(
                List.of(),
                rows(
                        """
                        select nspname from pg_namespace
                         where nspname !~ '^(pg_|information_schema|public|platform)'
                           and obj_description(oid, 'pg_namespace') is null
                        """));
    }

    /** Planned without the choice of reading whole tables, none does. */
    @Test
    void everyStatementHasAnIndexThatServesIt() throws SQLException {
        LogPartitions.ensure(database, Instant.parse("2026-11-23T00:00:00Z"));
        List<String> unserved = new ArrayList<>();
        List<Statements> all = statements();
        // The simple protocol: only there may a statement with parameters be explained without
        // them.
        try (Connection connection =
                DriverManager.getConnection(TestDatabase.url() + "&preferQueryMode=simple")) {
            execute(connection, "set enable_seqscan = off");
            for (Statements one : all) {
                String plan = plan(connection, one.sql());
                if (plan.contains("Seq Scan") && !WHOLE_TABLES.contains(one.name())) {
                    unserved.add(one.name() + "\n" + plan);
                }
            }
        }
        assertTrue(all.size() > 50, "only " + all.size() + " statements were found");
        assertEquals(List.of(), unserved);
    }

    @Test
    void theLogsTakeNoChange() {
        LogPartitions.ensure(database, Instant.parse("2026-11-23T00:00:00Z"));
        database.transact(connection ->
                execute(
                        connection,
                        """
                        insert into audit.event (event_id, at, kind, details)
                        values (gen_random_uuid(), '2026-11-23T00:00:00Z', 'test', '{}')
                        """));
        for (String change :
                List.of("delete from audit.event", "update audit.event set kind = 'other'")) {
            boolean refused = false;
            try {
                database.transact(connection -> execute(connection, change));
            } catch (Database.DatabaseFailed e) {
                refused = String.valueOf(e.getMessage()).contains("append-only");
            }
            assertTrue(refused, change);
        }
    }

    private record Statements(String name, String sql) {}

    private static List<Statements> statements() {
        List<Statements> all = new ArrayList<>();
        for (var file : Repository.files("server/src/main/java", "Store.java")) {
            String name =
                    Repository.root()
                            .resolve("server/src/main/java")
                            .relativize(file)
                            .toString()
                            .replace('/', '.')
                            .replaceAll("\\.java$", "");
            try {
                for (Field field : Class.forName(name).getDeclaredFields()) {
                    if (field.getType() == String.class
                            && Modifier.isStatic(field.getModifiers())) {
                        field.setAccessible(true);
                        String simple = name.substring(name.lastIndexOf('.') + 1);
                        all.add(
                                new Statements(
                                        simple + "." + field.getName(), (String) field.get(null)));
                    }
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return all;
    }

    private static String plan(Connection connection, String sql) throws SQLException {
        int[] number = {0};
        String numbered = Pattern.compile("\\?").matcher(sql).replaceAll(m -> "\\$" + ++number[0]);
        StringBuilder plan = new StringBuilder();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("explain (generic_plan) " + numbered)) {
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> rows(String sql) {
        return database.query(connection -> {
            List<String> values = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
            }
            return values;
        });
    }
}
