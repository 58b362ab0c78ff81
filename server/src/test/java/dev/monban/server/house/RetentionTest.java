package dev.monban.server.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.audit.LogUpkeep;
import dev.monban.server.audit.PastRows;
import dev.monban.server.audit.Retention;
import dev.monban.server.audit.store.LogPartitions;
import dev.monban.server.declare.StateReader;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Database;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept has an end, and the end comes when the setting says. */
class RetentionTest {

    /** Tables without an end by time, and what bounds each of them. */
    private static final Map<String, String> BOUNDED =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("platform.schema_history", "one row a migration"),
                            Map.entry("platform.key_check", "one row"),
                            Map.entry("declare.applied_state", "one row a declared change"),
                            Map.entry("tenant.tenant", "one row an organisation"),
                            Map.entry("tenant.member", "one row a person and organisation"),
                            Map.entry("tenant.requirement", "replaced with its organisation"),
                            Map.entry("account.account", "one row a person"),
                            Map.entry("account.federated_identity", "one row a person and issuer"),
                            Map.entry("oidc.client", "one row a client"),
                            Map.entry("oidc.client_secret", "ten rows a client"),
                            Map.entry("oidc.client_call", "one row a client and kind"),
                            Map.entry("oidc.consent", "one row a person and client"),
                            Map.entry("factor.app", "ten rows a person"),
                            Map.entry("factor.passkey", "ten rows a person"),
                            Map.entry("factor.recovery_code", "ten rows a person"),
                            Map.entry("factor.guess", "two rows a person")));

    private static final Instant BEGIN = Instant.parse("2027-01-20T00:00:00Z");

    @TempDir private static Path folder;
    private static Database gate;

    @BeforeAll
    static void open() {
        TestDatabase.create("retention");
        gate = TestDatabase.asGate("retention");
    }

    @AfterAll
    static void close() {
        gate.close();
    }

    private static void setClock(Instant to) {
        asOwner(
                "create or replace function watch.clock() returns timestamptz language sql volatile"
                        + " as 'select timestamptz ''"
                        + to
                        + "'''");
    }

    private static void asOwner(String sql) {
        boolean done =
                gate.ownerTransaction(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute(sql);
                    }
                    return true;
                });
        assertTrue(done);
    }

    private static List<String> rows(String sql) {
        return gate.query(connection -> {
            List<String> all = new ArrayList<>();
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(sql)) {
                while (row.next()) {
                    all.add(row.getString(1));
                }
            }
            return all;
        });
    }

    private static List<String> partitions(String table) {
        return rows(
                "select inhrelid::regclass::text from pg_inherits where inhparent = '"
                        + table
                        + "'::regclass order by 1");
    }

    /** By the gate's own roles: the one that works may drop nothing. */
    @Test
    void aMonthIsDroppedWhenAllOfItIsOlderThanTheSetting() {
        setClock(BEGIN);
        new LogUpkeep(gate, () -> BEGIN).turn();
        asOwner(
                """
                insert into watch.attempt (attempt_id, at, identifier, address, step, outcome)
                select gen_random_uuid(), at, 'x', 'x', 'x', 'x'
                  from unnest('{2027-01-31T23:59:59Z,2027-02-01T00:00:00Z}'::timestamptz[]) at;
                insert into audit.event (event_id, at, kind, details)
                values (gen_random_uuid(), '2027-02-01T00:00:00Z', 'test', '{}')
                """);
        Retention retention =
                new Retention(
                        Duration.ofDays(60),
                        Duration.ofDays(90),
                        Duration.ofDays(400),
                        Duration.ofDays(180));
        Instant end = Instant.parse("2027-02-01T00:00:00Z").plus(Duration.ofDays(60));

        assertEquals(List.of(), dropAt(end.minusMillis(1), retention));
        assertEquals(List.of("watch.attempt_2027_01"), dropAt(end, retention));
        assertEquals(
                List.of("2027-02-01"),
                rows("select (at at time zone 'UTC')::date from watch.attempt"));
        assertEquals(
                List.of("watch.attempt_2027_02", "audit.event_2027_01"),
                dropAt(end.plus(Duration.ofDays(30)), retention));
        assertEquals(2, partitions("watch.attempt").size());
        assertEquals(3, partitions("audit.event").size());
        assertEquals(
                List.of("2027-02-01"),
                rows("select (at at time zone 'UTC')::date from audit.event"));

        // A node whose clock is ten years ahead of the database's drops nothing of the rest.
        Instant ahead = end.plus(Duration.ofDays(3650));
        assertEquals(List.of(), new LogUpkeep(gate, () -> ahead).drop(retention));
    }

    private static List<String> dropAt(Instant now, Retention retention) {
        setClock(now);
        return new LogUpkeep(gate, () -> now).drop(retention);
    }

    @Test
    void whatHasEndedIsDeletedAfterItsTimeAndNotBefore() {
        Instant now = Instant.parse("2030-01-01T00:00:00Z");
        String account = "00000000-0000-0000-0000-0000000000aa";
        asOwner(
                """
                insert into tenant.tenant (tenant_id, slug, name, created_at, changed_at)
                values ('%1$s', 'kept', 'Kept', now(), now());
                insert into account.account (account_id, tenant_id, identifier, name, language,
                                             email_verified, created_at, changed_at)
                values ('%1$s', '%1$s', 'kept', 'Kept', 'en', false, now(), now());
                insert into oidc.client (client_id, name, redirect_uris, post_logout_redirect_uris,
                    authentication, grants, scopes, third_party, signing_algorithm, access_token_format,
                    access_token_seconds, dpop_required, par_required, origins, created_at, changed_at)
                values ('kept', 'Kept', '{}', '{}', 'none', '{}', '{}', false, 'ES256', 'jwt', 300, false,
                        false, '{}', now(), now())
                """
                        .formatted(account));
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put(
                "session.session",
                "(session_id, token_hash, account_id, level, methods, started_at, authenticated_at,"
                        + " seen_at, expires_at, address) values (gen_random_uuid(),"
                        + " sha256(gen_random_uuid()::text::bytea), '%1$s', 'aal1', '{}', '%2$s',"
                        + " '%2$s', '%2$s', '%2$s', 'x')");
        rows.put(
                "watch.campaign",
                "(campaign_id, kind, explanation, started_at, found_at, last_at, ended_at, attempts,"
                        + " stopped) values (gen_random_uuid(), 'x', 'x', '%2$s', '%2$s', '%2$s',"
                        + " '%2$s', 1, 0)");
        rows.put(
                "watch.act",
                "(act_id, at, kind, account_id, addresses, accounts) values (gen_random_uuid(),"
                        + " '%2$s', 'x', '%1$s', '{}', '{}')");
        rows.put(
                "watch.snapshot",
                "(name, taken_at, written_by, position, state) values (gen_random_uuid()::text,"
                        + " '%2$s', '0', 1, '')");
        rows.put(
                "member.invitation",
                "(invitation_id, tenant_id, identifier, name, language, roles, code, invited_by,"
                        + " invited_at, expires_at) values (gen_random_uuid(), '%1$s',"
                        + " gen_random_uuid()::text, 'x', 'en', '{}', '', '%1$s', '%2$s', '%2$s')");
        rows.put(
                "factor.recovery",
                "(recovery_id, account_id, begun_by, begun_at, ended_at) values"
                        + " (gen_random_uuid(), '%1$s', '%1$s', '%2$s', '%2$s')");
        rows.put(
                "factor.trusted_device",
                "(trusted_device_id, account_id, device, address, trusted_at, expires_at) values"
                        + " (gen_random_uuid(), '%1$s', gen_random_uuid()::text, 'x', '%2$s',"
                        + " '%2$s')");
        rows.put(
                "oidc.signing_key",
                "(key_id, algorithm, public_jwk, private_sealed, created_at, signs_from,"
                        + " signs_until, published_until) values (gen_random_uuid()::text, 'x', 'x',"
                        + " '', '%2$s', '%2$s', '%2$s', '%2$s')");
        rows.put(
                "notify.bounce",
                "(address, status, diagnostic, bounced_at) values (gen_random_uuid()::text, 'x',"
                        + " 'x', '%2$s')");
        rows.put(
                "notify.thread",
                "(channel, topic_id, thread, made_at) values ('x', gen_random_uuid(), 'x',"
                        + " '%2$s')");
        rows.forEach((table, values) -> {
            int days =
                    switch (table) {
                        case "session.session" -> 7;
                        case "watch.campaign", "watch.act", "notify.bounce", "notify.thread" -> 400;
                        default -> 60;
                    };
            for (long second : new long[] {-1, 1}) {
                Instant at = now.minus(Duration.ofDays(days)).plusSeconds(second);
                asOwner("insert into " + table + " " + values.formatted(account, at));
            }
        });
        asOwner(
                """
                insert into oidc.grant (grant_id, client_id, account_id, session_id, scopes, level,
                                        methods, authenticated_at, created_at, refresh_generation)
                select gen_random_uuid(), 'kept', account_id, session_id, '{}', 'aal1', '{}', now(),
                       now(), 0
                  from session.session where expires_at < '%s'
                """
                        .formatted(now.minus(Duration.ofDays(7))));
        new PastRows(gate).delete(Retention.DEFAULT, now);
        rows.keySet()
                .forEach(table ->
                        assertEquals(
                                table.equals("session.session") ? List.of("2") : List.of("1"),
                                rows("select count(*) from " + table),
                                table));
        // The session that a grant refers to goes with it.
        asOwner("delete from oidc.grant");
        new PastRows(gate).delete(Retention.DEFAULT, now);
        assertEquals(List.of("1"), rows("select count(*) from session.session"));
    }

    /** Fails for the next table that only grows, until somebody says what ends it. */
    @Test
    void everyTableHasAnEnd() {
        String statements = statements();
        String page = Repository.read(Repository.root().resolve("docs/retention.md"));
        List<String> endless = new ArrayList<>();
        for (String table :
                rows(
                        """
                        select n.nspname || '.' || c.relname
                          from pg_class c join pg_namespace n on n.oid = c.relnamespace
                         where c.relkind in ('r', 'p') and not c.relispartition
                           and n.nspname !~ '^(pg_|information_schema|public)'
                         order by 1
                        """)) {
            boolean byAge =
                    LogPartitions.TABLES.contains(table)
                            || Pattern.compile("delete from " + table + "\\s[^;\"]*?(<|opened_at)")
                                    .matcher(statements)
                                    .find();
            boolean bounded = BOUNDED.containsKey(table);
            if ((!byAge && !bounded) || !page.contains("| `" + table + "` |")) {
                endless.add(table);
            }
        }
        assertEquals(List.of(), endless, "say in docs/retention.md what ends them, and end them");
    }

    /** All SQL of the stores, one statement after the other. */
    private static String statements() {
        StringBuilder all = new StringBuilder();
        for (Path file : Repository.files("server/src/main/java", "Store.java")) {
            all.append(Repository.read(file).replaceAll("\"\"\"|\";", ";"));
        }
        return all.toString();
    }

    @Test
    void theLeastThatIsKeptIsAsMuchAsAnythingLooksBack() throws ReflectiveOperationException {
        for (String name :
                List.of(
                        "watch.Beginnings.LEARNT",
                        "watch.Remarks.LAST_USED",
                        "watch.Acts.HARMLESS_FOR",
                        "desk.Explainer.LOOKED_BACK",
                        "oidc.ClientExplainer.LOOKED_BACK")) {
            int dot = name.lastIndexOf('.');
            Field field =
                    Class.forName("dev.monban.server." + name.substring(0, dot))
                            .getDeclaredField(name.substring(dot + 1));
            field.setAccessible(true);
            Duration back = (Duration) field.get(null);
            assertTrue(back.compareTo(Retention.MIN_LOG) <= 0, name + " " + back);
        }
    }

    @Test
    void aSettingThatIsTooShortIsRefusedWithTheReason() throws IOException {
        String refusal = refusal("retention: {attemptsDays: 59}");
        assertTrue(
                refusal.contains(
                        "monban.yaml:2: retention: attempts is at least 60 days, because the watch"
                                + " and the desk learn from them"),
                refusal);
        assertTrue(refusal("retention: {casesDays: 9}").contains("at least 10 days"));
        assertTrue(refusal("retention: {eventsDays: 4000}").contains("to 3653"));
        Retention read = read("retention: {attemptsDays: 60, eventsDays: 61}");
        assertEquals(
                new Retention(
                        Duration.ofDays(60),
                        Duration.ofDays(61),
                        Retention.DEFAULT.cases(),
                        Retention.DEFAULT.formerPasswords()),
                read);
        assertEquals(Retention.DEFAULT, read("# nothing"));
        assertFalse(refusal("retention: {daysOfAttempts: 60}").isEmpty());
    }

    private static Retention read(String line) throws IOException {
        Path file = folder.resolve("monban.yaml");
        Files.writeString(file, "issuer: http://localhost:1\n" + line + "\n");
        return StateReader.read(file, name -> Optional.empty()).options().retention();
    }

    private static String refusal(String line) {
        return String.valueOf(assertThrows(BadInput.class, () -> read(line)).getMessage());
    }
}
