package dev.monban.server.replay;

import dev.monban.core.trouble.Cause;
import dev.monban.core.trouble.Trouble;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How many people were stuck, and why; and which organisations were turned away. */
public final class StuckTally {

    /** So many outages are told; the rest is in the file. */
    private static final int MOST_OUTAGES = 1_000;

    private final Map<Cause, Integer> people = new EnumMap<>(Cause.class);
    private final List<Trouble.Outage> outages = new ArrayList<>();
    private int programs;

    void add(Trouble trouble) {
        switch (trouble) {
            case Trouble.Stuck stuck -> people.merge(stuck.cause(), 1, Integer::sum);
            case Trouble.Automation program -> programs++;
            case Trouble.Outage outage -> {
                if (outages.size() < MOST_OUTAGES) {
                    outages.add(outage);
                }
            }
        }
    }

    /** How many people, by cause. */
    public Map<Cause, Integer> people() {
        return new EnumMap<>(people);
    }

    /** How many programs go on with a password that is none any more. */
    public int programs() {
        return programs;
    }

    /** The first organisations that were turned away. */
    public List<Trouble.Outage> outages() {
        return List.copyOf(outages);
    }
}
