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
        List<String> changes = new ArrayList<>();
        for (String table : APPEND_ONLY) {
            changes.add("update " + table + " set " + someColumn(table) + " = null");
            changes.add("truncate " + table + " cascade");
        }
        changes.addAll(List.of("delete from audit.event", "delete from watch.attempt"));
        database.transact(connection ->
                execute(
                        connection,
                        """
                        insert into watch.attempt (attempt_id, at, identifier, address, step, outcome)
                        values (gen_random_uuid(), '2026-11-23T00:00:00Z', 'x', 'x', 'x', 'x');
                        insert into watch.act (act_id, at, kind, account_id, addresses, accounts)
                        values (gen_random_uuid(), now(), 'x', gen_random_uuid(), '{}', '{}');
                        insert into declare.applied_state (fingerprint, applied_at, applied_by, file)
                        values ('x', '2020-01-01T00:00:00Z', 'x', 'x')
                        """));
        for (String change : changes) {
            // Even for whoever may do everything; remarks and steps need accounts to exist.
            if (!change.startsWith("update watch.remark") && !change.startsWith("update desk")) {
                assertTrue(
                        refusal(TestDatabase.url(), change).contains("append-only"),
                        change + ": " + refusal(TestDatabase.url(), change));
            }
        }
    }

    /**
     * Rows that are added and never changed, as their comments say: no other list is kept by hand.
     */
    private static final List<String> APPEND_ONLY = appendOnly();

    private static List<String> appendOnly() {
        List<String> tables = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(TestDatabase.url());
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                """
                                select n.nspname || '.' || c.relname
                                  from pg_class c join pg_namespace n on n.oid = c.relnamespace
                                 where c.relkind in ('r', 'p') and not c.relispartition
                                   and obj_description(c.oid) like '%rows are added and never%'
                                """)) {
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return tables;
    }

    /** With the credentials of the running gate, a thief of them changes nothing that happened. */
    @Test
    void theWorkingRoleChangesNoLogAndNoTable() {
        TestDatabase.create("roles");
        try (Database gate = TestDatabase.asGate("roles")) {
            LogPartitions.ensure(gate, Instant.parse("2026-11-23T00:00:00Z"));
        }
        assertTrue(APPEND_ONLY.size() >= 5, APPEND_ONLY.toString());
        List<String> tried = new ArrayList<>();
        for (String table : APPEND_ONLY) {
            tried.add("delete from " + table);
            tried.add("update " + table + " set " + someColumn(table) + " = null");
            tried.add("truncate " + table);
            tried.add("drop table " + table);
            tried.add("alter table " + table + " disable trigger all");
            tried.add("alter table " + table + " owner to monban_gate");
        }
        tried.addAll(
                List.of(
                        "delete from watch.attempt_2026_11",
                        "update audit.event_2026_11 set kind = 'x'",
                        "truncate audit.event_2026_11",
                        "drop table audit.event_2026_11",
                        "alter table audit.event detach partition audit.event_2026_11",
                        "create or replace function audit.refuse_change() returns trigger"
                                + " language sql as 'select null'",
                        "set session_replication_role = replica",
                        "set role monban_owner",
                        "alter role monban_gate superuser",
                        "create schema mine",
                        "create table account.mine (x int)",
                        "update platform.key_check set tag = ''",
                        "delete from platform.schema_history",
                        "copy (select 1) to program 'true'",
                        "select pg_read_file('postgresql.conf')"));
        for (String one : tried) {
            String refusal = refusal(TestDatabase.workUrl("roles"), one);
            assertTrue(
                    refusal.contains("permission denied") || refusal.contains("must be owner"),
                    one + ": " + refusal);
        }
    }

    private static String someColumn(String table) {
        if (table.startsWith("declare.")) {
            return "file";
        }
        return table.startsWith("audit.") || table.startsWith("desk.") ? "kind" : "account_id";
    }

    private static String refusal(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url)) {
            execute(connection, sql);
            return "it was done";
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
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
