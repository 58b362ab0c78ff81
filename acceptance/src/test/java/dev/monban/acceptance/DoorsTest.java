package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ways in: TLS, proxies, other origins, the management port, and a command line that is wrong.
 */
class DoorsTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir private Path folder = Path.of("");

    @Test
    void speaksTlsFromPemFiles() throws Exception {
        KeyStore store = selfSigned();
        Certificate certificate = store.getCertificate("gate");
        Path chain = folder.resolve("chain.pem");
        Path key = folder.resolve("key.pem");
        Files.writeString(chain, pem("CERTIFICATE", certificate.getEncoded()));
        Files.writeString(key, pem("PRIVATE KEY", store.getKey("gate", PASSWORD).getEncoded()));
        try (GateProcess gate =
                House.own("--tls-certificate", chain.toString(), "--tls-key", key.toString())) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("gate", certificate);
            TrustManagerFactory managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, managers.getTrustManagers(), null);
            HttpResponse<String> answer =
                    HttpClient.newBuilder()
                            .sslContext(tls)
                            .build()
                            .send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "https://localhost:"
                                                                    + gate.port()
                                                                    + "/login"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString());
            assertEquals(200, answer.statusCode());
            assertEquals(
                    "max-age=31536000",
                    answer.headers().firstValue("Strict-Transport-Security").orElse(""));
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
        assertEquals("ready\n", management.get("/health/ready").body());
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

    private KeyStore selfSigned() throws Exception {
        Path file = folder.resolve("gate.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-alias",
                                "gate",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=localhost",
                                "-ext",
                                "san=dns:localhost",
                                "-validity",
                                "2",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                String.valueOf(PASSWORD))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertTrue(keytool.waitFor(60, TimeUnit.SECONDS));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return store;
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN "
                + kind
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + kind
                + "-----\n";
    }
}
