package dev.monban.server.password;

import com.nulabinc.zxcvbn.StandardDictionaries;
import dev.monban.server.platform.BadInput;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Passwords that attackers try first: thirty thousand from a list that comes along, and those of a
 * file. Only hashes of eight bytes are kept, sorted: eight million passwords take 64 MB.
 */
public final class CommonPasswords {

    private static final String LIST = "/com/nulabinc/zxcvbn/matchers/dictionaries/passwords.txt";
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** No common password is longer; NFKC makes up to eighteen letters of each character. */
    private static final int MAX_CHARACTERS = Passwords.MOST_CHARACTERS;

    private final long[] hashes;

    private CommonPasswords(long[] hashes) {
        this.hashes = hashes;
    }

    /**
     * Reads the lists.
     *
     * @param more a file with one password a line, in UTF-8
     * @throws BadInput where it cannot be read
     */
    public static CommonPasswords read(Optional<Path> more) {
        LongStream known = listed();
        if (more.isPresent()) {
            try (Stream<String> lines = Files.lines(more.get(), StandardCharsets.UTF_8)) {
                long[] read = lines.mapToLong(CommonPasswords::hash).toArray();
                known = LongStream.concat(known, Arrays.stream(read));
            } catch (IOException | UncheckedIOException e) {
                throw new BadInput(
                        more.get() + " cannot be read as passwords, one a line, in UTF-8");
            }
        }
        return new CommonPasswords(known.sorted().distinct().toArray());
    }

    /** Read line by line: what the library makes of its own list takes megabytes. */
    private static LongStream listed() {
        try (InputStream in = StandardDictionaries.class.getResourceAsStream(LIST)) {
            if (in == null) {
                throw new IllegalStateException(LIST + " is in zxcvbn's jar");
            }
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return Arrays.stream(lines.lines().mapToLong(CommonPasswords::hash).toArray());
        } catch (IOException e) {
            throw new UncheckedIOException("the list of common passwords is in its jar", e);
        }
    }

    /** Whether it is one of them, in small letters or large. */
    public boolean contains(String password) {
        return password.length() <= MAX_CHARACTERS
                && Arrays.binarySearch(hashes, hash(password)) >= 0;
    }

    /** How many there are. */
    public int size() {
        return hashes.length;
    }

    private static long hash(String password) {
        String normal =
                Normalizer.normalize(password.strip(), Normalizer.Form.NFKC)
                        .toLowerCase(Locale.ROOT);
        long hash = FNV_OFFSET;
        for (byte b : normal.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b) * FNV_PRIME;
        }
        return hash;
    }
}
