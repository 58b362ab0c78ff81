package dev.monban.server.platform;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals and tags with keys that are not in the database. One master key of 256 bits lies beside it;
 * each purpose has a key of its own, derived by HKDF-SHA-256 (RFC 5869), so that what was made for
 * one purpose is good for no other.
 */
public final class Vault {

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int GCM_TAG_BITS = 128;

    private final SecretKey master;
    private final SecureRandom random = new SecureRandom();

    /** As many as there are purposes; see {@link Purpose}. */
    private final Map<String, SecretKey> derived = new ConcurrentHashMap<>();

    private final ThreadLocal<Cipher> ciphers = ThreadLocal.withInitial(Vault::newCipher);

    private Vault(byte[] masterKey) {
        this.master = new SecretKeySpec(masterKey, "HKDF");
    }

    /** A vault with this key of {@value KeyFile#BYTES} bytes. */
    public static Vault of(byte[] masterKey) {
        return new Vault(masterKey.clone());
    }

    /** HMAC-SHA-256 of the data under the key of this purpose: 32 bytes. */
    public byte[] tag(Purpose purpose, byte[] data) {
        return mac(key("tag " + purpose.name(), "HmacSHA256"), data);
    }

    public byte[] tag(Purpose purpose, String data) {
        return tag(purpose, data.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * HMAC-SHA-256 of the data under the key of this purpose and subject: 32 bytes. Equal data of
     * two subjects have different tags.
     */
    public byte[] tag(Purpose.OfSubject purpose, String subject, String data) {
        SecretKey once = derive("tag " + purpose.name() + subject, "HmacSHA256");
        return mac(once, data.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] mac(SecretKey key, byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** AES-256-GCM under the key of this purpose: nonce, then ciphertext with its tag. */
    public byte[] seal(Purpose purpose, byte[] plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = ciphers.get();
            cipher.init(
                    Cipher.ENCRYPT_MODE,
                    key("seal " + purpose.name(), "AES"),
                    new GCMParameterSpec(GCM_TAG_BITS, nonce));
            byte[] sealed = cipher.doFinal(plain);
            return ByteBuffer.allocate(NONCE_BYTES + sealed.length).put(nonce).put(sealed).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What was sealed for this purpose; empty where this vault did not seal it. */
    public Optional<byte[]> open(Purpose purpose, byte[] sealed) {
        if (sealed.length < NONCE_BYTES + GCM_TAG_BITS / 8) {
            return Optional.empty();
        }
        try {
            Cipher cipher = ciphers.get();
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    key("seal " + purpose.name(), "AES"),
                    new GCMParameterSpec(GCM_TAG_BITS, sealed, 0, NONCE_BYTES));
            return Optional.of(cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /** How many derived keys are held. */
    int rememberedKeys() {
        return derived.size();
    }

    private SecretKey key(String purpose, String algorithm) {
        return derived.computeIfAbsent(purpose, name -> derive(name, algorithm));
    }

    private SecretKey derive(String purpose, String algorithm) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveKey(
                            algorithm,
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(master)
                                    .thenExpand(
                                            ("monban " + purpose).getBytes(StandardCharsets.UTF_8),
                                            KEY_BYTES));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Cipher newCipher() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }
}
