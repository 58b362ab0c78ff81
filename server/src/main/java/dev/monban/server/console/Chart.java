package dev.monban.server.console;

import dev.monban.server.console.store.EvidenceStore.Slot;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Attempts by verdict over time: sixty bars, for a picture of 60 by 100 units. The axis begins at
 * zero.
 *
 * @param bars pieces of bars, from the bottom up
 * @param most what the top of the picture stands for; at least 10
 * @param sums of each verdict, in a fixed order
 */
public record Chart(List<Bar> bars, long most, Map<String, Long> sums) {

    /** How many bars it has. */
    public static final int BARS = 60;

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
     * @param x its place from the left
     * @param y of its top, from the top of the picture
     */
    public record Bar(String verdict, int x, String y, String height, long count, Instant at) {}

    /** The hour up to now begins here, on a full minute. */
    public static Instant hour(Instant now) {
        return now.truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(BARS - 1));
    }

    /** How long a bar lasts, for a picture of all that time; at least a second. */
    public static double seconds(Instant from, Instant to) {
        return Math.max(1, (Duration.between(from, to).toMillis() + 1) / 1000.0 / BARS);
    }

    /**
     * Draws what was counted.
     *
     * @param seconds how long a bar lasts
     */
    public static Chart of(List<Slot> slots, Instant first, double seconds) {
        Map<Integer, Map<String, Long>> columns = new TreeMap<>();
        Map<String, Long> sums = new TreeMap<>();
        VERDICTS.forEach(verdict -> sums.put(verdict, 0L));
        for (Slot slot : slots) {
            if (slot.x() >= 0 && slot.x() < BARS) {
                columns.computeIfAbsent(slot.x(), i -> new TreeMap<>())
                        .merge(slot.verdict(), slot.count(), Long::sum);
                sums.merge(slot.verdict(), slot.count(), Long::sum);
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
                                    first.plusMillis((long) (x * seconds * 1000))));
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
