package dev.monban.core.watch;

import dev.monban.core.code.Codes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** An attack that is going on: what belongs to it, and how fast it goes. */
final class Campaign {

    private static final double GAP_WEIGHT = 0.05;
    private static final int SHORTEST_REST = 120;
    private static final int LONGEST_REST = 6 * 3_600;
    private static final int GAPS_UNTIL_OVER = 15;
    private static final double GOOD_PART = 0.2;
    private static final double FORGETTING = 0.998;

    final long number;
    final FindingKind kind;

    /** The only account, as a hash; 0 for several. */
    final long person;

    /** The only browser, as its number among the kinds; {@link Kinds#ANY} for several. */
    final int agent;

    final boolean resets;
    final int startedAt;
    int lastAt;
    double gap;
    private final double[] kinds = new double[Sight.KINDS];
    private double all;

    Campaign(
            long number,
            FindingKind kind,
            long person,
            int agent,
            boolean resets,
            int startedAt,
            int lastAt,
            double gap) {
        this.number = number;
        this.kind = kind;
        this.person = person;
        this.agent = agent;
        this.resets = resets;
        this.startedAt = startedAt;
        this.lastAt = lastAt;
        this.gap = gap;
    }

    boolean isAlive(int now) {
        return now - lastAt <= Math.clamp(GAPS_UNTIL_OVER * gap, SHORTEST_REST, LONGEST_REST);
    }

    /** Another attempt of it. */
    void grew(int attemptKind, int now) {
        gap += GAP_WEIGHT * (Math.max(0, now - lastAt) - gap);
        lastAt = Math.max(lastAt, now);
        count(attemptKind);
    }

    void count(int attemptKind) {
        for (int k = 0; k < Sight.KINDS; k++) {
            kinds[k] *= FORGETTING;
        }
        all = all * FORGETTING + 1;
        kinds[attemptKind]++;
    }

    /** Whether a kind of attempt is a good part of what it sends. */
    boolean sends(int attemptKind) {
        return kinds[attemptKind] > all * GOOD_PART;
    }

    /** How many attempts of a kind it sends a second. */
    double rate(int attemptKind) {
        return (kinds[attemptKind] + 0.2) / (all + 5) / Math.max(gap, 0.05);
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(number);
        out.writeUTF(kind.name());
        out.writeLong(person);
        out.writeInt(agent);
        out.writeBoolean(resets);
        out.writeInt(startedAt);
        out.writeInt(lastAt);
        out.writeDouble(gap);
        out.writeDouble(all);
        for (double k : kinds) {
            out.writeDouble(k);
        }
    }

    static Campaign read(DataInput in) throws IOException {
        Campaign campaign =
                new Campaign(
                        in.readLong(),
                        Codes.inSnapshot(FindingKind.class, in.readUTF()),
                        in.readLong(),
                        in.readInt(),
                        in.readBoolean(),
                        in.readInt(),
                        in.readInt(),
                        in.readDouble());
        campaign.all = in.readDouble();
        for (int k = 0; k < Sight.KINDS; k++) {
            campaign.kinds[k] = in.readDouble();
        }
        return campaign;
    }
}
