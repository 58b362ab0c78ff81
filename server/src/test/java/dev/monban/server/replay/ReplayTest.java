package dev.monban.server.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.FindingKind;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Policy;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.server.platform.BadInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.Year;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {

    private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");

    @TempDir private Path folder = Path.of("");

    private static @Nullable Attempt read(LogFormat format, String... lines) throws BadLine {
        Importer importer = format.importer(Year.of(2026), TOKYO);
        Attempt last = null;
        for (int i = 0; i < lines.length; i++) {
            byte[] bytes = lines[i].getBytes(StandardCharsets.UTF_8);
            last = importer.read(bytes, bytes.length, i + 1L);
        }
        return last;
    }

    private static Attempt one(LogFormat format, String... lines) throws BadLine {
        Attempt attempt = read(format, lines);
        if (attempt == null) {
            throw new AssertionError("no attempt in " + List.of(lines));
        }
        return attempt;
    }

    private static String refused(LogFormat format, String... lines) {
        return String.valueOf(assertThrows(BadLine.class, () -> read(format, lines)).getMessage());
    }

    @Test
    void readsItsOwn() throws BadLine {
        Attempt attempt =
                one(
                        LogFormat.MONBAN,
                        """
                        {"id":"a-1","at":"2026-09-03T20:24:02.911Z","tenant":"t","identifier":"x@y",\
                        "account":"u","ip":"2001:db8::1","asn":17506,"country":"JP","userAgent":"UA",\
                        "device":"d","client":"crm","step":"password","outcome":"rejected",\
                        "reason":"wrong_password","secretTag":"9cf7f6","near":"caps_lock",\
                        "commonSecret":true,"totpOffset":-3,"session":"s","stepUp":"failed",\
                        "more":{"of":["that"]},"none":null}\
                        """);
        Approach a = attempt.approach();
        assertEquals(Instant.parse("2026-09-03T20:24:02.911Z"), a.at());
        assertEquals(17506, a.network());
        assertTrue(a.commonSecret());
        assertEquals(Rejection.WRONG_PASSWORD, attempt.check().rejection());
        assertEquals(-3, attempt.check().totpOffset());
    }

    @Test
    void saysWhatIsWrongWithALine() {
        assertEquals("not a JSON object", refused(LogFormat.MONBAN, "[]"));
        assertTrue(refused(LogFormat.MONBAN, "{").startsWith("not JSON: "));
        assertEquals("id: a text is wanted", refused(LogFormat.MONBAN, "{\"id\":1}"));
        assertEquals("outcome: is missing", refused(LogFormat.MONBAN, "{}"));
        assertEquals("asn: a whole number is wanted", refused(LogFormat.MONBAN, "{\"asn\":\"x\"}"));
        assertTrue(refused(LogFormat.MONBAN, "{\"at\":\"today\"}").contains("no RFC 3339 time"));
        assertTrue(
                refused(LogFormat.MONBAN, "{\"outcome\":\"x\"}")
                        .endsWith("is none of abandoned, accepted, rejected"));
        assertTrue(refused(LogFormat.CSV, "at,ip").contains("no column identifier"));
        assertTrue(refused(LogFormat.OKTA, "x").contains("one object a line"));
    }

    @Test
    void readsTables() throws BadLine {
        Attempt attempt =
                one(
                        LogFormat.CSV,
                        "at,identifier,ip,step,outcome,reason,asn",
                        "2026-09-03T20:24:02Z,\"a \"\"b\"\", c\",192.0.2.1,password,rejected,wrong_password,12");
        assertEquals("a \"b\", c", attempt.approach().identifier());
        assertEquals(12, attempt.approach().network());
        assertEquals("line-2", attempt.approach().id());
        assertTrue(
                refused(LogFormat.CSV, "at,identifier,ip,step,outcome", "x,y")
                        .startsWith("2 fields"));
    }

    @Test
    void readsKeycloak() throws BadLine {
        Attempt text =
                one(
                        LogFormat.KEYCLOAK,
                        "2026-11-02 09:00:11,402 WARN  [org.keycloak.events] (executor-thread-4)"
                                + " type=\"LOGIN_ERROR\", realmId=\"r1\", realmName=\"agency\","
                                + " clientId=\"crm\", userId=\"u1\", ipAddress=\"192.0.2.7\","
                                + " error=\"invalid_user_credentials\", username=\"Sato\"");
        assertEquals(Instant.parse("2026-11-02T00:00:11.402Z"), text.approach().at());
        assertEquals("sato", text.approach().identifier());
        assertEquals("agency", text.approach().tenant());
        assertEquals(Rejection.WRONG_PASSWORD, text.check().rejection());
        assertNull(read(LogFormat.KEYCLOAK, "2026-11-02 09:00:11,402 INFO  [io.quarkus] started"));
        Attempt json =
                one(
                        LogFormat.KEYCLOAK_JSON,
                        "{\"id\":\"e1\",\"time\":1793577611402,\"type\":\"LOGIN\",\"realmId\":\"r1\","
                                + "\"userId\":\"u1\",\"ipAddress\":\"192.0.2.7\",\"sessionId\":\"s1\","
                                + "\"details\":{\"username\":\"sato\"}}");
        assertEquals(Outcome.ACCEPTED, json.check().outcome());
        assertEquals("u1", json.approach().account());
        assertNull(read(LogFormat.KEYCLOAK_JSON, "{\"type\":\"LOGOUT\",\"time\":1}"));
    }

    @Test
    void readsAuth0AndOkta() throws BadLine {
        Attempt auth0 =
                one(
                        LogFormat.AUTH0,
                        "{\"log_id\":\"1\",\"data\":{\"date\":\"2026-11-02T00:00:11.402Z\",\"type\":\"fu\","
                                + "\"ip\":\"192.0.2.7\",\"user_name\":\"who@x.example\",\"client_id\":\"c\"}}");
        assertEquals(Rejection.UNKNOWN_ACCOUNT, auth0.check().rejection());
        assertEquals("who@x.example", auth0.approach().identifier());
        Attempt okta =
                one(
                        LogFormat.OKTA,
                        "{\"uuid\":\"1\",\"published\":\"2026-11-02T00:00:11.402Z\",\"eventType\":"
                                + "\"user.authentication.auth_via_mfa\",\"outcome\":{\"result\":\"FAILURE\"},"
                                + "\"actor\":{\"id\":\"00u1\",\"alternateId\":\"who@x.example\"},"
                                + "\"client\":{\"ipAddress\":\"192.0.2.7\",\"userAgent\":{\"rawUserAgent\":"
                                + "\"UA\"}},\"securityContext\":{\"asNumber\":17506}}");
        assertEquals(Step.TOTP, okta.approach().step());
        assertEquals(Rejection.WRONG_CODE, okta.check().rejection());
        assertEquals(17506, okta.approach().network());
    }

    @Test
    void readsOpenSsh() throws BadLine {
        Attempt first =
                one(
                        LogFormat.SSH,
                        "Dec 31 23:59:59 host sshd[7]: Failed password for invalid user admin from"
                                + " 192.0.2.7 port 22 ssh2");
        assertEquals(Rejection.UNKNOWN_ACCOUNT, first.check().rejection());
        Attempt next =
                one(
                        LogFormat.SSH,
                        "Dec 31 23:59:59 host sshd[7]: Failed password for root from 192.0.2.7 port"
                                + " 22 ssh2",
                        "Jan  1 00:00:01 host sshd[7]: Accepted password for root from 192.0.2.7"
                                + " port 22 ssh2");
        assertEquals(Instant.parse("2026-12-31T15:00:01Z"), next.approach().at());
        Attempt now =
                one(
                        LogFormat.SSH,
                        "2026-11-02T09:00:11.402033+09:00 host sshd-session[7]: Accepted publickey for"
                                + " sato from 2001:db8::7 port 22 ssh2: ED25519 SHA256:x");
        assertEquals(Step.PASSKEY, now.approach().step());
        assertNull(read(LogFormat.SSH, "Nov  2 09:00:11 host CRON[7]: session opened"));
    }

    private List<String> attack() {
        List<String> lines = new ArrayList<>();
        Instant start = Instant.parse("2026-11-02T00:00:00Z");
        for (int i = 0; i < 200; i++) {
            lines.add(
                    "{\"id\":\"a-%d\",\"at\":\"%s\",\"identifier\":\"leak%d@mail.example\",\"ip\":\"192.0.2.%d\",\"userAgent\":\"Evil\",\"step\":\"password\",\"outcome\":\"rejected\",\"reason\":\"unknown_account\",\"secretTag\":\"%06x\"}"
                            .formatted(i, start.plusSeconds(i * 5L), i, i, i * 7919));
        }
        return lines;
    }

    private Replay replay(boolean strict, List<String> told) {
        return Replay.of(
                LogFormat.MONBAN,
                Year.of(2026),
                TOKYO,
                Policy.standard(),
                strict,
                told::add,
                bytes -> {});
    }

    @Test
    void tellsBrokenLinesAndGoesOnUnlessItIsStrict() throws IOException {
        List<String> lines = attack();
        lines.add(3, "{\"id\":");
        lines.add(5, "x".repeat(Lines.MOST_BYTES + 1));
        Path log = folder.resolve("attempts.ndjson");
        Files.write(log, lines);
        List<String> told = new ArrayList<>();
        Replay.Result result = replay(false, told).run(log, folder.resolve("out"));
        assertEquals(2, result.broken());
        assertTrue(told.getFirst().startsWith(log + ":4: not JSON"), told.toString());
        assertTrue(told.getLast().startsWith(log + ":6: longer than"), told.toString());
        assertEquals(200, result.tally().all());
        assertEquals(
                200, Files.readAllLines(folder.resolve("out").resolve("verdicts.ndjson")).size());
        BadInput refused = assertThrows(BadInput.class, () -> replay(true, told).run(log, null));
        assertTrue(String.valueOf(refused.getMessage()).contains(":4: "));
    }

    @Test
    void theSameFileGivesTheSameBytes() throws IOException {
        Path log = folder.resolve("attempts.ndjson");
        Files.write(log, attack());
        Replay.Result first = replay(true, new ArrayList<>()).run(log, folder.resolve("1"));
        Replay.Result second = replay(true, new ArrayList<>()).run(log, folder.resolve("2"));
        assertEquals(1, first.findings().size());
        assertEquals(FindingKind.CREDENTIAL_STUFFING, first.findings().getFirst().kind());
        assertTrue(first.tally().of(Action.DENY) > 180);
        assertEquals(first.findings(), second.findings());
        for (String file : List.of("verdicts.ndjson", "findings.ndjson")) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            folder.resolve("1").resolve(file), folder.resolve("2").resolve(file)));
        }
    }

    @Test
    void anotherPolicyIsReadOrRefused() {
        Policy policy = Policy.standard();
        assertEquals(5, PolicyChange.read(policy, "guesses=5").guesses());
        assertEquals(6, PolicyChange.read(policy, "without=kinds").parts().size());
        assertThrows(BadInput.class, () -> PolicyChange.read(policy, "guesses"));
        assertThrows(BadInput.class, () -> PolicyChange.read(policy, "guesses=0"));
        assertThrows(BadInput.class, () -> PolicyChange.read(policy, "nothing=5"));
        assertThrows(BadInput.class, () -> PolicyChange.read(policy, "without=nothing"));
    }

    /** Somebody whom the account knows fails twice and is silent. */
    @Test
    void findsPeopleWhoAreStuck() throws IOException {
        String line =
                "{\"id\":\"%s\",\"at\":\"2026-11-02T09:%02d:00Z\",\"tenant\":\"t\",\"identifier\":\"a@t.example\","
                        + "\"account\":\"u-%s\",\"ip\":\"203.0.113.7\",\"device\":\"d-1\",\"step\":\"password\","
                        + "\"outcome\":\"%s\"%s}\n";
        String wrong = ",\"reason\":\"wrong_password\",\"near\":\"caps_lock\"";
        Path log = folder.resolve("stuck.ndjson");
        Files.writeString(
                log,
                line.formatted("1", 0, "1", "accepted", "")
                        + line.formatted("2", 10, "1", "rejected", wrong)
                        + line.formatted("3", 11, "1", "rejected", wrong)
                        + line.formatted("4", 30, "2", "accepted", ""));
        Path out = folder.resolve("stuck");
        Replay.Result result =
                Replay.of(
                                LogFormat.MONBAN,
                                Year.of(2026),
                                TOKYO,
                                Policy.standard(),
                                true,
                                told -> {},
                                bytes -> {})
                        .run(log, out);
        assertEquals("{CAPS_LOCK=1}", result.stuck().people().toString());
        String finding = Files.readString(out.resolve("findings.ndjson"));
        assertTrue(
                finding.startsWith(
                        "{\"at\":\"2026-11-02T09:12:30Z\",\"kind\":\"stuck_person\",\"attempts\":[\"2\",\"3\"],\"tenant\":\"t\",\"account\":\"u-1\",\"cause\":\"caps_lock\""),
                finding);
    }
}
