package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.jwk.ECKey;
import dev.monban.server.declare.State;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.oidc.ClientExplainer;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Texts;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes of a deploy: the program was well, is changed, and is refused. */
class WhyClientTest {

    private static final ECKey KEY = Programs.key("one");

    private static final String CLIENTS =
            """
              - id: ID
                name: Program
                redirectUris: ["CALLBACK"]
                PROOF
                grants: [authorization_code, refresh_token, client_credentials]
                scopes: [openid, profile, "crm:read"]
            """;

    @TempDir private static Path folder = Path.of("");

    private static Database database;
    private static ClockedGate gate;
    private static ClockedGate.Person sato;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh("why_client");
        gate =
                new ClockedGate(
                        folder,
                        database,
                        state("secret: {plain: SECRET}"),
                        Instant.parse("2026-11-24T00:00:00Z"));
        sato = gate.new Person(Programs.PERSON, "203.0.113.4");
        sato.enter();
    }

    @AfterAll
    static void close() {
        gate.close();
        database.close();
    }

    private static State state(String proofOfRotates) {
        List<String> clients = new ArrayList<>();
        for (String id :
                List.of("crm", "secret", "method", "redirect", "pkce", "scope", "moved", "quiet")) {
            clients.add(CLIENTS.replace("ID", id).replace("PROOF", "secret: {plain: SECRET}"));
        }
        clients.add(CLIENTS.replace("ID", "rotates").replace("PROOF", proofOfRotates));
        clients.add(
                CLIENTS.replace("ID", "signs")
                        .replace("PROOF", "jwks: {keys: [KEY]}")
                        .replace("KEY", KEY.toPublicJWK().toJSONString()));
        clients.add(
                CLIENTS.replace("ID", "bound")
                        .replace("PROOF", "secret: {plain: SECRET}\n    dpopRequired: true"));
        return Programs.state(
                folder,
                String.join("", clients),
                "NEW",
                "the-new-secret-of-it",
                "OLD",
                Programs.SECRET);
    }

    /** A sign-in and a token of its own, as the program does it while it is well. */
    private static void isWell(String client) {
        Program program = new Program(gate, "203.0.113.50", "program/1.0");
        String basic = Program.basic(client, Programs.SECRET);
        assertEquals(
                200,
                program.post(
                                "/token",
                                Program.form(
                                        "authorization_code",
                                        "code",
                                        Program.code(sato, client),
                                        "redirect_uri",
                                        Program.CALLBACK,
                                        "code_verifier",
                                        Program.VERIFIER),
                                "Authorization",
                                basic)
                        .status());
        assertEquals(200, program.machine(client, Programs.SECRET).status());
        gate.later(Duration.ofMinutes(10));
    }

    private static List<String> why(String client) {
        return new ClientExplainer(database, gate::now)
                .explain(client)
                .map(explained ->
                        ClientExplainer.inWords(explained, Texts.in(Language.EN), ZoneOffset.UTC))
                .orElse(List.of());
    }

    private static void assertTold(String client, String... parts) {
        String words = String.join("\n", why(client));
        for (String part : parts) {
            assertTrue(words.contains(part), part + " is not in:\n" + words);
        }
    }

    private static Program deployed() {
        return new Program(gate, "203.0.113.50", "program/1.0");
    }

    @Test
    void theWrongSecret() {
        isWell("secret");
        deployed().machine("secret", "of-another-program");
        assertTold(
                "secret",
                "the secret is none of this client's",
                "wrong_secret, seen 1 times, from 203.0.113.50",
                "last good call (client_credentials) was at 24 Nov 2026",
                "Nothing else that is recorded differs");
    }

    @Test
    void theSecretFromBefore() {
        isWell("rotates");
        // Both are good while the program is given the new one; which one it uses is visible.
        declare("secrets: [{env: OLD}, {env: NEW}]");
        Program program = deployed();
        awaitStatus(200, () -> program.machine("rotates", "the-new-secret-of-it").status());
        gate.later(Duration.ofMinutes(1));
        assertEquals(200, program.machine("rotates", Programs.SECRET).status());
        gate.later(Duration.ofMinutes(1));
        assertEquals(200, program.machine("rotates", "the-new-secret-of-it").status());
        assertEquals(
                List.of("2"),
                Programs.rows(
                        database,
                        "select facts->>'secret' from oidc.client_call where client_id = 'rotates'"
                                + " and kind = 'client_credentials'"));
        declare("secret: {env: NEW}");
        awaitStatus(401, () -> program.machine("rotates", Programs.SECRET).status());
        assertTold("rotates", "is no longer declared; give the program the new one");
        assertEquals(200, program.machine("rotates", "the-new-secret-of-it").status());
        // Declared again, it is the same secret as before.
        declare("secrets: [{env: NEW}, {env: OLD}]");
        awaitStatus(200, () -> program.machine("rotates", Programs.SECRET).status());
        assertEquals(
                List.of("1 t", "2 t"),
                Programs.rows(
                        database,
                        "select generation, removed_at is null from oidc.client_secret where"
                                + " client_id = 'rotates' order by generation"));
    }

    @Test
    void anotherWayOfProof() {
        isWell("method");
        deployed().post("/token", Program.form("client_credentials", "client_id", "method"));
        assertTold(
                "method",
                "the client sent no secret and no assertion",
                "it proves itself by none; before it was client_secret_basic");
    }

    @Test
    void anotherRedirectUri() {
        isWell("redirect");
        sato.get(
                "/authorize?"
                        + Program.encode(
                                Program.authorization(
                                        "redirect",
                                        "redirect_uri",
                                        "https://localhost:4711/callback")));
        assertTold(
                "redirect",
                "none of those declared, letter by letter",
                "redirect_uri is https://localhost:4711/callback; before it was "
                        + Program.CALLBACK);
    }

    @Test
    void noPkceAnyMore() {
        isWell("pkce");
        sato.get(
                "/authorize?"
                        + Program.encode(
                                Program.authorization(
                                        "pkce",
                                        "code_challenge",
                                        "",
                                        "code_challenge_method",
                                        "")));
        assertTold("pkce", "PKCE: no; before: yes");
    }

    @Test
    void moreScopes() {
        isWell("scope");
        deployed()
                .post(
                        "/token",
                        Program.form("client_credentials", "scope", "crm:read crm:write"),
                        "Authorization",
                        Program.basic("scope", Programs.SECRET));
        assertTold(
                "scope",
                "a scope was asked for that the client is not declared for",
                "it asks for more scopes: crm:write; before it had crm:read");
        isWell("quiet");
        sato.get(
                "/authorize?"
                        + Program.encode(
                                Program.authorization("quiet", "scope", "openid unknown-one")));
        assertTrue(why("quiet").getFirst().startsWith("No call of Program (quiet) was refused"));
    }

    @Test
    void anotherMachineAndLibrary() {
        isWell("moved");
        new Program(gate, "198.51.100.9", "program/2.0").machine("moved", "of-another-program");
        assertTold(
                "moved",
                "it comes from 198.51.100.9; before from 203.0.113.50",
                "it calls itself program/2.0; before program/1.0");
    }

    @Test
    void anotherAudienceAndKeyOfAssertions() {
        Program program = deployed();
        String issuer = Programs.ISSUER;
        assertEquals(
                200,
                program.assertion(Programs.sign(gate, KEY, "signs", issuer, 60, "a")).status());
        gate.later(Duration.ofMinutes(1));
        program.assertion(Programs.sign(gate, KEY, "signs", issuer + "/token", 60, "b"));
        assertTold(
                "signs",
                "aud of the assertion is not the issuer alone",
                "its assertion names the audience http://localhost:1/token; before http://localhost:1");
        program.assertion(Programs.sign(gate, Programs.key("two"), "signs", issuer, 60, "c"));
        assertTold("signs", "it signs with the key two; before with one");
    }

    @Test
    void noProofOfAKey() {
        deployed().machine("bound", Programs.SECRET);
        assertTold(
                "bound",
                "declared with dpopRequired",
                "No call of this client was good since release 0.1.0");
    }

    @Test
    void whatIsOverIsSaidToBeOver() {
        isWell("crm");
        deployed().machine("crm", "of-another-program");
        gate.later(Duration.ofMinutes(2));
        deployed().machine("crm", Programs.SECRET);
        assertTold("crm", "It is over: a call of the same kind (client_credentials) was good");
        assertEquals(Optional.empty(), new ClientExplainer(database, gate::now).explain("nobody"));
        // Both languages have the words.
        List<String> japanese =
                new ClientExplainer(database, gate::now)
                        .explain("crm")
                        .map(e -> ClientExplainer.inWords(e, Texts.in(Language.JA), ZoneOffset.UTC))
                        .orElseThrow();
        assertTrue(japanese.getFirst().contains("シークレット"), japanese.toString());
        assertEquals(
                0,
                Programs.number(
                        database,
                        "select count(*) from oidc.client_call where facts::text like ?",
                        "%" + Programs.SECRET + "%"));
    }

    @Test
    void goodCallsAreOneRowForEachKindHoweverManyThereAre() {
        for (int i = 0; i < 300; i++) {
            new Program(gate, "203.0.113." + i % 200, "program/" + i)
                    .machine("crm", Programs.SECRET);
        }
        assertEquals(
                1,
                Programs.number(
                        database,
                        "select count(*) from oidc.client_call where client_id = 'crm'"
                                + " and kind = 'client_credentials'"));
    }

    private static void declare(String proof) {
        new ClockedGate(folder, database, state(proof), gate.now()).close();
    }

    private static void awaitStatus(int status, java.util.function.IntSupplier sent) {
        assertTrue(
                ClockedGate.await(
                        () -> Optional.of(sent.getAsInt() == status).filter(same -> same)));
    }
}
