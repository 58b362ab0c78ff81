package dev.monban.server.platform.outgoing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;

/** The connection goes to an address; the certificate is the name's all the same. */
class OutgoingTlsTest {

    private static final Limits LIMITS =
            new Limits(Duration.ofSeconds(20), Duration.ofSeconds(30), 1_000, 4);

    @Test
    void overTlsTheNameIsAskedForAndItsCertificateChecked() throws Exception {
        SSLContext tls = selfSigned();
        try (Peer peer = new Peer(Peer.WELL, tls.getServerSocketFactory().createServerSocket());
                OutgoingCalls calls =
                        new OutgoingCalls(
                                Destinations.allowing(List.of("127.0.0.0/8")),
                                name -> new InetAddress[] {InetAddress.getLoopbackAddress()},
                                System::nanoTime,
                                tls)) {
            String rest = ":" + peer.port() + "/";
            Answer answer =
                    calls.caller(Purpose.WEBHOOK, LIMITS)
                            .get("me", URI.create("https://idp.example" + rest));
            assertEquals("fine", answer.text());
            CallFailed other =
                    assertThrows(
                            CallFailed.class,
                            () ->
                                    calls.caller(Purpose.WEBHOOK, LIMITS)
                                            .get("me", URI.create("https://other.example" + rest)));
            assertEquals(Result.UNREACHABLE, other.result());
            assertEquals(1, peer.requests.size());
        }
    }

    private static SSLContext selfSigned() throws Exception {
        Path file = Files.createTempFile("monban", ".p12");
        Files.delete(file);
        Process keytool =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/keytool",
                                "-genkeypair",
                                "-alias",
                                "idp",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=idp.example",
                                "-ext",
                                "SAN=dns:idp.example",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                "changeit")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertEquals(0, keytool.waitFor());
        char[] word = "changeit".toCharArray();
        KeyStore store = KeyStore.getInstance(file.toFile(), word);
        Files.delete(file);
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, word);
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("idp", store.getCertificate("idp"));
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
