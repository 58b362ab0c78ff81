package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The ways in: TLS, proxies, other origins, the management port, and a command line that is wrong.
 */
class DoorsTest {

    @TempDir private Path folder = Path.of("");

    @Test
    void speaksTlsFromPemFiles() throws Exception {
        SelfSigned identity = SelfSigned.in(folder);
        try (GateProcess gate =
                House.own(
                        "--tls-certificate",
                        identity.chain().toString(),
                        "--tls-key",
                        identity.key().toString())) {
            Visitor visitor = new Visitor("https://localhost:" + gate.port(), identity.context());
            HttpResponse<String> page = visitor.get("/login");
            assertEquals(200, page.statusCode());
            // It would hold for each port of localhost, a client's callback among them.
            assertTrue(page.headers().firstValue("Strict-Transport-Security").isEmpty());
            assertEquals("TLSv1.3 TLS_AES_256_GCM_SHA384", spoken(identity, gate, "TLSv1.3"));
            assertEquals(
                    "TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                    spoken(identity, gate, "TLSv1.2"));
            // CBC, and keys that are not forgotten (RFC 9325, section 4.2).
            for (String cipher :
                    List.of(
                            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
                            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA")) {
                assertThrows(SSLException.class, () -> spoken(identity, gate, "TLSv1.2", cipher));
            }
        }
    }

    private static String spoken(
            SelfSigned identity, GateProcess gate, String protocol, String... ciphers)
            throws IOException {
        try (SSLSocket socket =
                (SSLSocket)
                        identity.context()
                                .getSocketFactory()
                                .createSocket("localhost", gate.port())) {
            socket.setEnabledProtocols(new String[] {protocol});
            if (ciphers.length > 0) {
                socket.setEnabledCipherSuites(ciphers);
            }
            socket.startHandshake();
            return socket.getSession().getProtocol() + " " + socket.getSession().getCipherSuite();
        }
    }

    /** As nginx asks by its default, and old probes. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersHttp10(boolean kept) throws IOException {
        for (int port : List.of(House.gate().port(), House.gate().managementPort())) {
            String path = port == House.gate().port() ? "/login" : "/health/live";
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(30_000);
                String asked =
                        "GET "
                                + path
                                + " HTTP/1.0\r\n"
                                + (kept ? "Connection: keep-alive\r\n" : "")
                                + "\r\n";
                socket.getOutputStream().write(asked.getBytes(StandardCharsets.US_ASCII));
                if (kept) {
                    String last = asked.replace("keep-alive", "close");
                    socket.getOutputStream().write(last.getBytes(StandardCharsets.US_ASCII));
                }
                String answer =
                        new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertEquals(
                        kept ? 2 : 1, answer.split("HTTP/1\\.[01] 200 ", -1).length - 1, answer);
                assertFalse(answer.toLowerCase(Locale.ROOT).contains("chunked"), answer);
            }
        }
    }

    @Test
    void believesAProxyThatIsTrustedAndNobodyElse() throws Exception {
        try (GateProcess gate = House.own("--trusted-proxy", "127.0.0.1/32")) {
            Visitor visitor = new Visitor(gate);
            var form = Visitor.hidden(visitor.get("/login").body());
            form.put("identifier", House.SATO);
            form.put("password", House.SATO_PASSWORD);
            visitor.post(
                    "/login",
                    form,
                    "X-Forwarded-For",
                    "192.0.2.66, 203.0.113.9",
                    "Forwarded",
                    "for=198.51.100.1");
            String account = visitor.get("/account").body();
            assertTrue(account.contains("203.0.113.9"), account);
            assertFalse(account.contains("192.0.2.66") || account.contains("198.51.100.1"));
        }
        Visitor direct = new Visitor(House.gate());
        var form = Visitor.hidden(direct.get("/login").body());
        form.put("identifier", House.SATO);
        form.put("password", House.SATO_PASSWORD);
        direct.post("/login", form, "X-Forwarded-For", "203.0.113.77");
        assertFalse(direct.get("/account").body().contains("203.0.113.77"));
    }

    @Test
    void letsDeclaredOriginsInAndNoOthers() {
        Visitor visitor = new Visitor(House.gate());
        for (String path : List.of("/token", "/userinfo", "/revoke", "/par")) {
            HttpResponse<String> known =
                    visitor.send("OPTIONS", path, null, "Origin", "http://localhost:4711");
            assertEquals(204, known.statusCode());
            assertEquals(
                    "http://localhost:4711",
                    known.headers().firstValue("Access-Control-Allow-Origin").orElse(""));
            HttpResponse<String> unknown =
                    visitor.send("OPTIONS", path, null, "Origin", "http://evil.example");
            assertTrue(unknown.headers().firstValue("Access-Control-Allow-Origin").isEmpty());
        }
        assertEquals(
                "*",
                visitor.get("/jwks")
                        .headers()
                        .firstValue("Access-Control-Allow-Origin")
                        .orElse(""));
        assertTrue(
                visitor.get("/account", "Origin", "http://localhost:4711")
                        .headers()
                        .firstValue("Access-Control-Allow-Origin")
                        .isEmpty());
    }

    @Test
    void saysOnItsOwnPortHowItIs() {
        GateProcess gate = House.gate();
        Visitor management = new Visitor("http://localhost:" + gate.managementPort());
        assertEquals("live\n", management.get("/health/live").body());
        assertTrue(management.get("/health/ready").body().startsWith("ready\n"));
        String metrics = management.get("/metrics").body();
        for (String measure :
                List.of(
                        "monban_http_answers_seconds_count",
                        "monban_password_waiting",
                        "monban_database_connections_used",
                        "monban_job_age_seconds",
                        "jvm_memory_used_bytes")) {
            assertTrue(metrics.contains(measure), measure);
        }
        assertEquals(404, new Visitor(gate).get("/metrics").statusCode());
    }

    @Test
    void aCommandThatIsWrongEndsWithTwoAndSaysWhy() throws Exception {
        Path config = folder.resolve("bad.yaml");
        Files.writeString(config, "issuer: ftp://x\nclient: []\n");
        assertEquals("2", said("start", "--config", config.toString()).getFirst());
        assertTrue(
                said("start", "--config", config.toString())
                        .toString()
                        .contains(config + ":2: there is no key 'client' here"));
        assertTrue(
                said("start", "--config", folder.resolve("none.yaml").toString())
                        .toString()
                        .contains("cannot be read"));
        assertEquals("2", said("start").getFirst());
        assertEquals("2", said("nonsense").getFirst());
        Files.writeString(config, "issuer: http://localhost:1\n");
        assertTrue(
                said(
                                "start",
                                "--config",
                                config.toString(),
                                "--data",
                                folder.resolve("d").toString(),
                                "--database",
                                "mysql://x")
                        .toString()
                        .contains("jdbc:postgresql:"));
    }

    /** The exit code, then the lines that were said. */
    private List<String> said(String... words) throws Exception {
        List<String> command = new java.util.ArrayList<>();
        command.add(GateProcess.repository().resolve("monban").toString());
        command.addAll(List.of(words));
        Path out = folder.resolve("out");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        List<String> lines = new java.util.ArrayList<>();
        lines.add(Integer.toString(process.exitValue()));
        lines.addAll(Files.readAllLines(out));
        return lines;
    }
}
