package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A map of fixed size from 64-bit keys to numbered places. Where a set of places is full, the one
 * that was touched longest ago is given away.
 */
final class Slots {

    private static final int WAYS = 8;

    private final long[] keys;
    private final int[] touched;
    private boolean fresh;

    /**
     * @param size how many places; a power of two, at least 8
     */
    Slots(int size) {
        if (Integer.bitCount(size) != 1 || size < WAYS) {
            throw new IllegalArgumentException("not a power of two of at least 8: " + size);
        }
        this.keys = new long[size];
        this.touched = new int[size];
    }

    int size() {
        return keys.length;
    }

    /** Where a key is; -1 where it is not. */
    int find(long key) {
        int set = set(key);
        for (int i = set; i < set + WAYS; i++) {
            if (keys[i] == key && touched[i] != 0) {
                return i;
            }
        }
        return -1;
    }

    /**
     * The key's place, given to it if need be; {@link #fresh} then says that it was.
     *
     * @param now in the fold's seconds, above 0
     */
    int claim(long key, int now) {
        int set = set(key);
        int oldest = set;
        for (int i = set; i < set + WAYS; i++) {
            if (keys[i] == key && touched[i] != 0) {
                touched[i] = now;
                fresh = false;
                return i;
            }
            if (touched[i] < touched[oldest]) {
                oldest = i;
            }
        }
        keys[oldest] = key;
        touched[oldest] = now;
        fresh = true;
        return oldest;
    }

    /** Whether the last {@link #claim} gave the place away anew. */
    boolean fresh() {
        return fresh;
    }

    private int set(long key) {
        return (int) (key >>> 7) & (keys.length - 1) & -WAYS;
    }

    void write(DataOutput out) throws IOException {
        for (int i = 0; i < keys.length; i++) {
            out.writeInt(touched[i]);
            if (touched[i] != 0) {
                out.writeLong(keys[i]);
            }
        }
    }

    void read(DataInput in) throws IOException {
        for (int i = 0; i < keys.length; i++) {
            touched[i] = in.readInt();
            keys[i] = touched[i] == 0 ? 0 : in.readLong();
        }
    }
}
