package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.nimbusds.jose.jwk.ECKey;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.oidc.Client;
import dev.monban.server.platform.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told, to whom, where a request of a client is refused. */
class RefusedTest {

    private static final ECKey KEY = Programs.key("one");
    private static final ECKey FOREIGN = Programs.key("foreign");

    @TempDir private static Path folder = Path.of("");

    private static Database database;
    private static ClockedGate gate;
    private static ClockedGate.Person sato;

    @BeforeAll
    static void open() {
        database = TestDatabase.fresh("refused");
        Instant begin = Instant.parse("2026-11-24T00:00:00Z");
        gate = new ClockedGate(folder, database, Programs.usual(folder, KEY), begin);
        sato = gate.new Person(Programs.PERSON, "203.0.113.4");
        sato.enter();
    }

    @AfterAll
    static void close() {
        gate.close();
        database.close();
    }

    /** One request that is refused, and its cause. */
    private record Refusal(String cause, String error, Sent sent) {}

    @FunctionalInterface
    private interface Sent {
        Program.Answer by(Program program) throws Exception;
    }

    @Test
    void eachRefusalNamesItsCauseAndTheAnswerDoesNot() throws Exception {
        List<Refusal> refusals =
                List.of(
                        new Refusal(
                                "unknown_client",
                                "401 invalid_client",
                                p -> p.machine("nobody", Programs.SECRET)),
                        new Refusal(
                                "wrong_secret",
                                "401 invalid_client",
                                p -> p.machine("crm", "another-secret-1")),
                        new Refusal(
                                "wrong_method",
                                "401 invalid_client",
                                p -> p.machine("spa", "another-secret-1")),
                        new Refusal(
                                "wrong_method",
                                "401 invalid_client",
                                p ->
                                        p.assertion(
                                                Programs.sign(
                                                        gate,
                                                        KEY,
                                                        "crm",
                                                        Programs.ISSUER,
                                                        60,
                                                        "a"))),
                        new Refusal(
                                "proof_missing",
                                "401 invalid_client",
                                p ->
                                        p.post(
                                                "/token",
                                                Program.form(
                                                        "client_credentials", "client_id", "crm"))),
                        new Refusal(
                                "client_missing",
                                "401 invalid_client",
                                p -> p.post("/token", Program.form("client_credentials"))),
                        new Refusal(
                                "proof_unreadable",
                                "401 invalid_client",
                                p ->
                                        p.post(
                                                "/token",
                                                Program.form("client_credentials"),
                                                "Authorization",
                                                "Basic ???")),
                        new Refusal(
                                "client_id_mismatch",
                                "401 invalid_client",
                                p ->
                                        p.post(
                                                "/token",
                                                Program.form(
                                                        "client_credentials", "client_id", "spa"),
                                                "Authorization",
                                                Program.basic("crm", Programs.SECRET))),
                        new Refusal(
                                "proved_twice",
                                "400 invalid_request",
                                p ->
                                        p.post(
                                                "/token",
                                                Program.form(
                                                        "client_credentials",
                                                        "client_secret",
                                                        Programs.SECRET),
                                                "Authorization",
                                                Program.basic("crm", Programs.SECRET))),
                        new Refusal(
                                "assertion_audience",
                                "401 invalid_client",
                                p ->
                                        p.assertion(
                                                Programs.sign(
                                                        gate,
                                                        KEY,
                                                        "signs",
                                                        "https://other.example",
                                                        60,
                                                        "b"))),
                        new Refusal(
                                "assertion_expired",
                                "401 invalid_client",
                                p ->
                                        p.assertion(
                                                Programs.sign(
                                                        gate,
                                                        KEY,
                                                        "signs",
                                                        Programs.ISSUER,
                                                        -61,
                                                        "c"))),
                        new Refusal(
                                "assertion_too_long",
                                "401 invalid_client",
                                p ->
                                        p.assertion(
                                                Programs.sign(
                                                        gate,
                                                        KEY,
                                                        "signs",
                                                        Programs.ISSUER,
                                                        3661,
                                                        "d"))),
                        new Refusal(
                                "assertion_key_unknown",
                                "401 invalid_client",
                                p ->
                                        p.assertion(
                                                Programs.sign(
                                                        gate,
                                                        FOREIGN,
                                                        "signs",
                                                        Programs.ISSUER,
                                                        60,
                                                        "e"))),
                        new Refusal(
                                "assertion_signature",
                                "401 invalid_client",
                                p ->
                                        p.assertion(
                                                Programs.sign(
                                                        gate,
                                                        new ECKey.Builder(FOREIGN)
                                                                .keyID("one")
                                                                .build(),
                                                        "signs",
                                                        Programs.ISSUER,
                                                        60,
                                                        "f"))),
                        new Refusal(
                                "assertion_without_id",
                                "401 invalid_client",
                                p ->
                                        p.assertion(
                                                Programs.sign(
                                                        gate,
                                                        KEY,
                                                        "signs",
                                                        Programs.ISSUER,
                                                        60,
                                                        ""))),
                        new Refusal(
                                "assertion_unreadable",
                                "401 invalid_client",
                                p -> p.assertion("a.b.c")),
                        new Refusal(
                                "public_client",
                                "401 invalid_client",
                                p ->
                                        p.post(
                                                "/introspect",
                                                Map.of("client_id", "spa", "token", "x"))),
                        new Refusal(
                                "parameter_repeated",
                                "400 invalid_request",
                                p -> p.send("/token", "grant_type=x&grant_type=x")),
                        new Refusal(
                                "request_too_large",
                                "413 invalid_request",
                                p ->
                                        p.post(
                                                "/par",
                                                Map.of(
                                                        "client_id",
                                                        "spa",
                                                        "x",
                                                        "y".repeat(20_000)))),
                        new Refusal(
                                "grant_type_unknown",
                                "400 unsupported_grant_type",
                                p -> p.crm(Program.form("password"))),
                        new Refusal(
                                "grant_type_not_declared",
                                "400 unauthorized_client",
                                p ->
                                        p.post(
                                                "/token",
                                                Program.form(
                                                        Client.DEVICE_CODE,
                                                        "device_code",
                                                        "x",
                                                        "client_id",
                                                        "spa"))),
                        new Refusal(
                                "scope_not_declared",
                                "400 invalid_scope",
                                p ->
                                        p.crm(
                                                Program.form(
                                                        "client_credentials",
                                                        "scope",
                                                        "crm:write"))),
                        new Refusal(
                                "redirect_uri_not_declared",
                                "400 invalid_request",
                                p ->
                                        p.post(
                                                "/par",
                                                Program.authorization(
                                                        "spa",
                                                        "redirect_uri",
                                                        "https://evil.example/"))),
                        new Refusal("unknown_code", "400 invalid_grant", p -> p.redeem("mnb_ac_x")),
                        new Refusal(
                                "code_of_another_client",
                                "400 invalid_grant",
                                p -> p.redeem(Program.code(sato, "spa"))),
                        new Refusal(
                                "expired_code",
                                "400 invalid_grant",
                                p -> {
                                    String code = Program.code(sato, "crm");
                                    gate.later(Duration.ofSeconds(61));
                                    return p.redeem(code);
                                }),
                        new Refusal(
                                "code_used",
                                "400 invalid_grant",
                                p -> {
                                    String code = Program.code(sato, "crm");
                                    assertEquals(200, p.redeem(code).status());
                                    return p.redeem(code);
                                }),
                        new Refusal(
                                "redirect_uri_missing",
                                "400 invalid_grant",
                                p -> p.redeem(Program.code(sato, "crm"), "redirect_uri", "")),
                        new Refusal(
                                "redirect_uri_mismatch",
                                "400 invalid_grant",
                                p ->
                                        p.redeem(
                                                Program.code(sato, "crm"),
                                                "redirect_uri",
                                                "http://localhost:4711/other")),
                        new Refusal(
                                "pkce_failed",
                                "400 invalid_grant",
                                p ->
                                        p.redeem(
                                                Program.code(sato, "crm"),
                                                "code_verifier",
                                                "x".repeat(50))),
                        new Refusal(
                                "pkce_missing",
                                "400 invalid_grant",
                                p -> p.redeem(Program.code(sato, "crm"), "code_verifier", "")),
                        new Refusal(
                                "unknown_refresh_token",
                                "400 invalid_grant",
                                p -> p.refresh("mnb_rt_x")),
                        new Refusal(
                                "refresh_replayed",
                                "400 invalid_grant",
                                p -> {
                                    String first =
                                            p.redeem(Program.code(sato, "crm"))
                                                    .text("refresh_token");
                                    String second = p.refresh(first).text("refresh_token");
                                    p.refresh(second);
                                    return p.refresh(first);
                                }),
                        new Refusal(
                                "refresh_revoked",
                                "400 invalid_grant",
                                p -> {
                                    String token =
                                            p.redeem(Program.code(sato, "crm"))
                                                    .text("refresh_token");
                                    p.post(
                                            "/revoke",
                                            Map.of("token", token),
                                            "Authorization",
                                            Program.basic("crm", Programs.SECRET));
                                    return p.refresh(token);
                                }),
                        new Refusal(
                                "unknown_device_code",
                                "400 invalid_grant",
                                p ->
                                        p.post(
                                                "/token",
                                                Program.form(
                                                        Client.DEVICE_CODE,
                                                        "device_code",
                                                        "x",
                                                        "client_id",
                                                        "tv"))),
                        new Refusal(
                                "device_polls_too_fast",
                                "400 slow_down",
                                p -> {
                                    Map<String, String> poll =
                                            Program.form(
                                                    Client.DEVICE_CODE,
                                                    "client_id",
                                                    "tv",
                                                    "device_code",
                                                    p.post(
                                                                    "/device_authorization",
                                                                    Map.of(
                                                                            "client_id",
                                                                            "tv",
                                                                            "scope",
                                                                            "openid"))
                                                            .text("device_code"));
                                    p.post("/token", poll);
                                    return p.post("/token", poll);
                                }),
                        new Refusal(
                                "dpop_required",
                                "400 invalid_dpop_proof",
                                p -> p.machine("bound", Programs.SECRET)),
                        new Refusal(
                                "dpop_unreadable",
                                "400 invalid_dpop_proof",
                                p ->
                                        p.post(
                                                "/token",
                                                Program.form("client_credentials"),
                                                "Authorization",
                                                Program.basic("crm", Programs.SECRET),
                                                "DPoP",
                                                "a.b.c")),
                        new Refusal(
                                "token_missing",
                                "401 invalid_token",
                                p -> p.post("/userinfo", Map.of())),
                        new Refusal(
                                "token_invalid",
                                "401 invalid_token",
                                p -> p.post("/userinfo", Map.of("access_token", "x"))),
                        new Refusal(
                                "token_expired",
                                "401 invalid_token",
                                p -> {
                                    String token =
                                            p.redeem(Program.code(sato, "crm"))
                                                    .text("access_token");
                                    gate.later(Duration.ofSeconds(301));
                                    return p.post("/userinfo", Map.of("access_token", token));
                                }),
                        new Refusal(
                                "token_revoked",
                                "401 invalid_token",
                                p -> {
                                    String token =
                                            p.redeem(Program.code(sato, "crm"))
                                                    .text("access_token");
                                    p.post(
                                            "/revoke",
                                            Map.of("token", token),
                                            "Authorization",
                                            Program.basic("crm", Programs.SECRET));
                                    return p.post("/userinfo", Map.of("access_token", token));
                                }),
                        new Refusal(
                                "token_sent_twice",
                                "400 invalid_request",
                                p -> {
                                    String token =
                                            p.redeem(Program.code(sato, "crm"))
                                                    .text("access_token");
                                    return p.post(
                                            "/userinfo",
                                            Map.of("access_token", token),
                                            "Authorization",
                                            "Bearer " + token);
                                }),
                        new Refusal(
                                "scope_insufficient",
                                "403 insufficient_scope",
                                p ->
                                        p.post(
                                                "/userinfo",
                                                Map.of(
                                                        "access_token",
                                                        p.machine("crm", Programs.SECRET)
                                                                .text("access_token")))));
        List<String> wrong = new ArrayList<>();
        int number = 0;
        for (Refusal refusal : refusals) {
            // A window of its own for each.
            gate.later(Duration.ofSeconds(61));
            number++;
            String address = "198.51.100." + number;
            Program.Answer answer = refusal.sent().by(new Program(gate, address));
            if (!answer.error().equals(refusal.error())) {
                wrong.add(refusal.cause() + ": " + answer.error() + " " + answer.body());
            }
            List<String> causes = Programs.causes(database, "address = ?", address);
            if (causes.isEmpty() || !causes.getLast().equals(refusal.cause())) {
                wrong.add(refusal.cause() + ": events " + causes);
            }
            // What is wrong with a client's own proof of a key it may know (DpopFault).
            if (!refusal.cause().startsWith("dpop_")
                    && answer.body().contains(refusal.cause())
                    && !refusal.error().endsWith(refusal.cause())) {
                wrong.add(refusal.cause() + " is told to the client: " + answer.body());
            }
        }
        assertEquals(List.of(), wrong);
        assertEquals(
                List.of("crm /token wrong_secret client_secret_basic"),
                Programs.rows(
                                database,
                                "select client_id, '/' || (details->>'kind'), details->>'cause',"
                                        + " details->>'method' from audit.event"
                                        + " where kind = 'token_refused' and address = '198.51.100.2'")
                        .stream()
                        .map(row -> row.replace("/client_credentials", "/token"))
                        .toList());
        assertEquals(
                0,
                Programs.number(
                        database,
                        "select count(*) from audit.event where details::text like ?",
                        "%another-secret%"));
    }
}
