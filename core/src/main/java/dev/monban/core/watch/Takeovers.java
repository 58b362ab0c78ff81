package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Right passwords from new places whose further proof failed. One in twenty honest people fails it
 * too, so it needs to look strange besides; and a proof that comes a little later clears it.
 */
final class Takeovers {

    /** So long an honest person may take to find the code, in seconds. */
    static final int WAIT = 600;

    private static final int MOST = 256;
    private static final int HOURS = 24;
    private static final double SUSPICIOUS = 2.2;

    /** Stolen passwords come with attacks. */
    private static final double AFTER_ATTACKS = 1;

    private static final int SECONDS_OF_HOUR = 3_600;

    /** A history of fewer successes does not tell which browsers a person has. */
    private static final int SUCCESSES_FOR_AGENT = 5;

    /** Of fewer successes it does not follow where people are. */
    private static final int KNOWN_ENOUGH = 8;

    /** Fewer sign-ins do not tell when people are at work. */
    private static final double SIGN_INS_FOR_HOURS = 2_000;

    /** Something that will be a finding unless it is cleared. */
    record Suspect(
            int due,
            String id,
            long person,
            long source,
            @Nullable String account,
            @Nullable String tenant) {}

    private final ArrayDeque<Suspect> waiting = new ArrayDeque<>();
    private final double[] hours = new double[HOURS];
    private double allHours;

    /** Somebody signed in at a place that the account knows. */
    void signedIn(int now) {
        hours[now / SECONDS_OF_HOUR % HOURS]++;
        allHours++;
    }

    /** The log-odds, beyond the failed proof itself, that this is not the account's owner. */
    double strangeness(Sight s) {
        double hour = hours[s.now() / SECONDS_OF_HOUR % HOURS];
        double night =
                allHours < SIGN_INS_FOR_HOURS
                        ? 0
                        : Math.clamp(
                                StrictMath.log((allHours + HOURS) / HOURS / (hour + 1)), -0.8, 2.5);
        double country =
                s.countryKnown() || s.successes() + s.tenantSuccesses() < KNOWN_ENOUGH ? 0 : 4;
        double network = s.networkKnown() ? 0 : 0.3;
        double agent = s.agentKnown() ? -1 : s.successes() >= SUCCESSES_FOR_AGENT ? 2 : 0;
        return country + network + agent + night;
    }

    /**
     * A further proof failed.
     *
     * @param attacked whether there were attacks in the last days
     */
    void failed(Approach a, Sight s, boolean attacked) {
        if (strangeness(s) + (attacked ? AFTER_ATTACKS : 0) < SUSPICIOUS
                || waiting.size() >= MOST) {
            return;
        }
        waiting.add(
                new Suspect(
                        s.now() + WAIT, a.id(), s.person(), s.source(), a.account(), a.tenant()));
    }

    /** A proof came after all. */
    void cleared(Sight s) {
        waiting.removeIf(w -> w.person() == s.person() && w.source() == s.source());
    }

    /** What was not cleared in time. */
    List<Suspect> due(int now) {
        if (waiting.isEmpty() || waiting.getFirst().due() > now) {
            return List.of();
        }
        List<Suspect> due = new ArrayList<>();
        for (Iterator<Suspect> all = waiting.iterator(); all.hasNext(); ) {
            Suspect suspect = all.next();
            if (suspect.due() <= now) {
                due.add(suspect);
                all.remove();
            }
        }
        return due;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(waiting.size());
        for (Suspect s : waiting) {
            out.writeInt(s.due());
            out.writeUTF(s.id());
            out.writeLong(s.person());
            out.writeLong(s.source());
            Recent.text(out, s.account());
            Recent.text(out, s.tenant());
        }
        out.writeDouble(allHours);
        for (double hour : hours) {
            out.writeDouble(hour);
        }
    }

    void read(DataInput in) throws IOException {
        waiting.clear();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            waiting.add(
                    new Suspect(
                            in.readInt(),
                            in.readUTF(),
                            in.readLong(),
                            in.readLong(),
                            Recent.text(in),
                            Recent.text(in)));
        }
        allHours = in.readDouble();
        for (int i = 0; i < HOURS; i++) {
            hours[i] = in.readDouble();
        }
    }
}
