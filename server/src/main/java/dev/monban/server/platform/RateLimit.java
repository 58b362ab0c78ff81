package dev.monban.server.platform;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Limits how often something may be done per key, as a leaky bucket in the form of the generic cell
 * rate algorithm: one time per key. It keeps floods off the machine; who is hostile, the watch
 * decides. The bounds are wide enough for an office behind one address.
 */
public final class RateLimit {

    /** Keys remembered at once; about 10 MB. The least used is forgotten first. */
    private static final int KEYS = 100_000;

    private static final int LONGEST_KEY = 64;

    /** An undeclared proxy may send as much as so many sources. */
    static final int SOURCES_OF_PROXY = 20;

    private final InstantSource clock;
    private final double millisEach;
    private final double burstMillis;
    private final Cache<String, Double> nextFree;

    /**
     * @param perSecond how often in the long run
     * @param burst how often at once
     */
    public RateLimit(InstantSource clock, double perSecond, int burst) {
        this.clock = clock;
        this.millisEach = 1000.0 / perSecond;
        this.burstMillis = burst * millisEach;
        this.nextFree =
                Caffeine.newBuilder()
                        .maximumSize(KEYS)
                        .expireAfterWrite(Duration.ofMillis((long) burstMillis + 60_000))
                        .build();
    }

    /**
     * Counts one more.
     *
     * @throws Problem (429) where that is too many
     */
    public void count(String key) {
        count(key, millisEach);
    }

    private void count(String key, double each) {
        double wait = waitMillis(key, each);
        if (wait > 0) {
            throw Problem.slowDown((int) Math.ceil(wait / 1000));
        }
    }

    /** Counts one more where that is not too many, and says whether it was not. */
    public boolean admits(String key) {
        return waitMillis(key, millisEach) == 0;
    }

    private double waitMillis(String key, double each) {
        double now = clock.millis();
        double[] wait = new double[1];
        nextFree.asMap()
                .compute(
                        shortened(key),
                        (k, free) -> {
                            double from = free == null ? now : Math.max(free, now);
                            double after = from + each - now;
                            if (after > burstMillis) {
                                wait[0] = after - burstMillis;
                                return from;
                            }
                            return from + each;
                        });
        return wait[0];
    }

    /** What strangers send is no key as it is: it may be as long as a form. */
    private static String shortened(String key) {
        return key.length() <= LONGEST_KEY ? key : Tokens.base64Url(Tokens.hash(key));
    }

    /**
     * Counts nothing, but refuses where too much was counted already.
     *
     * @throws Problem (429) where that is so
     */
    public void require(Request request) {
        Double free = nextFree.getIfPresent(request.sourceKey().text());
        double ahead = free == null ? 0 : free + millisEach - clock.millis();
        if (ahead > burstMillis) {
            throw Problem.slowDown((int) Math.ceil((ahead - burstMillis) / 1000));
        }
    }

    /**
     * Counts a request by its source. All that comes through one undeclared proxy has the limit of
     * {@link #SOURCES_OF_PROXY} sources, however many clients it names.
     *
     * @throws Problem (429) where that is too many
     */
    public void count(Request request) {
        count(request.sourceKey());
    }

    void count(SourceKey source) {
        if (source.proxy().isEmpty()) {
            count(source.text());
            return;
        }
        String proxy = source.proxy().get();
        if (!source.text().equals(proxy)) {
            count(source.text());
        }
        count(proxy, millisEach / SOURCES_OF_PROXY);
    }
}
