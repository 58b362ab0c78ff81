package dev.monban.server.platform;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** What the gate shows and accepts where it speaks TLS itself. */
final class Certificates {

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    /**
     * Authenticated encryption with forward secrecy alone (RFC 9325, section 4.2). The first three
     * are of TLS 1.3, which has no others.
     */
    private static final String[] CIPHERS = {
        "TLS_AES_256_GCM_SHA384",
        "TLS_AES_128_GCM_SHA256",
        "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    };

    private Certificates() {}

    /**
     * The TLS settings for this certificate.
     *
     * @throws BadInput where the files are not a certificate chain and its private key
     */
    static SslContextFactory.Server tls(HttpServer.Certificate certificate) {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setKeyStore(store(certificate));
        // The key store lives in memory alone; the password protects nothing.
        tls.setKeyStorePassword("");
        tls.setKeyManagerPassword("");
        tls.setExcludeProtocols();
        tls.setIncludeProtocols(PROTOCOLS);
        tls.setExcludeCipherSuites();
        tls.setIncludeCipherSuites(CIPHERS);
        tls.setUseCipherSuitesOrder(true);
        tls.setRenegotiationAllowed(false);
        tls.setSniRequired(false);
        return tls;
    }

    private static KeyStore store(HttpServer.Certificate certificate) {
        try (InputStream in = Files.newInputStream(certificate.chain())) {
            List<Certificate> chain =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry(
                    "gate",
                    key(Files.readString(certificate.key())),
                    new char[0],
                    chain.toArray(Certificate[]::new));
            return store;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new BadInput(
                    certificate.chain()
                            + " and "
                            + certificate.key()
                            + " are not a certificate chain and its private key in PEM (PKCS#8)");
        }
    }

    private static PrivateKey key(String pem) throws GeneralSecurityException {
        Matcher found = KEY.matcher(pem);
        if (!found.find()) {
            throw new InvalidKeySpecException("no private key");
        }
        PKCS8EncodedKeySpec encoded =
                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(found.group(1)));
        for (String algorithm : List.of("EC", "RSA")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
            } catch (InvalidKeySpecException e) {
                // The file does not say which algorithm it is for; the next may be it.
            }
        }
        return KeyFactory.getInstance("EdDSA").generatePrivate(encoded);
    }
}
