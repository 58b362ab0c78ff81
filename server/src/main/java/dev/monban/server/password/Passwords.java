package dev.monban.server.password;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes and checks the hashes of passwords. */
public final class Passwords {

    /** Longer input is refused before it is hashed: nobody types it (SP 800-63B-4 asks for 64). */
    public static final int MOST_CHARACTERS = 512;

    private static final int SALT_BYTES = 16;
    private static final int TAG_BYTES = 32;

    private final SecureRandom random = new SecureRandom();
    private final Argon2Parameters parameters;
    private final Argon2 everywhere = new BouncyArgon2();
    private final Argon2 fastest;

    /** What an attempt at an account without a password is checked against. */
    private final PasswordHash nobody;

    public Passwords(Argon2Parameters parameters) {
        this.parameters = parameters;
        this.fastest = VectorArgon2.isWorthwhile() ? new VectorArgon2() : everywhere;
        this.nobody = hashed(Long.toString(random.nextLong()));
    }

    /**
     * Whether a password was right.
     *
     * @param stale whether it is right and its hash was made with other parameters than today's: it
     *     is to be hashed anew, once nobody can tell by the time that it was right
     */
    public record Check(boolean right, boolean stale) {
        static final Check WRONG = new Check(false, false);
    }

    /** The hash to store, in PHC form. */
    public String hash(String password) {
        return hashed(password).text();
    }

    /**
     * Checks a password. Costs the same whether there is a stored hash or not, as long as that was
     * made with the present parameters.
     *
     * @param stored the stored hash in PHC form; {@code null} where there is no account, or no
     *     password
     */
    public Check check(String password, @Nullable String stored) {
        Optional<PasswordHash> known =
                stored == null ? Optional.empty() : PasswordHash.parse(stored);
        PasswordHash expected = known.orElse(nobody);
        // What is too long costs the same, and is never right: NFKC makes up to eighteen letters of
        // each character, and of no more than the longest password.
        String bounded = password.substring(0, Math.min(password.length(), MOST_CHARACTERS));
        byte[] tag =
                compute(bounded, expected.salt(), expected.parameters(), expected.tag().length);
        boolean same =
                MessageDigest.isEqual(tag, expected.tag()) && password.length() <= MOST_CHARACTERS;
        if (!same || known.isEmpty()) {
            return Check.WRONG;
        }
        return new Check(true, !expected.parameters().equals(parameters));
    }

    private PasswordHash hashed(String password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(parameters, salt, compute(password, salt, parameters, TAG_BYTES));
    }

    /** SP 800-63B-4, section 3.1.1.2: NFKC before hashing, so that keyboards agree. */
    private byte[] compute(String password, byte[] salt, Argon2Parameters parameters, int length) {
        byte[] bytes =
                Normalizer.normalize(password, Normalizer.Form.NFKC)
                        .getBytes(StandardCharsets.UTF_8);
        Argon2 argon2 = parameters.lanes() == 1 ? fastest : everywhere;
        return argon2.hash(bytes, salt, parameters, length);
    }
}
