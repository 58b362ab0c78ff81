package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What was once found wrong, each with a test of its own. */
class FoundTest {

    private final GateProcess gate = House.gate();
    private final Party crm = new Party(gate, "crm");

    @Test
    void disablingAnAccountAndChangingItsPasswordEndEverything() throws Exception {
        for (String change : List.of("disabled", "password")) {
            try (GateProcess own = House.own()) {
                Party party = new Party(own, "crm");
                Visitor visitor = new Visitor(own);
                Map<String, Object> tokens =
                        party.tokens(visitor, "scope", "openid offline_access");
                String access = String.valueOf(tokens.get("access_token"));
                assertTrue(party.isActive(access));
                assertTrue(own.stop());
                Path file = own.folder().resolve("monban.yaml");
                String state = Files.readString(file);
                String changed =
                        change.equals("disabled")
                                ? state.replace("name: 佐藤 結衣", "name: 佐藤 結衣\n    disabled: true")
                                : state.replace(House.SATO_PASSWORD, "another-password-1");
                assertFalse(state.equals(changed));
                Files.writeString(file, changed);
                own.startAgain();
                assertEquals("/login", Visitor.location(visitor.get("/account")), change);
                assertFalse(party.isActive(access), change);
                assertEquals(
                        "400 invalid_grant",
                        Party.error(party.refresh(String.valueOf(tokens.get("refresh_token")))),
                        change);
            }
        }
    }

    @Test
    void theSameStateTwiceChangesNothing() throws Exception {
        try (GateProcess own = House.own()) {
            assertTrue(own.stop());
            own.startAgain();
            assertTrue(own.log().contains("0 tenants, 0 accounts, 0 clients changed"), own.log());
        }
    }

    @Test
    void aPageShownToOnePersonIsNotAnsweredByAnother() {
        Party partner = new Party(gate, "partner");
        Visitor visitor = new Visitor(gate);
        visitor.signIn("/login", House.SATO, House.SATO_PASSWORD);
        String consent =
                Visitor.location(visitor.get(Party.path(partner.request("prompt", "consent"))));
        Map<String, String> form = Visitor.hidden(visitor.get(consent).body());
        form.put("choice", "allow");
        visitor.signIn(
                Visitor.location(visitor.get(Party.path(crm.request("prompt", "login")))),
                House.JONES,
                House.JONES_PASSWORD);
        HttpResponse<String> answer = visitor.post("/authorize/consent", form);
        assertTrue(
                Visitor.location(answer).startsWith("/authorize/consent"),
                Visitor.location(answer));
        assertTrue(visitor.get(Visitor.location(answer)).body().contains("Megan Jones"));
    }

    @Test
    void everyScopeThatIsGrantedIsShown() {
        Visitor visitor = new Visitor(gate);
        visitor.signIn("/login", House.SATO, House.SATO_PASSWORD);
        String consent =
                Visitor.location(
                        visitor.get(
                                Party.path(
                                        crm.request(
                                                "prompt", "consent", "scope", "openid crm:read"))));
        assertTrue(visitor.get(consent).body().contains("crm:read"));
    }

    @Test
    void aSignedUserInfoAnswerIsNoHint() throws ParseException {
        Party opaque = new Party(gate, "opaque");
        Visitor visitor = new Visitor(gate);
        Map<String, Object> tokens = opaque.tokens(visitor);
        String info =
                visitor.get("/userinfo", "Authorization", "Bearer " + tokens.get("access_token"))
                        .body();
        assertEquals("RS256", SignedJWT.parse(info).getHeader().getAlgorithm().getName());
        assertEquals(400, visitor.get("/logout?id_token_hint=" + info).statusCode());
        assertEquals(200, visitor.get("/account").statusCode());
    }

    @Test
    void metricsHoldNothingThatStrangersWrote() {
        Visitor visitor = new Visitor(gate);
        for (String method : List.of("AAAA", "BBBB", "PURGE")) {
            assertEquals(405, visitor.send(method, "/login", null).statusCode());
        }
        String metrics =
                new Visitor("http://localhost:" + gate.managementPort()).get("/metrics").body();
        assertTrue(metrics.contains("method=\"other\""), metrics);
        assertFalse(metrics.contains("AAAA") || metrics.contains("PURGE"));
    }

    @Test
    void aThousandHalfSentRequestsKeepNobodyElseOut() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 1500; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port());
                sockets.add(socket);
                OutputStream out = socket.getOutputStream();
                out.write(
                        ("POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                                        + " application/x-www-form-urlencoded\r\n"
                                        + "Content-Length: 100\r\n\r\na")
                                .getBytes(StandardCharsets.US_ASCII));
                out.flush();
            }
            // From the same address, behind which nobody is told apart: refused, but at once.
            HttpResponse<String> same = new Visitor(gate).get("/jwks");
            assertTrue(same.statusCode() == 503 || same.statusCode() == 200);
            // From another address all goes on.
            try (Socket other = new Socket()) {
                other.bind(new java.net.InetSocketAddress("127.0.0.2", 0));
                other.connect(
                        new java.net.InetSocketAddress(
                                InetAddress.getLoopbackAddress(), gate.port()));
                other.getOutputStream()
                        .write(
                                "GET /jwks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                                        .getBytes(StandardCharsets.US_ASCII));
                String answer =
                        new String(
                                other.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void manyThatSignOutAtOnceDoNotStopTheGate() throws Exception {
        List<Visitor> visitors = new ArrayList<>();
        List<Map<String, String>> forms = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Visitor visitor = new Visitor(gate);
            crm.tokens(visitor);
            forms.add(Visitor.hidden(visitor.get("/account").body()));
            visitors.add(visitor);
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> statuses = new ArrayList<>();
            for (int i = 0; i < visitors.size(); i++) {
                Visitor visitor = visitors.get(i);
                Map<String, String> form = forms.get(i);
                statuses.add(
                        threads.submit(() -> visitor.post("/account/sign-out", form).statusCode()));
            }
            for (Future<Integer> status : statuses) {
                assertEquals(303, status.get());
            }
        }
        House.LISTENER.forget();
    }

    @Test
    void everywhereEndsWhatOutlivesSessionsAndCodesOnTheirWay() {
        Visitor visitor = new Visitor(gate);
        Map<String, Object> offline = crm.tokens(visitor, "scope", "openid offline_access");
        String code = crm.code(visitor, "scope", "openid offline_access");
        Map<String, String> form = Visitor.hidden(visitor.get("/account").body());
        visitor.post("/account/sign-out-everywhere", form);
        assertEquals(
                "400 invalid_grant",
                Party.error(crm.refresh(String.valueOf(offline.get("refresh_token")))));
        assertEquals("400 invalid_grant", Party.error(crm.redeem(code)));
    }

    @Test
    void theLogSaysWhatAClientGotWrong() {
        new Visitor(gate).get(Party.path(crm.request("redirect_uri", "https://evil.example/")));
        new Visitor(gate).get(Party.path(crm.request("code_challenge", "")));
        String log = gate.log();
        assertTrue(log.contains("refused foreign_redirect at /authorize, client crm"), log);
        assertTrue(log.contains("refused invalid_request at /authorize, client crm"), log);
    }
}
