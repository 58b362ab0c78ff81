package dev.monban.core.watch;

/**
 * What stood in a table when a copy of it was begun, where it has changed since and is not copied
 * yet. A table of fixed size: a copy during which more changes than it holds is given up.
 */
final class Undo {

    /** Changes that are held; 16 bytes each. Some 200 sign-ins a second for a minute and a half. */
    static final int MAX = 1 << 18;

    private static final int SLOTS = MAX * 2;
    private static final int PRIME = 0x9e3779b1;

    private final int[] places = new int[SLOTS];
    private final long[] values = new long[SLOTS];
    private int copied;
    private int held;
    private boolean full;

    /** This place is about to change. */
    void keep(int place, long value) {
        if (place < copied || full) {
            return;
        }
        int slot = slot(place);
        if (places[slot] == place + 1) {
            return;
        }
        if (held == MAX) {
            full = true;
            return;
        }
        places[slot] = place + 1;
        values[slot] = value;
        held++;
    }

    /** What stood at a place at the beginning. */
    long get(int place, long now) {
        int slot = slot(place);
        return places[slot] == place + 1 ? values[slot] : now;
    }

    /** All places before this one are copied. */
    void copiedTo(int place) {
        copied = place;
    }

    boolean isFull() {
        return full;
    }

    private int slot(int place) {
        int slot = ((place * PRIME) >>> 8) & (SLOTS - 1);
        while (places[slot] != 0 && places[slot] != place + 1) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        return slot;
    }
}
