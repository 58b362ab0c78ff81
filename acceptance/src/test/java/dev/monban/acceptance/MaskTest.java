package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * While many accounts are attacked, strangers are asked for a code whatever they typed. What comes
 * after must not tell either whether the password was right.
 */
class MaskTest extends Agencies {

    private static final int CHALLENGES = 4;
    private static final int TRIES = 5;

    MaskTest() throws IOException {}

    /** What one challenge answered, try by try. */
    private record Answers(List<String> shapes, double[] nanos) {}

    private Answers tried(String from, String name, String password) {
        Visitor visitor = new Visitor(gate);
        HttpResponse<String> page = at(from, visitor, name, password, EVERYDAY);
        List<String> shapes = new ArrayList<>(List.of(page.statusCode() + shape(page.body())));
        double[] nanos = new double[TRIES];
        Map<String, String> form = Visitor.hidden(page.body());
        assertTrue(form.containsKey("challenge"), page.statusCode() + page.body());
        for (int i = 0; i < TRIES; i++) {
            form.put("code", "%06d".formatted(i));
            long began = System.nanoTime();
            HttpResponse<String> answer =
                    visitor.post(
                            "/login/code", form, "X-Forwarded-For", from, "User-Agent", EVERYDAY);
            nanos[i] = System.nanoTime() - began;
            shapes.add(answer.statusCode() + shape(answer.body()));
        }
        return new Answers(shapes, nanos);
    }

    @Test
    void whatFollowsThePasswordDoesNotTellWhetherItWasRight() {
        for (int i = 0; i < 1000; i++) {
            assertNotEquals(
                    303, guess(i % 500, "leak" + i + "@mail.example", "stolen-" + i).statusCode());
        }
        int pairs = CHALLENGES * TRIES;
        double[] right = new double[pairs];
        double[] wrong = new double[pairs];
        int slower = 0;
        for (int c = 0; c < CHALLENGES; c++) {
            int who = 20 + c;
            Answers good = tried("192.0.2." + who, person(who), PASSWORD + who);
            Answers bad = tried("192.0.3." + who, person(who), "another-guess");
            assertEquals(bad.shapes(), good.shapes(), "challenge " + c);
            for (int t = 0; t < TRIES; t++) {
                right[c * TRIES + t] = good.nanos()[t];
                wrong[c * TRIES + t] = bad.nanos()[t];
                slower += good.nanos()[t] > bad.nanos()[t] ? 1 : 0;
            }
        }
        System.out.printf(
                "code: right / wrong password %.3f, slower in %d of %d%n",
                median(right) / median(wrong), slower, pairs);
        // Under equality, outside of this in one of 20,000 runs.
        assertTrue(slower > 1 && slower < pairs - 1, "slower in " + slower + " of " + pairs);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
