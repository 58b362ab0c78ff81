package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How much is being guessed at an account, or at an account from one source. The same wrong
 * password again is no new guess: a mail program with an old password is not an attack.
 */
final class Guesses {

    private static final int HALF_DAY = 43_200;
    private static final int HALF_HOUR = 1_800;
    private static final int REMEMBERED_TAGS = 4;
    private static final int TAG_BITS = 16;
    private static final int TAG_MASK = 0xffff;

    /** So much is kept at most, so that an account is free again half a day after the attack. */
    private static final double MOST = 16;

    private final Slots slots;
    private final Rates passwords;
    private final Rates codes;
    private final long[] tags;

    Guesses(int size) {
        this.slots = new Slots(size);
        this.passwords = new Rates(size, HALF_DAY);
        this.codes = new Rates(size, HALF_HOUR);
        this.tags = new long[size];
    }

    double passwords(long key, int now) {
        int slot = slots.find(key);
        return slot < 0 ? 0 : passwords.get(slot, now);
    }

    double codes(long key, int now) {
        int slot = slots.find(key);
        return slot < 0 ? 0 : codes.get(slot, now);
    }

    /**
     * Counts a guess.
     *
     * @param tag the password; 0 where it is not known, and then each counts
     * @param worth how much it counts
     * @return all that counts now
     */
    double guessed(long key, long tag, double worth, int now) {
        int slot = claim(key, now);
        double added = worth;
        if (tag != 0) {
            long print = tag >>> 48 == 0 ? 1 : tag >>> 48;
            for (int i = 0; i < REMEMBERED_TAGS; i++) {
                if (((tags[slot] >>> (i * TAG_BITS)) & TAG_MASK) == print) {
                    added = 0;
                }
            }
            if (added > 0) {
                tags[slot] = (tags[slot] << TAG_BITS) | print;
            }
        }
        if (passwords.get(slot, now) + added > MOST) {
            passwords.set(slot, MOST, now);
            return MOST;
        }
        return passwords.add(slot, added, now);
    }

    double code(long key, double worth, int now) {
        int slot = claim(key, now);
        return codes.add(slot, codes.get(slot, now) < MOST ? worth : 0, now);
    }

    /** The right password came: what was guessed before was a person's forgetting. */
    void forgive(long key, int now) {
        int slot = slots.find(key);
        if (slot >= 0) {
            passwords.set(slot, 0, now);
            codes.set(slot, 0, now);
        }
    }

    /** The owner has shown who they are: wrong codes are not held against them. */
    void forgiveCodes(long key, int now) {
        int slot = slots.find(key);
        if (slot >= 0) {
            codes.set(slot, 0, now);
        }
    }

    private int claim(long key, int now) {
        int slot = slots.claim(key, now);
        if (slots.fresh()) {
            passwords.set(slot, 0, now);
            codes.set(slot, 0, now);
            tags[slot] = 0;
        }
        return slot;
    }

    void write(DataOutput out) throws IOException {
        slots.write(out);
        passwords.write(out);
        codes.write(out);
        for (long tag : tags) {
            out.writeLong(tag);
        }
    }

    void read(DataInput in) throws IOException {
        slots.read(in);
        passwords.read(in);
        codes.read(in);
        for (int i = 0; i < tags.length; i++) {
            tags[i] = in.readLong();
        }
    }
}
