package dev.monban.server.password;

/** Argon2id, version 19 (RFC 9106). Implementations give the same bytes, at different speeds. */
interface Argon2 {

    /**
     * @param password the bytes to hash
     * @param salt at least 8 bytes
     * @param length of the tag, in bytes; at least 4
     */
    byte[] hash(byte[] password, byte[] salt, Argon2Parameters parameters, int length);
}
