package dev.monban.server.oidc;

import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Text that travels sealed in addresses of ours, so that nothing has to be kept for whoever sends
 * it. Long text is packed (RFC 1951): proxies take request lines of a few KiB only.
 */
final class SealedText {

    /** Characters that a proxy takes in a request line, less what stands beside it there. */
    static final int MAX_CHARACTERS = 7_200;

    /**
     * Text that fits into an address as it is stays as it is: release 0.1.0, which may run beside
     * this one, reads no packed one.
     */
    private static final int PACKED_FROM_BYTES = 5_000;

    /** A form has no more ({@code Limits.FORM_BYTES}), each character of it encoded again. */
    private static final int MAX_UNPACKED_BYTES = 256 * 1024;

    /** Begins packed text; what is not packed is an encoded form, and never begins so. */
    private static final byte PACKED = 0;

    private static final int BLOCK_BYTES = 4096;

    private final Vault vault;
    private final Purpose purpose;

    /**
     * @param purpose of the vault's key, a constant
     */
    SealedText(Vault vault, Purpose purpose) {
        this.vault = vault;
        this.purpose = purpose;
    }

    /** Seals it: letters, digits, hyphens and underscores. */
    String seal(String text) {
        return Tokens.base64Url(vault.seal(purpose, pack(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** Empty for what is not ours. */
    Optional<String> open(String sealed) {
        try {
            Optional<byte[]> plain = vault.open(purpose, Base64.getUrlDecoder().decode(sealed));
            return plain.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new String(unpack(plain.get()), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException | DataFormatException e) {
            return Optional.empty();
        }
    }

    private static byte[] pack(byte[] plain) {
        if (plain.length < PACKED_FROM_BYTES) {
            return plain;
        }
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, /* nowrap= */ true);
        try {
            deflater.setInput(plain);
            deflater.finish();
            ByteArrayOutputStream packed = new ByteArrayOutputStream(plain.length);
            packed.write(PACKED);
            byte[] block = new byte[BLOCK_BYTES];
            while (!deflater.finished()) {
                packed.write(block, 0, deflater.deflate(block));
            }
            return packed.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static byte[] unpack(byte[] packed) throws DataFormatException {
        if (packed.length == 0 || packed[0] != PACKED) {
            return packed;
        }
        Inflater inflater = new Inflater(/* nowrap= */ true);
        try {
            inflater.setInput(packed, 1, packed.length - 1);
            byte[] plain = new byte[MAX_UNPACKED_BYTES];
            int length = inflater.inflate(plain);
            if (!inflater.finished()) {
                throw new DataFormatException("longer than any form");
            }
            return Arrays.copyOf(plain, length);
        } finally {
            inflater.end();
        }
    }
}
