package dev.monban.server.command;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** One passkey with ES256, as a browser and an authenticator make it together. */
final class SoftwareAuthenticator {

    private static final int USER_PRESENT_AND_VERIFIED = 0x05;
    private static final int ATTESTED = 0x40;
    private static final byte[] ID = "a passkey of the tests".getBytes(StandardCharsets.UTF_8);

    private final KeyPair keys;
    private String owner = "";

    SoftwareAuthenticator() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        keys = generator.generateKeyPair();
    }

    /** What {@code navigator.credentials.create} gives, as JSON. */
    String create(String rpId, String origin, String challenge, String userId)
            throws GeneralSecurityException {
        owner = userId;
        ECPublicKey key = (ECPublicKey) keys.getPublic();
        byte[] cose =
                join(
                        new byte[] {(byte) 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20},
                        number(key.getW().getAffineX()),
                        new byte[] {0x22, 0x58, 0x20},
                        number(key.getW().getAffineY()));
        byte[] data =
                join(
                        data(rpId, USER_PRESENT_AND_VERIFIED | ATTESTED),
                        new byte[16],
                        new byte[] {0, (byte) ID.length},
                        ID,
                        cose);
        byte[] attestation =
                join(
                        new byte[] {(byte) 0xa3},
                        text("fmt"),
                        text("none"),
                        text("attStmt"),
                        new byte[] {(byte) 0xa0},
                        text("authData"),
                        new byte[] {0x58, (byte) data.length},
                        data);
        return answer(
                "\"clientDataJSON\":\"%s\",\"attestationObject\":\"%s\""
                        .formatted(
                                base64(client("webauthn.create", challenge, origin)),
                                base64(attestation)));
    }

    /** What {@code navigator.credentials.get} gives, as JSON. */
    String get(String rpId, String origin, String challenge) throws GeneralSecurityException {
        byte[] data = data(rpId, USER_PRESENT_AND_VERIFIED);
        byte[] client = client("webauthn.get", challenge, origin);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(keys.getPrivate());
        signature.update(join(data, sha256(client)));
        return answer(
                "\"clientDataJSON\":\"%s\",\"authenticatorData\":\"%s\",\"signature\":\"%s\",\"userHandle\":\"%s\""
                        .formatted(base64(client), base64(data), base64(signature.sign()), owner));
    }

    private static String answer(String response) {
        String id = base64(ID);
        return "{\"id\":\"%s\",\"rawId\":\"%s\",\"type\":\"public-key\",\"response\":{%s},\"clientExtensionResults\":{}}"
                .formatted(id, id, response);
    }

    private static byte[] client(String type, String challenge, String origin) {
        return "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}"
                .formatted(type, challenge, origin)
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] data(String rpId, int flags) throws GeneralSecurityException {
        return join(
                sha256(rpId.getBytes(StandardCharsets.UTF_8)),
                new byte[] {(byte) flags, 0, 0, 0, 0});
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return join(new byte[] {(byte) (0x60 + bytes.length)}, bytes);
    }

    private static byte[] number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[32];
        int length = Math.min(bytes.length, 32);
        System.arraycopy(bytes, bytes.length - length, fixed, 32 - length, length);
        return fixed;
    }

    private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
        return MessageDigest.getInstance("SHA-256").digest(bytes);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
