package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How many different things, of how many tenants, something was seen with in vain: the accounts
 * that a source tried, the accounts on which a password was tried. Counted in maps of 64 bits,
 * which begin anew when they are old.
 */
final class Crowds {

    private final int keptFor;
    private final int restFor;
    private final Slots slots;
    private final long[] things;
    private final long[] tenants;
    private final int[] since;
    private final int[] last;
    private final Rates lately;
    private final Rates good;
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
        this.good = new Rates(size, keptFor);
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
        if (now - since[slot] > keptFor) {
            since[slot] = now;
            things[slot] = 0;
            tenants[slot] = 0;
        }
        boolean isNew = (things[slot] & bit(thing)) == 0;
        things[slot] |= bit(thing);
        tenants[slot] |= bit(tenant);
        last[slot] = now;
        lately.add(slot, 1, now);
        return isNew;
    }

    /** Somebody succeeded. */
    void succeeded(long key, int now) {
        good.add(claim(key, now), 1, now);
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

    double good(long key, int now) {
        int slot = slots.find(key);
        return slot < 0 ? 0 : good.get(slot, now);
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
            good.set(slot, 0, now);
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
        good.write(out);
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
        good.read(in);
    }
}
