package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What attackers do to the pages of people who are signed in, or about to be. */
class PageAttackTest {

    private final GateProcess gate = House.gate();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/login",
                "/account/session/end",
                "/account/sign-out",
                "/account/sign-out-everywhere",
                "/authorize/account",
                "/authorize/consent",
                "/authorize/cancel",
                "/authorize/level",
                "/device",
                "/logout/confirm"
            })
    void aFormFromElsewhereDoesNothing(String path) {
        Visitor visitor = signedIn();
        Map<String, String> form =
                Map.of(
                        "identifier",
                        House.JONES,
                        "password",
                        House.JONES_PASSWORD,
                        "choice",
                        "allow",
                        "form_token",
                        "AAAA");
        refused(visitor, visitor.post(path, form));
        Visitor other = signedIn();
        String token = Visitor.hidden(other.get("/account").body()).getOrDefault("form_token", "");
        assertEquals(43, token.length());
        refused(visitor, visitor.post(path, Map.of("form_token", token, "choice", "allow")));
        assertEquals(200, visitor.get("/account").statusCode());
        assertTrue(visitor.get("/account").body().contains(House.SATO));
    }

    /** By a page that says so, or by the page that the form belongs to, shown once more. */
    private static void refused(Visitor visitor, HttpResponse<String> answer) {
        if (answer.statusCode() != 403) {
            assertEquals(303, answer.statusCode());
            assertTrue(Visitor.location(answer).startsWith("/"), Visitor.location(answer));
            HttpResponse<String> page = visitor.get(Visitor.location(answer));
            assertFalse(Visitor.location(page).startsWith("http"), Visitor.location(page));
        }
        assertEquals(List.of(), answer.headers().allValues("Set-Cookie"));
    }

    @Test
    void aSessionNeverBeginsWithACookieFromBefore() {
        Visitor visitor = new Visitor(gate);
        visitor.cookies().put("monban_session", "chosen-by-the-attacker");
        visitor.signIn("/login", House.SATO, House.SATO_PASSWORD);
        String first = visitor.cookies().get("monban_session");
        assertNotEquals("chosen-by-the-attacker", first);
        visitor.signIn(
                Visitor.location(
                        visitor.get(Party.path(new Party(gate, "crm").request("prompt", "login")))),
                House.SATO,
                House.SATO_PASSWORD);
        String second = visitor.cookies().get("monban_session");
        assertNotEquals(first, second);
        Visitor thief = new Visitor(gate);
        thief.cookies().put("monban_session", String.valueOf(first));
        assertEquals("/login", Visitor.location(thief.get("/account")));
    }

    @Test
    void signingInAsAnotherEndsTheFirstSession() {
        Visitor visitor = signedIn();
        String old = String.valueOf(visitor.cookies().get("monban_session"));
        visitor.signIn(
                Visitor.location(
                        visitor.get(Party.path(new Party(gate, "crm").request("prompt", "login")))),
                House.JONES,
                House.JONES_PASSWORD);
        Visitor holder = new Visitor(gate);
        holder.cookies().put("monban_session", old);
        assertEquals("/login", Visitor.location(holder.get("/account")));
    }

    @Test
    void aDisabledAccountIsToldWhatAWrongPasswordIsTold() {
        HttpResponse<String> wrong =
                new Visitor(gate).signIn("/login", "nobody@x.example", "wrong");
        HttpResponse<String> disabled =
                new Visitor(gate).signIn("/login", House.DISABLED, "a-disabled-one-1");
        assertEquals(422, disabled.statusCode());
        assertEquals(
                plain(wrong.body(), "nobody@x.example"), plain(disabled.body(), House.DISABLED));
        HttpResponse<String> known = new Visitor(gate).signIn("/login", House.SATO, "wrong");
        assertEquals(plain(wrong.body(), "nobody@x.example"), plain(known.body(), House.SATO));
        assertEquals(headerNames(wrong), headerNames(known));
    }

    @Test
    void everyPageKeepsToItself() {
        Visitor visitor = signedIn();
        for (String path :
                List.of("/login", "/account", "/device", "/signed-out", "/logout", "/nothing")) {
            HttpResponse<String> page = visitor.get(path);
            if (page.headers().firstValue("Content-Type").orElse("").startsWith("text/html")) {
                String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
                assertTrue(policy.contains("default-src 'none'"), path);
                assertTrue(policy.contains("frame-ancestors 'none'"), path);
                assertFalse(policy.contains("unsafe"), path);
                assertEquals("DENY", page.headers().firstValue("X-Frame-Options").orElse(""));
                assertEquals("no-store", page.headers().firstValue("Cache-Control").orElse(""));
                assertFalse(page.body().contains("<script>"), path);
                assertFalse(page.body().contains(" style="), path);
            }
            assertEquals("nosniff", page.headers().firstValue("X-Content-Type-Options").orElse(""));
        }
    }

    /** Over plain HTTP on this machine WebKit keeps no Secure cookie; everywhere else they are. */
    @Test
    void cookiesAreTheHostsOwn() throws IOException {
        HttpResponse<String> answer =
                new Visitor(gate).signIn("/login", House.SATO, House.SATO_PASSWORD);
        List<String> cookies = answer.headers().allValues("Set-Cookie");
        assertTrue(cookies.size() >= 2, cookies.toString());
        for (String cookie : cookies) {
            for (String attribute : List.of("HttpOnly", "SameSite=Lax", "Path=/")) {
                assertTrue(cookie.contains(attribute), cookie);
            }
            assertFalse(cookie.contains("Secure") || cookie.startsWith("__Host-"), cookie);
            assertFalse(cookie.contains("Domain"), cookie);
        }
        for (String host : List.of("login.example", "192.0.2.7:8080", "localhost.evil.example")) {
            String page =
                    raw("GET /login HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
            assertTrue(page.contains("Set-Cookie: __Host-monban_browser="), page);
            assertTrue(page.contains("; Path=/; Secure; HttpOnly; SameSite=Lax"), page);
        }
    }

    @Test
    void nothingThatIsSentComesBackAsMarkup() {
        String markup = "\"><script>alert(1)</script>'";
        Party crm = new Party(gate, "crm");
        Visitor visitor = new Visitor(gate);
        String login =
                Visitor.location(
                        visitor.get(
                                Party.path(crm.request("login_hint", markup, "state", markup))));
        for (String body :
                List.of(
                        visitor.get(login).body(),
                        visitor.signIn("/login", markup, "x").body(),
                        signedIn().get("/device?user_code=%22%3E%3Cscript%3E").body(),
                        visitor.get("/authorize?client_id=%22%3E%3Cscript%3E").body(),
                        visitor.get("/login?lang=en&x=%22%3E%3Cscript%3E").body())) {
            assertFalse(body.contains("<script>"), body);
        }
    }

    @Test
    void theHostHeaderLeadsNobodyAnywhere() throws IOException {
        String answer =
                raw(
                        "GET /authorize?client_id=crm HTTP/1.1\r\nHost: evil.example\r\n"
                                + "X-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n");
        assertFalse(answer.contains("evil.example"), answer);
        String discovery =
                raw(
                        "GET /.well-known/openid-configuration HTTP/1.1\r\nHost: evil.example\r\n"
                                + "Connection: close\r\n\r\n");
        assertFalse(discovery.contains("evil.example"));
    }

    @Test
    void aBodyIsBoundedAndNeverTakenForTheNextRequest() throws IOException {
        String huge = "a".repeat(10 * 1024 * 1024);
        assertEquals(
                413,
                status(
                        raw(
                                "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                                        + " application/x-www-form-urlencoded\r\nContent-Length: "
                                        + huge.length()
                                        + "\r\n\r\n")));
        String smuggled =
                raw(
                        "POST /jwks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n"
                                + "GET /account HTTP/1.1\r\nHost: localhost\r\nX: 1234567\r\n\r\n");
        assertEquals(1, smuggled.split("HTTP/1.1 ", -1).length - 1, smuggled);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "GET /login HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /login\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /login?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
                "Zq<> / HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /token HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET /login HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n",
            })
    void bytesThatAreNoHttpGetAPlainRefusal(String bytes) throws IOException {
        String answer = raw(bytes);
        int status = status(answer);
        // 505: there is no version of HTTP in the request line, or another one.
        assertTrue((status >= 400 && status < 500) || status == 505, answer);
        assertFalse(answer.contains("Exception") || answer.contains("\tat "), answer);
    }

    private Visitor signedIn() {
        Visitor visitor = new Visitor(gate);
        visitor.signIn("/login", House.SATO, House.SATO_PASSWORD);
        return visitor;
    }

    private static String plain(String body, String identifier) {
        return body.replace(identifier, "")
                .replaceAll("(value|data-options)=\"[^\"]*\"", "")
                .replaceAll("lang=[a-z]+", "");
    }

    private static List<String> headerNames(HttpResponse<String> response) {
        return response.headers().map().keySet().stream().sorted().toList();
    }

    private static int status(String answer) {
        assertTrue(answer.startsWith("HTTP/1.1 "), answer);
        return Integer.parseInt(answer.substring(9, 12));
    }

    /** Sends bytes as they are and reads until the other side has said all. */
    private String raw(String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gate.port())) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
