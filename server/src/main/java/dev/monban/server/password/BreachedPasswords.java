package dev.monban.server.password;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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
    private static final int PREFIX = 5;
    private static final int OK = 200;

    private final String ranges;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    /**
     * @param ranges the address that a prefix is put behind, such as {@code
     *     https://api.pwnedpasswords.com/range/}
     */
    public BreachedPasswords(String ranges) {
        this.ranges = ranges;
    }

    /** Whether it is known to have become public. */
    public boolean contains(String password) {
        String digest = sha1(password);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(ranges + digest.substring(0, PREFIX)))
                        .timeout(TIMEOUT)
                        .header("Add-Padding", "true")
                        .build();
        try {
            HttpResponse<String> answer =
                    http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            if (answer.statusCode() != OK) {
                throw new IOException("answered " + answer.statusCode());
            }
            String rest = digest.substring(PREFIX) + ":";
            return answer.body()
                    .lines()
                    .anyMatch(line -> line.startsWith(rest) && !line.strip().equals(rest + "0"));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "breached passwords could not be asked about", e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
