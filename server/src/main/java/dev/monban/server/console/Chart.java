package dev.monban.server.console;

import dev.monban.server.console.store.ConsoleStore.Minute;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Attempts of the last hour by verdict: a bar a minute, for a picture of 60 by 100 units. The axis
 * begins at zero.
 *
 * @param bars pieces of bars, from the bottom up
 * @param most what the top of the picture stands for; at least 10
 * @param sums of each verdict, in a fixed order
 */
public record Chart(List<Bar> bars, long most, Map<String, Long> sums) {

    /** How many minutes it shows. */
    public static final int MINUTES = 60;

    /** The order in which verdicts are stacked. */
    public static final List<String> VERDICTS = List.of("allow", "step_up", "throttle", "deny");

    private static final int HEIGHT = 100;
    private static final long LEAST_TOP = 10;

    public Chart {
        bars = List.copyOf(bars);
        sums = Map.copyOf(sums);
    }

    /**
     * A piece of a bar.
     *
     * @param x minute from the left
     * @param y of its top, from the top of the picture
     */
    public record Bar(String verdict, int x, String y, String height, long count, Instant at) {}

    /** Draws what was counted. */
    public static Chart of(List<Minute> minutes, Instant now) {
        Instant first = now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(MINUTES - 1));
        Map<Integer, Map<String, Long>> columns = new TreeMap<>();
        Map<String, Long> sums = new TreeMap<>();
        VERDICTS.forEach(verdict -> sums.put(verdict, 0L));
        for (Minute minute : minutes) {
            int x = (int) ChronoUnit.MINUTES.between(first, minute.at());
            if (x >= 0 && x < MINUTES) {
                columns.computeIfAbsent(x, i -> new TreeMap<>())
                        .merge(minute.verdict(), minute.count(), Long::sum);
                sums.merge(minute.verdict(), minute.count(), Long::sum);
            }
        }
        long most =
                Math.max(
                        LEAST_TOP,
                        columns.values().stream()
                                .mapToLong(
                                        c -> c.values().stream().mapToLong(Long::longValue).sum())
                                .max()
                                .orElse(0));
        List<Bar> bars = new ArrayList<>();
        columns.forEach((x, column) -> {
            long below = 0;
            for (String verdict : VERDICTS) {
                long count = column.getOrDefault(verdict, 0L);
                if (count > 0) {
                    double height = (double) HEIGHT * count / most;
                    double top = HEIGHT - (double) HEIGHT * below / most - height;
                    bars.add(
                            new Bar(
                                    verdict,
                                    x,
                                    number(top),
                                    number(height),
                                    count,
                                    first.plus(Duration.ofMinutes(x))));
                    below += count;
                }
            }
        });
        return new Chart(bars, most, sums);
    }

    /** The sum of a verdict. */
    public long sum(String verdict) {
        return sums.getOrDefault(verdict, 0L);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
