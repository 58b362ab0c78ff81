package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How often something was seen with something else: a device with an account, a network with an
 * account. Eight bytes each: 40 bits of the key, the day it was last seen, a count up to 255. Of a
 * full set the one that was not seen for the longest is forgotten.
 */
final class Familiar {

    private static final int WAYS = 8;
    private static final int MOST = 255;

    /** What was not seen for so many days is not familiar any more. */
    private static final int DAYS_KEPT = 180;

    private final long[] entries;

    /**
     * @param size how many pairs; a power of two, at least 8
     */
    Familiar(int size) {
        this.entries = new long[size];
    }

    /** How often the pair was seen, up to 255. */
    int count(long key, int day) {
        int set = set(key);
        long print = print(key);
        for (int i = set; i < set + WAYS; i++) {
            long entry = entries[i];
            if (entry != 0 && entry >>> 24 == print) {
                return day - day(entry) > DAYS_KEPT ? 0 : (int) (entry & MOST);
            }
        }
        return 0;
    }

    void add(long key, int day) {
        int set = set(key);
        long print = print(key);
        int oldest = set;
        for (int i = set; i < set + WAYS; i++) {
            long entry = entries[i];
            if (entry != 0 && entry >>> 24 == print) {
                boolean stale = day - day(entry) > DAYS_KEPT;
                long count = stale ? 1 : Math.min(MOST, (entry & MOST) + 1);
                entries[i] = print << 24 | (long) day << 8 | count;
                return;
            }
            if (worth(entry) < worth(entries[oldest])) {
                oldest = i;
            }
        }
        entries[oldest] = print << 24 | (long) day << 8 | 1;
    }

    private static int worth(long entry) {
        return (int) (entry & 0xffffff);
    }

    private static int day(long entry) {
        return (int) (entry >>> 8) & 0xffff;
    }

    private static long print(long key) {
        return key >>> 24;
    }

    private int set(long key) {
        return (int) key & (entries.length - 1) & -WAYS;
    }

    void write(DataOutput out) throws IOException {
        for (long entry : entries) {
            out.writeLong(entry);
        }
    }

    void read(DataInput in) throws IOException {
        for (int i = 0; i < entries.length; i++) {
            entries[i] = in.readLong();
        }
    }
}
