package dev.monban.server.password;

import org.bouncycastle.crypto.generators.Argon2BytesGenerator;

/** Bouncy Castle's Argon2id: runs everywhere, with any number of lanes. */
final class BouncyArgon2 implements Argon2 {

    @Override
    public byte[] hash(byte[] password, byte[] salt, Argon2Parameters parameters, int length) {
        var generator = new Argon2BytesGenerator();
        generator.init(
                new org.bouncycastle.crypto.params.Argon2Parameters.Builder(
                                org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_id)
                        .withVersion(
                                org.bouncycastle.crypto.params.Argon2Parameters.ARGON2_VERSION_13)
                        .withMemoryAsKB(parameters.memoryKib())
                        .withIterations(parameters.iterations())
                        .withParallelism(parameters.lanes())
                        .withSalt(salt)
                        .build());
        byte[] tag = new byte[length];
        generator.generateBytes(password, tag);
        return tag;
    }
}
