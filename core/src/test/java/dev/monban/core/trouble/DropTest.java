package dev.monban.core.trouble;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DropTest {

    private static List<Long> weeks(String words) {
        return words == null
                ? List.of()
                : Arrays.stream(words.split(" ", -1)).map(Long::valueOf).toList();
    }

    @ParameterizedTest(name = "{0} after {1}")
    @CsvSource({
        "0, 100 110 95 105, true",
        "30, 100 110 95 105, true",
        "41, 100 100 100 100, false",
        "0, 19 19 19 19, false",
        "0, 20 20 20 20, true",
        "3, 20 20 20 20, false",
        "0, 100, false",
        "0, 100 100, true",
        "0, 100 0, true",
        "0, 100 0 0, false",
        "0, , false",
        "100, 100 100, false",
        "500, 5000 5000 5000, true"
    })
    void isSeen(long now, String earlier, boolean missing) {
        assertEquals(missing, Drop.isMissing(now, weeks(earlier)));
    }

    @Test
    void isNeverSeenInChanceAlone() {
        Random random = new Random(3);
        int seen = 0;
        for (int i = 0; i < 200_000; i++) {
            double rate = 20 + random.nextInt(30);
            List<Long> earlier =
                    List.of(
                            poisson(random, rate),
                            poisson(random, rate),
                            poisson(random, rate),
                            poisson(random, rate));
            seen += Drop.isMissing(poisson(random, rate), earlier) ? 1 : 0;
        }
        assertEquals(0, seen);
    }

    private static long poisson(Random random, double rate) {
        double limit = Math.exp(-rate);
        double product = random.nextDouble();
        long count = 0;
        while (product > limit) {
            product *= random.nextDouble();
            count++;
        }
        return count;
    }
}
