package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An app that shows codes, added to an account; they come from {@code oathtool}, an independent
 * implementation.
 *
 * @param first the code that it was added with; it is used
 * @param recoveryCodes those that came with the first factor
 * @param onwards where the page leads that shows them
 */
record PhoneApp(String key, String first, List<String> recoveryCodes, String onwards) {

    /**
     * Adds one.
     *
     * @param path of the page
     * @param steps that its clock is ahead
     */
    static PhoneApp add(Visitor visitor, String path, int steps, String... headers)
            throws IOException {
        HttpResponse<String> page = visitor.get(path, headers);
        assertEquals(200, page.statusCode());
        Matcher shown = Pattern.compile("<code>([A-Z2-7 ]{32,})</code>").matcher(page.body());
        assertTrue(shown.find());
        String key = shown.group(1).replace(" ", "");
        Map<String, String> form = Visitor.hidden(page.body());
        String first = oathtool(key, steps);
        form.put("code", first);
        form.put("name", "Phone");
        HttpResponse<String> added = visitor.post("/account/app", form, headers);
        assertEquals(200, added.statusCode());
        List<String> recoveryCodes =
                Pattern.compile("<code>([0-9a-z-]{14})</code>")
                        .matcher(added.body())
                        .results()
                        .map(m -> m.group(1))
                        .toList();
        assertEquals(10, recoveryCodes.size());
        Matcher onwards =
                Pattern.compile("class=\"button primary\" href=\"([^\"]+)\"").matcher(added.body());
        assertTrue(onwards.find());
        return new PhoneApp(key, first, recoveryCodes, onwards.group(1));
    }

    /** The code that an app shows whose clock is so many steps ahead. */
    String code(int steps) throws IOException {
        return oathtool(key, steps);
    }

    private static String oathtool(String key, int steps) throws IOException {
        Instant at = Instant.now().plusSeconds(30L * steps);
        Process process =
                new ProcessBuilder("oathtool", "--totp", "-b", key, "-N", "@" + at.getEpochSecond())
                        .redirectErrorStream(true)
                        .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .strip();
    }
}
