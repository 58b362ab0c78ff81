package dev.monban.server.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * How far people came who wanted to sign in, and where they gave up.
 *
 * @param begun how many ways in were begun
 * @param proved how many came past the first proof
 * @param asked how many were asked for another
 * @param entered how many got in
 * @param steps where the others gave up, the most frequent first; and {@code reasons}, {@code
 *     clients}, {@code tenants} alike
 * @param hours the same by the hour in which they began
 */
public record Funnel(
        long begun,
        long proved,
        long asked,
        long entered,
        List<Share> steps,
        List<Share> reasons,
        List<Share> clients,
        List<Share> tenants,
        List<Hour> hours) {

    private static final int MOST_SHARES = 10;

    public Funnel {
        steps = List.copyOf(steps);
        reasons = List.copyOf(reasons);
        clients = List.copyOf(clients);
        tenants = List.copyOf(tenants);
        hours = List.copyOf(hours);
    }

    /**
     * Ways in that are alike.
     *
     * @param client where they wanted to go; empty for the gate's own pages
     * @param tenant whose people they are; empty where nobody knows
     * @param lastStep where they ended
     * @param lastReason why, as the log has it; {@code left} where nothing was wrong
     */
    public record Ways(
            Instant hour,
            boolean proved,
            boolean asked,
            boolean entered,
            String client,
            String tenant,
            String lastStep,
            String lastReason,
            long count) {}

    /**
     * How many gave up.
     *
     * @param begun how many of these had begun
     */
    public record Share(String name, long givenUp, long begun) {}

    /** An hour's ways in. */
    public record Hour(Instant at, long begun, long entered) {}

    /** Adds them up. */
    public static Funnel of(List<Ways> ways) {
        Map<Instant, long[]> hours = new TreeMap<>();
        long begun = 0;
        long proved = 0;
        long asked = 0;
        long entered = 0;
        for (Ways way : ways) {
            begun += way.count();
            proved += way.proved() || way.entered() ? way.count() : 0;
            asked += way.asked() ? way.count() : 0;
            entered += way.entered() ? way.count() : 0;
            long[] hour = hours.computeIfAbsent(way.hour(), h -> new long[2]);
            hour[0] += way.count();
            hour[1] += way.entered() ? way.count() : 0;
        }
        return new Funnel(
                begun,
                proved,
                asked,
                entered,
                shares(ways, Ways::lastStep),
                shares(ways, Ways::lastReason),
                shares(ways, Ways::client),
                shares(ways, Ways::tenant),
                hours.entrySet().stream()
                        .map(h -> new Hour(h.getKey(), h.getValue()[0], h.getValue()[1]))
                        .toList());
    }

    private static List<Share> shares(List<Ways> ways, Function<Ways, String> by) {
        Map<String, long[]> sums = new TreeMap<>();
        for (Ways way : ways) {
            long[] sum = sums.computeIfAbsent(by.apply(way), name -> new long[2]);
            sum[0] += way.entered() ? 0 : way.count();
            sum[1] += way.count();
        }
        List<Share> shares = new ArrayList<>();
        sums.forEach((name, sum) -> {
            if (sum[0] > 0) {
                shares.add(new Share(name, sum[0], sum[1]));
            }
        });
        shares.sort(Comparator.comparingLong(Share::givenUp).reversed());
        return shares.subList(0, Math.min(MOST_SHARES, shares.size()));
    }

    /** Of a hundred that began, how many; 0 where nobody began. */
    public static long percent(long part, long whole) {
        return whole == 0 ? 0 : Math.round(100.0 * part / whole);
    }
}
