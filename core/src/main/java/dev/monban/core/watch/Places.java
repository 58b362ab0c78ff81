package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Where each session was started, and with what. */
final class Places {

    private final Slots slots;
    private final long[] countries;
    private final long[] agents;
    private final boolean[] devices;
    private final long[] campaigns;

    Places(int size) {
        this.slots = new Slots(size);
        this.countries = new long[size];
        this.agents = new long[size];
        this.devices = new boolean[size];
        this.campaigns = new long[size];
    }

    void started(long session, Sight s) {
        int slot = slots.claim(session, s.now());
        if (slots.fresh()) {
            countries[slot] = s.country();
            agents[slot] = s.family();
            devices[slot] = s.device() != 0;
            campaigns[slot] = 0;
        }
    }

    /** The person proved to be there. */
    void moved(long session, Sight s) {
        int slot = slots.claim(session, s.now());
        countries[slot] = s.country();
        agents[slot] = s.family();
    }

    boolean otherCountry(long session, Sight s) {
        int slot = slots.find(session);
        return slot >= 0
                && s.country() != 0
                && countries[slot] != 0
                && countries[slot] != s.country();
    }

    boolean otherAgent(long session, Sight s) {
        int slot = slots.find(session);
        return slot >= 0 && s.family() != 0 && agents[slot] != 0 && agents[slot] != s.family();
    }

    boolean lostDevice(long session, Sight s) {
        int slot = slots.find(session);
        return slot >= 0 && devices[slot] && s.device() == 0;
    }

    long campaign(long session) {
        int slot = slots.find(session);
        return slot < 0 ? 0 : campaigns[slot];
    }

    void mark(long session, long campaign, int now) {
        campaigns[slots.claim(session, now)] = campaign;
    }

    void write(DataOutput out) throws IOException {
        slots.write(out);
        for (int i = 0; i < countries.length; i++) {
            if (countries[i] != 0 || agents[i] != 0) {
                out.writeBoolean(true);
                out.writeLong(countries[i]);
                out.writeLong(agents[i]);
                out.writeBoolean(devices[i]);
                out.writeLong(campaigns[i]);
            } else {
                out.writeBoolean(false);
            }
        }
    }

    void read(DataInput in) throws IOException {
        slots.read(in);
        for (int i = 0; i < countries.length; i++) {
            boolean used = in.readBoolean();
            countries[i] = used ? in.readLong() : 0;
            agents[i] = used ? in.readLong() : 0;
            devices[i] = used && in.readBoolean();
            campaigns[i] = used ? in.readLong() : 0;
        }
    }
}
