package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** A wrong password that is nearly right tells nobody so, and costs little. */
@Isolated("it compares times")
class NearMissTest extends Agencies {

    private static final int PAIRS = 80;
    private static final int HONEST = 200;

    /** One wrong password's hashes may be spent before anybody has signed in. */
    private static final int AT_FIRST = 4;

    NearMissTest() throws IOException {}

    /** How many hashes were spent on near misses. */
    private int spent() {
        Visitor operator = new Visitor("http://127.0.0.1:" + gate.managementPort());
        Matcher count =
                Pattern.compile("monban_password_near_total (\\d+)")
                        .matcher(operator.get("/metrics").body());
        assertTrue(count.find());
        return Integer.parseInt(count.group(1));
    }

    private record Answer(String shape, long nanos) {}

    private Answer tried(String from, String name, String password) {
        Visitor visitor = new Visitor(gate);
        long began = System.nanoTime();
        HttpResponse<String> page = at(from, visitor, name, password, EVERYDAY);
        long nanos = System.nanoTime() - began;
        Map<String, List<String>> headers = new TreeMap<>(page.headers().map());
        headers.remove("date");
        headers.computeIfPresent(
                "set-cookie",
                (header, cookies) ->
                        cookies.stream().map(c -> c.replaceFirst("=[^;]*", "")).sorted().toList());
        return new Answer(page.statusCode() + shape(headers + page.body()), nanos);
    }

    @Test
    void aStrangerCannotTellANearMissFromAFarOne() {
        double[] near = new double[PAIRS];
        double[] far = new double[PAIRS];
        int slower = 0;
        for (int i = 0; i < PAIRS; i++) {
            int who = 20 + i;
            String right = PASSWORD + who;
            String[] places = {"198.18." + i + ".1", "198.19." + i + ".1"};
            String upper = right.toUpperCase(Locale.ROOT);
            String other = "s" + "x".repeat(right.length() - 1);
            Answer first = tried(places[0], person(who), i % 2 == 0 ? upper : other);
            Answer second = tried(places[1], person(who), i % 2 == 0 ? other : upper);
            if (!first.shape().equals(second.shape())) {
                // An attack was found between the two; from then on both are masked.
                first = tried(places[0], person(who), i % 2 == 0 ? upper : other);
            }
            assertEquals(first.shape(), second.shape());
            near[i] = (i % 2 == 0 ? first : second).nanos();
            far[i] = (i % 2 == 0 ? second : first).nanos();
            slower += near[i] > far[i] ? 1 : 0;
        }
        System.out.printf(
                "near / far miss %.3f, slower in %d of %d%n",
                median(near) / median(far), slower, PAIRS);
        // Under equality, outside of this in one of 20,000 runs.
        assertTrue(slower > 21 && slower < PAIRS - 21, "slower in " + slower + " of " + PAIRS);
        for (int i = 0; i < 300; i++) {
            guess(i, person(20 + i % 100), (PASSWORD + i).toUpperCase(Locale.ROOT));
        }
        // Somebody honest comes after them: what the flood might have caused would be counted.
        String nearly = (PASSWORD + 3).toUpperCase(Locale.ROOT);
        assertEquals(422, at(home(3), new Visitor(gate), person(3), nearly).statusCode());
        Operators.await(() -> spent() > 0);
        assertTrue(spent() <= AT_FIRST, "a flood of strangers has cost hashes");
    }

    @Test
    void honestMistakesCostATenthOfHonestSignInsAtMost() {
        int[] signedIn = {TENANTS + 1};
        for (int i = 0; i < HONEST; i++) {
            int who = i % TENANTS;
            Visitor visitor = new Visitor(gate);
            if (i % 2 == 0) {
                at(home(who), visitor, person(who), "wrong number " + i);
            }
            int status = at(home(who), visitor, person(who), PASSWORD + who).statusCode();
            signedIn[0] += status == 303 ? 1 : 0;
        }
        assertTrue(signedIn[0] > HONEST / 2);
        Operators.await(() -> spent() >= signedIn[0] / 20);
        assertTrue(
                spent() <= AT_FIRST + signedIn[0] / 10,
                spent() + " hashes beside " + signedIn[0] + " sign-ins");
        System.out.printf("near misses: %d hashes beside %d sign-ins%n", spent(), signedIn[0]);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
