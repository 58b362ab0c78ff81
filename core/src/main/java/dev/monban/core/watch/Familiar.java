package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How often something was seen with something else: a device with an account, a network with an
 * account. Eight bytes each: 40 bits of the key, the day it was last seen, a count up to 255. Of a
 * full set the one that was not seen for the longest is forgotten.
 */
final class Familiar {

    private static final int WAYS = 8;
    private static final int MOST = 255;

    /** Pairs in a piece of a copy: half a megabyte. */
    static final int PIECE = 1 << 16;

    /** What was not seen for so many days is not familiar any more. */
    private static final int DAYS_KEPT = 180;

    private final long[] entries;
    private @Nullable Undo undo;

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
                keep(i);
                entries[i] = print << 24 | (long) day << 8 | count;
                return;
            }
            if (worth(entry) < worth(entries[oldest])) {
                oldest = i;
            }
        }
        keep(oldest);
        entries[oldest] = print << 24 | (long) day << 8 | 1;
    }

    private void keep(int i) {
        if (undo != null) {
            undo.keep(i, entries[i]);
        }
    }

    /** From now on a copy is made of what stands here now, piece by piece. */
    void beginCopy() {
        undo = new Undo();
    }

    /** The copy is made, or given up. */
    void endCopy() {
        undo = null;
    }

    /** Whether the copy that is being made can still be finished. */
    boolean isCopyWhole() {
        return undo != null && !undo.isFull();
    }

    int pieces() {
        return Math.max(1, entries.length / PIECE);
    }

    /** The next piece of the copy, as it stood when the copy was begun; in order, each once. */
    void copy(int piece, DataOutput out) throws IOException {
        Undo before = undo;
        if (before == null) {
            throw new IllegalStateException("no copy is being made");
        }
        int from = piece * PIECE;
        int to = Math.min(entries.length, from + PIECE);
        for (int i = from; i < to; i++) {
            out.writeLong(before.get(i, entries[i]));
        }
        before.copiedTo(to);
    }

    void restore(int piece, DataInput in) throws IOException {
        int from = piece * PIECE;
        int to = Math.min(entries.length, from + PIECE);
        for (int i = from; i < to; i++) {
            entries[i] = in.readLong();
        }
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
