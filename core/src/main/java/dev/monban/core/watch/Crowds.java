package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How many different things, of how many tenants, something was seen with in vain: the accounts
 * that a source tried, the accounts on which a password was tried. Counted in maps of 64 bits,
 * which begin anew when they are old.
 */
final class Crowds {

    /** Those who succeed are told apart in maps of 256 bits: a carrier's address has hundreds. */
    private static final int GOOD_WORDS = 4;

    private final int keptFor;
    private final int restFor;
    private final Slots slots;
    private final long[] things;
    private final long[] tenants;
    private final int[] since;
    private final int[] last;
    private final Rates lately;
    private final long[] good;
    private final long[] campaigns;

    /**
     * @param keptFor seconds after which counting begins anew
     * @param restFor seconds without a try after which a campaign's mark is taken off
     */
    Crowds(int size, int keptFor, int restFor) {
        this.keptFor = keptFor;
        this.restFor = restFor;
        this.slots = new Slots(size);
        this.things = new long[size];
        this.tenants = new long[size];
        this.since = new int[size];
        this.last = new int[size];
        this.lately = new Rates(size, 1_800);
        this.good = new long[size * GOOD_WORDS];
        this.campaigns = new long[size];
    }

    /** The campaign that a key is marked with; 0 for none. */
    long campaign(long key, int now) {
        int slot = slots.find(key);
        return slot < 0 || now - last[slot] > restFor ? 0 : campaigns[slot];
    }

    void mark(long key, long campaign, int now) {
        int slot = claim(key, now);
        campaigns[slot] = campaign;
        last[slot] = now;
    }

    void unmark(long campaign) {
        for (int i = 0; i < campaigns.length; i++) {
            if (campaigns[i] == campaign) {
                campaigns[i] = 0;
                things[i] = 0;
                tenants[i] = 0;
            }
        }
    }

    /** Something was tried in vain; says whether it had not been tried there before. */
    boolean tried(long key, long thing, long tenant, int now) {
        int slot = claim(key, now);
        renew(slot, now);
        boolean isNew = (things[slot] & bit(thing)) == 0;
        things[slot] |= bit(thing);
        tenants[slot] |= bit(tenant);
        last[slot] = now;
        lately.add(slot, 1, now);
        return isNew;
    }

    /** Somebody succeeded; the same person again is no more. */
    void succeeded(long key, long person, int now) {
        int slot = claim(key, now);
        renew(slot, now);
        int bit = (int) (person >>> 56);
        good[slot * GOOD_WORDS + (bit >> 6)] |= 1L << (bit & 63);
    }

    double things(long key) {
        int slot = slots.find(key);
        return slot < 0 ? 0 : Decay.distinct(things[slot]);
    }

    int tenants(long key) {
        int slot = slots.find(key);
        return slot < 0 ? 0 : Long.bitCount(tenants[slot]);
    }

    double lately(long key, int now) {
        int slot = slots.find(key);
        return slot < 0 ? 0 : lately.get(slot, now);
    }

    /** About how many different people succeeded, up to some 1,400. */
    double good(long key) {
        int slot = slots.find(key);
        if (slot < 0) {
            return 0;
        }
        int set = 0;
        for (int i = 0; i < GOOD_WORDS; i++) {
            set += Long.bitCount(good[slot * GOOD_WORDS + i]);
        }
        return Decay.distinct(set, GOOD_WORDS * 64);
    }

    /** What is old is counted anew. */
    private void renew(int slot, int now) {
        if (now - since[slot] > keptFor) {
            since[slot] = now;
            things[slot] = 0;
            tenants[slot] = 0;
            Arrays.fill(good, slot * GOOD_WORDS, (slot + 1) * GOOD_WORDS, 0);
        }
    }

    private static long bit(long hash) {
        return 1L << (hash >>> 58);
    }

    private int claim(long key, int now) {
        int slot = slots.claim(key, now);
        if (slots.fresh()) {
            things[slot] = 0;
            tenants[slot] = 0;
            since[slot] = now;
            last[slot] = now;
            lately.set(slot, 0, now);
            Arrays.fill(good, slot * GOOD_WORDS, (slot + 1) * GOOD_WORDS, 0);
            campaigns[slot] = 0;
        }
        return slot;
    }

    void write(DataOutput out) throws IOException {
        slots.write(out);
        for (int i = 0; i < things.length; i++) {
            out.writeInt(since[i]);
            if (since[i] != 0) {
                out.writeLong(things[i]);
                out.writeLong(tenants[i]);
                out.writeInt(last[i]);
                out.writeLong(campaigns[i]);
            }
        }
        lately.write(out);
        for (long word : good) {
            out.writeLong(word);
        }
    }

    void read(DataInput in) throws IOException {
        slots.read(in);
        for (int i = 0; i < things.length; i++) {
            since[i] = in.readInt();
            boolean used = since[i] != 0;
            things[i] = used ? in.readLong() : 0;
            tenants[i] = used ? in.readLong() : 0;
            last[i] = used ? in.readInt() : 0;
            campaigns[i] = used ? in.readLong() : 0;
        }
        lately.read(in);
        for (int i = 0; i < good.length; i++) {
            good[i] = in.readLong();
        }
    }
}
