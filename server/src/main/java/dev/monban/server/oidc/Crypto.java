package dev.monban.server.oidc;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes keys, signers and verifiers on the fastest provider there is: Amazon's (a tenth of the
 * JDK's time for ES256), or the JDK's own where that does not run.
 */
final class Crypto {

    private static final Logger LOG = Logger.getLogger(Crypto.class.getName());
    private static final int RSA_BITS = 2048;

    /** What stands before the 32 bytes of an Ed25519 key in X.509 (RFC 8410, section 4). */
    private static final byte[] ED25519_PREFIX =
            HexFormat.of().parseHex("302a300506032b6570032100");

    private static final Optional<Provider> FAST = fast();

    private Crypto() {}

    /** Which provider signs. */
    static String providerName() {
        return FAST.map(Provider::getName).orElse("JDK");
    }

    static JWK newKey(Algorithm algorithm) {
        try {
            return switch (algorithm) {
                case ES256 ->
                        new ECKeyGenerator(Curve.P_256)
                                .keyUse(KeyUse.SIGNATURE)
                                .algorithm(JWSAlgorithm.ES256)
                                .keyIDFromThumbprint(true)
                                .generate();
                case RS256 ->
                        new RSAKeyGenerator(RSA_BITS)
                                .keyUse(KeyUse.SIGNATURE)
                                .algorithm(JWSAlgorithm.RS256)
                                .keyIDFromThumbprint(true)
                                .generate();
                case EDDSA -> newEd25519();
            };
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static JWSSigner signer(JWK key) {
        try {
            return switch (key) {
                case ECKey ec -> {
                    ECDSASigner signer =
                            new ECDSASigner(
                                    (PrivateKey) translated("EC", ec.toECPrivateKey()),
                                    Curve.P_256);
                    FAST.ifPresent(signer.getJCAContext()::setProvider);
                    yield signer;
                }
                case RSAKey rsa -> {
                    RSASSASigner signer =
                            new RSASSASigner((PrivateKey) translated("RSA", rsa.toRSAPrivateKey()));
                    FAST.ifPresent(signer.getJCAContext()::setProvider);
                    yield signer;
                }
                case OctetKeyPair ed -> new EdDsa(privateKey(ed), null);
                default -> throw new IllegalArgumentException("no such key is made here");
            };
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static JWSVerifier verifier(JWK key) {
        try {
            return switch (key) {
                case ECKey ec -> {
                    ECDSAVerifier verifier =
                            new ECDSAVerifier((ECPublicKey) translated("EC", ec.toECPublicKey()));
                    FAST.ifPresent(verifier.getJCAContext()::setProvider);
                    yield verifier;
                }
                case RSAKey rsa -> {
                    RSASSAVerifier verifier =
                            new RSASSAVerifier(
                                    (RSAPublicKey) translated("RSA", rsa.toRSAPublicKey()));
                    FAST.ifPresent(verifier.getJCAContext()::setProvider);
                    yield verifier;
                }
                case OctetKeyPair ed -> new EdDsa(null, publicKey(ed));
                default -> throw new IllegalArgumentException("no such key is made here");
            };
        } catch (JOSEException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key in the provider's own form, made once: it is most of what a signature would cost. */
    private static Key translated(String type, Key key) throws GeneralSecurityException {
        return FAST.isPresent() ? KeyFactory.getInstance(type, FAST.get()).translateKey(key) : key;
    }

    private static Optional<Provider> fast() {
        try {
            AmazonCorrettoCryptoProvider.INSTANCE.assertHealthy();
            return Optional.of(AmazonCorrettoCryptoProvider.INSTANCE);
        } catch (RuntimeException | LinkageError e) {
            LOG.info("signing with the JDK's provider; Amazon's does not run here");
            return Optional.empty();
        }
    }

    private static OctetKeyPair newEd25519() throws JOSEException {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] point = Arrays.copyOfRange(encoded, ED25519_PREFIX.length, encoded.length);
            return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point))
                    .d(
                            Base64URL.encode(
                                    ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow()))
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.EdDSA)
                    .keyIDFromThumbprint()
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PrivateKey privateKey(OctetKeyPair key) throws GeneralSecurityException {
        return KeyFactory.getInstance("Ed25519")
                .generatePrivate(
                        new EdECPrivateKeySpec(NamedParameterSpec.ED25519, key.getDecodedD()));
    }

    private static PublicKey publicKey(OctetKeyPair key) throws GeneralSecurityException {
        byte[] point = key.getDecodedX();
        byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + point.length);
        System.arraycopy(point, 0, encoded, ED25519_PREFIX.length, point.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }

    /** Ed25519 (RFC 8037) by JCA; Nimbus' own needs a further library. */
    private static final class EdDsa implements JWSSigner, JWSVerifier {

        private final JCAContext context = new JCAContext();
        private final @Nullable PrivateKey privateKey;
        private final @Nullable PublicKey publicKey;

        EdDsa(@Nullable PrivateKey privateKey, @Nullable PublicKey publicKey) {
            this.privateKey = privateKey;
            this.publicKey = publicKey;
        }

        @Override
        public Base64URL sign(JWSHeader header, byte[] input) throws JOSEException {
            try {
                Signature signature = signature();
                signature.initSign(privateKey);
                signature.update(input);
                return Base64URL.encode(signature.sign());
            } catch (GeneralSecurityException e) {
                throw new JOSEException(e.getMessage(), e);
            }
        }

        @Override
        public boolean verify(JWSHeader header, byte[] input, Base64URL signed)
                throws JOSEException {
            if (header.getCriticalParams() != null && !header.getCriticalParams().isEmpty()) {
                return false;
            }
            try {
                Signature signature = signature();
                signature.initVerify(publicKey);
                signature.update(input);
                return signature.verify(signed.decode());
            } catch (SignatureException e) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new JOSEException(e.getMessage(), e);
            }
        }

        @Override
        public Set<JWSAlgorithm> supportedJWSAlgorithms() {
            return Set.of(JWSAlgorithm.EdDSA);
        }

        @Override
        public JCAContext getJCAContext() {
            return context;
        }

        private static Signature signature() throws GeneralSecurityException {
            return FAST.isPresent()
                    ? Signature.getInstance("Ed25519", FAST.get())
                    : Signature.getInstance("Ed25519");
        }
    }
}
