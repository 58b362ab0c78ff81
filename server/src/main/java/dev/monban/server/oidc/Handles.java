package dev.monban.server.oidc;

import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * Authorization codes and refresh tokens: the grant, a number, and a keyed hash over both. Whoever
 * has not got the master key cannot make one, not even with the whole database; and what was made
 * up is refused without asking the database. A refresh token's number says which in the row of its
 * grant's tokens it is, so that an old one is known as what it is.
 */
public final class Handles {

    private static final String CODE_PREFIX = "mnb_ac_";
    private static final Purpose CODE = Purpose.of("mnb_ac_");
    private static final String REFRESH_PREFIX = "mnb_rt_";
    private static final Purpose REFRESH = Purpose.of("mnb_rt_");
    private static final int PLAIN_BYTES = 16 + 4;
    private static final int TAG_BYTES = 32;

    private final Vault vault;

    public Handles(Vault vault) {
        this.vault = vault;
    }

    /** A refresh token's place. */
    public record Refresh(UUID grant, int generation) {}

    public String code(UUID grant) {
        return make(CODE_PREFIX, CODE, grant, 0);
    }

    public String refreshToken(UUID grant, int generation) {
        return make(REFRESH_PREFIX, REFRESH, grant, generation);
    }

    /** The grant of a code of ours; empty for anything else. */
    public Optional<UUID> readCode(String text) {
        return read(CODE_PREFIX, CODE, text).map(Refresh::grant);
    }

    /** The place of a refresh token of ours; empty for anything else. */
    public Optional<Refresh> readRefreshToken(String text) {
        return read(REFRESH_PREFIX, REFRESH, text);
    }

    private String make(String prefix, Purpose purpose, UUID grant, int generation) {
        byte[] plain =
                ByteBuffer.allocate(PLAIN_BYTES)
                        .putLong(grant.getMostSignificantBits())
                        .putLong(grant.getLeastSignificantBits())
                        .putInt(generation)
                        .array();
        byte[] tag = vault.tag(purpose, plain);
        return prefix
                + Tokens.base64Url(
                        ByteBuffer.allocate(PLAIN_BYTES + TAG_BYTES).put(plain).put(tag).array());
    }

    private Optional<Refresh> read(String prefix, Purpose purpose, String text) {
        if (!text.startsWith(prefix) || text.length() > prefix.length() + 70) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(text.substring(prefix.length()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (bytes.length != PLAIN_BYTES + TAG_BYTES) {
            return Optional.empty();
        }
        byte[] plain = Arrays.copyOf(bytes, PLAIN_BYTES);
        byte[] tag = Arrays.copyOfRange(bytes, PLAIN_BYTES, bytes.length);
        if (!MessageDigest.isEqual(tag, vault.tag(purpose, plain))) {
            return Optional.empty();
        }
        ByteBuffer buffer = ByteBuffer.wrap(plain);
        return Optional.of(
                new Refresh(new UUID(buffer.getLong(), buffer.getLong()), buffer.getInt()));
    }
}
