package dev.monban.server.password;

import dev.monban.server.platform.outgoing.Answer;
import dev.monban.server.platform.outgoing.Limits;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import dev.monban.server.platform.outgoing.OutgoingRequest;
import dev.monban.server.platform.outgoing.Purpose;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Asks whether a password has become public, by the range protocol of Have I Been Pwned: only the
 * first five digits of its SHA-1 leave the house. Where no answer comes, it is held for unknown.
 */
public final class BreachedPasswords {

    private static final Logger LOG = Logger.getLogger(BreachedPasswords.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    /** Ranges are some 40 KB, padded ones too. */
    private static final Limits LIMITS = new Limits(TIMEOUT, TIMEOUT, 256 * 1024, 32);

    /** Whoever is asked, it is for this gate. */
    private static final String OWNER = "gate";

    private static final int PREFIX = 5;

    private final String ranges;
    private final OutgoingCalls.Caller calls;

    /**
     * @param ranges the address that a prefix is put behind, such as {@code
     *     https://api.pwnedpasswords.com/range/}
     */
    public BreachedPasswords(String ranges, OutgoingCalls calls) {
        this.ranges = ranges;
        this.calls = calls.caller(Purpose.BREACHED_PASSWORDS, LIMITS);
    }

    /**
     * Whether it is known to have become public. Waits for another host, two seconds at the most.
     */
    public boolean contains(String password) {
        String digest = sha1(password);
        try {
            Answer answer =
                    calls.send(
                            OWNER,
                            OutgoingRequest.get(URI.create(ranges + digest.substring(0, PREFIX)))
                                    .with("Add-Padding", "true"));
            if (answer.status() != Answer.OK) {
                throw new IOException("answered " + answer.status());
            }
            String rest = digest.substring(PREFIX) + ":";
            return answer.text()
                    .lines()
                    .anyMatch(line -> line.startsWith(rest) && !line.strip().equals(rest + "0"));
        } catch (IOException e) {
            LOG.log(
                    Level.WARNING,
                    "breached passwords could not be asked about: {0}",
                    e.getMessage());
            return false;
        }
    }

    private static String sha1(String password) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1")
                            .digest(password.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().withUpperCase().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }
}
