import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Policy;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Sizes;
import dev.monban.core.watch.Step;
import dev.monban.core.watch.Watch;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * The fold alone: ten million accounts and five million addresses, one in twenty attempts wrong, one
 * in twenty from an attacker. Prints attempts a second on one core, the time of the slowest
 * hundredth, and what the state takes; how long the copy for a snapshot takes, and how long nothing is
 * learnt for it at a time.
 *
 * <pre>java -cp core/target/classes Fold.java [ATTEMPTS [ACCOUNTS]]</pre>
 *
 * With ACCOUNTS the sizes are those for so many, as {@code --accounts} has it.
 */
public final class Fold {

    private static final int ACCOUNTS = 10_000_000;
    private static final int ADDRESSES = 5_000_000;
    private static final int MADE_AT_ONCE = 100_000;
    private static final long START = Instant.parse("2026-09-01T00:00:00Z").getEpochSecond();

    private final SplittableRandom random = new SplittableRandom(7);
    private long made;

    public static void main(String[] words) throws IOException {
        int attempts = words.length > 0 ? Integer.parseInt(words[0]) : 12_000_000;
        Fold fold = new Fold();
        System.gc();
        long before = used();
        Sizes sizes =
                words.length > 1
                        ? Sizes.forAccounts(Integer.parseInt(words[1]))
                        : Sizes.standard();
        Watch watch = new Watch(Policy.standard(), sizes, 1);
        long[] nanos = new long[attempts];
        long findings = 0;
        long busy = 0;
        int half = attempts / 2;
        for (int n = 0; n < attempts; ) {
            Attempt[] made = fold.make(Math.min(MADE_AT_ONCE, attempts - n));
            for (Attempt attempt : made) {
                long began = System.nanoTime();
                findings += watch.take(attempt).findings().size();
                nanos[n] = System.nanoTime() - began;
                if (n >= half) {
                    busy += nanos[n];
                }
                n++;
            }
        }
        long[] late = Arrays.copyOfRange(nanos, half, attempts);
        Arrays.sort(late);
        nanos = new long[0];
        System.gc();
        System.out.printf("attempts a second    %,d%n", late.length * 1_000_000_000L / busy);
        System.out.printf("99th percentile, µs  %.1f%n", late[late.length * 99 / 100] / 1e3);
        late = new long[0];
        System.gc();
        System.out.printf("state, MB            %.1f%n", (used() - before) / 1e6);
        System.out.printf("sizes say, MB        %.1f%n", sizes.bytes() / 1e6);
        copy(watch);
        System.out.printf("findings             %d of %s%n", findings, watch.policy().version());
    }

    /** As a gate writes it: compressed, in pieces, between which it learns. */
    private static void copy(Watch watch) throws IOException {
        long bytes = 0;
        long began = System.nanoTime();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int pieces;
        try (DataOutputStream out = deflated(head)) {
            pieces = watch.beginCopy(out);
        }
        bytes += head.size();
        long headTook = System.nanoTime() - began;
        long longest = 0;
        for (int piece = 0; piece < pieces; piece++) {
            long from = System.nanoTime();
            ByteArrayOutputStream part = new ByteArrayOutputStream();
            try (DataOutputStream out = deflated(part)) {
                watch.copy(piece, out);
            }
            bytes += part.size();
            longest = Math.max(longest, System.nanoTime() - from);
        }
        watch.endCopy();
        System.out.printf("copy, MB             %.1f in %d pieces%n", bytes / 1e6, pieces);
        System.out.printf("copy, s              %.1f%n", (System.nanoTime() - began) / 1e9);
        System.out.printf("its beginning, ms    %.0f%n", headTook / 1e6);
        System.out.printf("its longest piece    %.0f ms%n", longest / 1e6);
    }

    private static DataOutputStream deflated(ByteArrayOutputStream to) {
        return new DataOutputStream(
                new BufferedOutputStream(
                        new DeflaterOutputStream(to, new Deflater(Deflater.BEST_SPEED)), 1 << 16));
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private Attempt[] make(int count) {
        Attempt[] attempts = new Attempt[count];
        for (int i = 0; i < count; i++) {
            attempts[i] = one();
        }
        return attempts;
    }

    private Attempt one() {
        long n = made++;
        // Each account comes once before any comes twice.
        int person = n < ACCOUNTS ? (int) n : random.nextInt(ACCOUNTS);
        boolean attack = random.nextInt(20) == 0;
        boolean wrong = attack || random.nextInt(20) == 0;
        int address = attack ? random.nextInt(ADDRESSES) : person % ADDRESSES;
        String account = attack && random.nextInt(4) > 0 ? null : "u-" + person;
        Approach approach =
                new Approach(
                        "a-" + n,
                        Instant.ofEpochSecond(START + n / 50),
                        account == null ? null : "t-" + person / 20,
                        "person" + person + "@agency" + person / 20 + ".example",
                        account,
                        (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255) + ".7",
                        address % 50,
                        attack ? "US" : "JP",
                        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/14" + person % 10 + ".0.0.0",
                        attack ? null : "d-" + person,
                        "crm",
                        Step.PASSWORD,
                        Long.toHexString(random.nextLong() >>> 40),
                        false,
                        null);
        return new Attempt(
                approach,
                wrong
                        ? Check.rejected(
                                account == null
                                        ? Rejection.UNKNOWN_ACCOUNT
                                        : Rejection.WRONG_PASSWORD)
                        : Check.accepted());
    }
}
