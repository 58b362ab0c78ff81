package dev.monban.server.oidc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.server.audit.EventLog;
import dev.monban.server.audit.LogUpkeep;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.oidc.store.ClientStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Sql;
import dev.monban.server.platform.Tokens;
import dev.monban.server.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refresh tokens that come twice, at two nodes of one database whose clock the test sets. */
class RefreshTest {

    private static final Instant BEGIN = Instant.parse("2026-12-11T00:00:00Z");
    private static final Pattern STEP = Pattern.compile("([AB])([0-9]+) (\\d+)(/k\\d)?=(\\S+)");

    private static Instant now = BEGIN;
    private static Database database;
    private static Grants nodeA;
    private static Grants nodeB;
    private static Session session;

    @BeforeAll
    static void open() {
        database = TestDatabase.get();
        new LogUpkeep(database, () -> now).turn();
        Ids ids = new Ids(() -> now);
        nodeA = node(ids);
        nodeB = node(ids);
        session = session(ids);
        for (Client client :
                List.of(client("refresh-secret", true), client("refresh-public", false))) {
            database.transact(connection -> ClientStore.put(connection, client, now));
        }
    }

    @AfterAll
    static void close() {
        nodeA.close();
        nodeB.close();
    }

    /**
     * Each step: the node, the second, the token's number and the key that is proved; then the
     * number that is given, {@code no} for a refusal, or {@code revoked} for one that revokes the
     * grant.
     */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            textBlock =
"""
# what happens                                          | client | steps
one refresh after the other                             | secret | A1 1=2, A400 2=3, A900 3=4
the answer is lost for two minutes                      | secret | A1 1=2, A121 1=2, A122 2=3
it is lost several times, at either node                | secret | A1 1=2, B20 1=2, A100 1=2, B301 1=2, A302 2=3
it is lost for too long                                 | secret | A1 1=2, A302 1=revoked, A303 2=no
a copy comes after the next token was used              | secret | A1 1=2, A2 2=3, B3 1=revoked, A4 3=no
a lost answer, and then the one before it again         | secret | A1 1=2, A30 1=2, A31 2=3, A32 1=revoked
another DPoP key (RFC 9449, section 5)                  | secret | A1 1/k1=2, A2 2/k2=3, B3 3=4, B4 3/k1=4
public, the answer is lost and asked for again at once  | public | A1 1=2, B9 1=2, A12 2=3
public, it is lost for longer                           | public | A1 1=2, A12 1=revoked, A13 2=no
public, a thief was first, the owner comes later        | public | B1 1=2, A60 1=revoked, B61 2=no
public, a thief comes after the owner                   | public | A1 1=2, B60 1=revoked, A61 2=no
bound to a key, the answer is lost for two minutes      | bound  | A1 1/k1=2, B121 1/k1=2, A122 2/k1=3
bound, a thief without the key comes before the owner   | bound  | B1 1=no, B2 1/k2=no, A3 1/k1=2, A4 2/k1=3
bound, a thief without the key comes after the owner    | bound  | A1 1/k1=2, B2 1=no, B400 1/k2=no, A401 2/k1=3
bound, it is lost for too long                          | bound  | A1 1/k1=2, A302 1/k1=revoked, A303 2/k1=no
""")
    void tellsALostAnswerFromATheft(String what, String kind, String steps) {
        UUID grant = redeemed(kind);
        for (String step : steps.split(", ", -1)) {
            Matcher part = STEP.matcher(step);
            if (!part.matches()) {
                throw new IllegalArgumentException(step);
            }
            now = BEGIN.plusSeconds(Long.parseLong(part.group(2)));
            Grants node = part.group(1).equals("A") ? nodeA : nodeB;
            String key = part.group(4) == null ? null : part.group(4).substring(1);
            boolean before = node.find(grant).orElseThrow().revoked();
            String given = refresh(node, grant, kind, Integer.parseInt(part.group(3)), key);
            boolean revokes = !before && node.find(grant).orElseThrow().revoked();
            assertEquals(part.group(5), revokes ? "revoked" : given, what + ": " + step);
        }
    }

    @Test
    void twentyAtOnceAtTwoNodesGetTheSameNextToken() throws Exception {
        for (String kind : List.of("secret", "public")) {
            UUID grant = redeemed(kind);
            now = BEGIN.plusSeconds(5);
            CountDownLatch start = new CountDownLatch(1);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<String>> all = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    Grants node = i % 2 == 0 ? nodeA : nodeB;
                    all.add(
                            threads.submit(() -> {
                                start.await();
                                return refresh(node, grant, kind, 1, null);
                            }));
                }
                start.countDown();
                TreeSet<String> given = new TreeSet<>();
                for (Future<String> one : all) {
                    given.add(one.get());
                }
                assertEquals("[2]", given.toString(), kind);
            }
            assertEquals("3", refresh(nodeB, grant, kind, 2, null), kind);
        }
    }

    /** Without offline access a grant ends with its session, for lost answers too. */
    @Test
    void nothingIsGivenAgainOnceTheGrantIsOver() {
        UUID grant = redeemed("secret");
        now = session.expiresAt().minusSeconds(1);
        assertEquals("2", refresh(nodeA, grant, "secret", 1, null));
        now = session.expiresAt().plusSeconds(1);
        assertEquals("no", refresh(nodeA, grant, "secret", 1, null));
        assertEquals("no", refresh(nodeA, grant, "secret", 2, null));
    }

    private static String refresh(
            Grants node, UUID grant, String kind, int number, @Nullable String key) {
        Grants.Refreshed refreshed =
                node.refresh(new Handles.Refresh(grant, number), clientOf(kind), key, "192.0.2.1");
        return switch (refreshed) {
            case Grants.Refreshed.Moved(Grant moved) -> Integer.toString(moved.refreshGeneration());
            case Grants.Refreshed.Refused() -> "no";
        };
    }

    private static UUID redeemed(String kind) {
        now = BEGIN;
        Grants.Wanted wanted =
                new Grants.Wanted(
                        "https://crm.example/",
                        "challenge",
                        List.of("openid"),
                        null,
                        List.of(),
                        null,
                        null);
        Grant grant =
                database.transaction(connection ->
                        nodeA.give(connection, clientOf(kind), session, wanted, "192.0.2.1"));
        String key = kind.equals("bound") ? "k1" : null;
        return nodeA.redeem(grant, true, key, "192.0.2.1").orElseThrow().id();
    }

    private static Client clientOf(String kind) {
        return client(
                kind.equals("secret") ? "refresh-secret" : "refresh-public", kind.equals("secret"));
    }

    private static Client client(String id, boolean secret) {
        return new Client(
                id,
                id,
                List.of("https://crm.example/"),
                List.of(),
                secret ? List.of(new Client.Secret(1, "00")) : List.of(),
                null,
                null,
                secret ? Client.Proof.CLIENT_SECRET : Client.Proof.NONE,
                List.of(Client.AUTHORIZATION_CODE, Client.REFRESH_TOKEN),
                List.of("openid"),
                false,
                Algorithm.ES256,
                null,
                Client.TokenFormat.JWT,
                Duration.ofMinutes(5),
                null,
                null,
                false,
                false,
                false,
                false,
                List.of());
    }

    private static Grants node(Ids ids) {
        return new Grants(
                database,
                ids,
                () -> now,
                new EventLog(database, ids, () -> now),
                new Revocations(database, () -> now),
                TokenSettings.DEFAULT);
    }

    private static Session session(Ids ids) {
        UUID tenant = ids.next();
        UUID account = ids.next();
        Session made =
                new Session(
                        ids.next(),
                        account,
                        AssuranceLevel.AAL1,
                        List.of("pwd"),
                        false,
                        BEGIN,
                        BEGIN,
                        BEGIN,
                        BEGIN.plus(Duration.ofHours(12)),
                        "192.0.2.1",
                        null);
        database.transact(connection -> {
            Sql.update(
                    connection,
                    "insert into tenant.tenant values (?, 'refresh', 'Refresh', ?, ?)",
                    tenant,
                    BEGIN,
                    BEGIN);
            Sql.update(
                    connection,
                    """
                    insert into account.account (account_id, tenant_id, identifier, name,
                        email_verified, language, created_at, changed_at)
                    values (?, ?, 'refresh@refresh.example', 'R', false, 'en', ?, ?)
                    """,
                    account,
                    tenant,
                    BEGIN,
                    BEGIN);
            Sql.update(
                    connection,
                    """
                    insert into session.session (session_id, token_hash, account_id, level, methods,
                        started_at, authenticated_at, seen_at, expires_at, address)
                    values (?, ?, ?, 'aal1', '{pwd}', ?, ?, ?, ?, '192.0.2.1')
                    """,
                    made.id(),
                    Tokens.hash("refresh test"),
                    account,
                    BEGIN,
                    BEGIN,
                    BEGIN,
                    made.expiresAt());
        });
        return made;
    }
}
