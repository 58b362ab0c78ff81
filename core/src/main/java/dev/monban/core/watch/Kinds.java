package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How often each kind of attempt comes now, and how often honest people alone would send it. What
 * honest people send is measured by the sign-ins from places that their accounts know, of which an
 * attacker has none: so many novel attempts of a kind for each of them, learnt over weeks and as
 * long as no campaign runs. Each kind is counted for each browser, and for all browsers together.
 */
final class Kinds {

    /** The number of all browsers together. */
    static final int ANY = 0;

    private static final int DAY = 86_400;
    private static final int LEARNT_OVER = 14 * DAY;
    private static final double REBASE_AT = 1e12;

    /** Half-lives, in seconds: of what comes fast, and of what comes slowly. */
    private static final int[] WINDOWS = {1_800, 12 * 3_600};

    /** Where nothing is learnt yet: so many attempts of each kind for each familiar sign-in. */
    private static final double EXPECTED = 0.002;

    /** What is expected counts as if it had been seen among so many familiar sign-ins. */
    private static final double EXPECTED_WEIGHT = 1_000;

    /** A browser that nobody has signed in with yet counts as if it had this part of a sign-in. */
    private static final double UNSEEN_AGENT = 0.5;

    private static final double COMMON_SHARE = 0.01;

    /** Nights are quiet; so many familiar sign-ins a second are assumed all the same. */
    private static final double LEAST_PACE = 2.0 / 3_600;

    /** A burst is so many times what is expected. */
    private static final double BURST = 25;

    /** Honest people at new places fail at most so often for each success. */
    private static final double HONEST_FAILURES = 1.5;

    /** And mistype their login name at most so often for each success. */
    private static final double HONEST_STRANGERS = 0.5;

    private final Slots agents;
    private final double[] signIns;
    private final double[] sent = new double[Sight.KINDS];
    private final double[] failed = new double[Sight.KINDS];
    private final Rates[] failing = new Rates[WINDOWS.length];
    private final Rates[] succeeding = new Rates[WINDOWS.length];
    private final Rates[] entering = new Rates[WINDOWS.length];
    private final Rates[] pace = new Rates[WINDOWS.length];
    private double familiar;
    private double weight = 1;
    private int weighedAt;

    /**
     * @param size how many browsers are told apart; a power of two
     */
    Kinds(int size) {
        this.agents = new Slots(size);
        this.signIns = new double[size + 1];
        for (int w = 0; w < WINDOWS.length; w++) {
            failing[w] = new Rates((size + 1) * Sight.KINDS, WINDOWS[w]);
            succeeding[w] = new Rates((size + 1) * Sight.KINDS, WINDOWS[w]);
            entering[w] = new Rates(size + 1, WINDOWS[w]);
            pace[w] = new Rates(1, WINDOWS[w]);
        }
    }

    /** The number of a browser; it is given one if need be. */
    int agent(long hash, int now) {
        int slot = agents.claim(hash, now);
        if (agents.fresh()) {
            signIns[slot + 1] = 0;
            for (int w = 0; w < WINDOWS.length; w++) {
                entering[w].set(slot + 1, 0, now);
                for (int k = 0; k < Sight.KINDS; k++) {
                    failing[w].set(at(slot + 1, k), 0, now);
                    succeeding[w].set(at(slot + 1, k), 0, now);
                }
            }
        }
        return slot + 1;
    }

    /** The number of a browser; {@link #ANY} where it has none. */
    int agent(long hash) {
        return agents.find(hash) + 1;
    }

    /** Whether many honest people use a browser. */
    boolean isCommon(long hash) {
        int slot = agents.find(hash);
        return slot >= 0 && share(slot + 1) > COMMON_SHARE;
    }

    /** Somebody signed in. */
    void succeeded(Sight s) {
        weigh(s.now());
        int agent = agent(s.agent(), s.now());
        signIns[agent] += weight;
        signIns[ANY] += weight;
        if (!s.isNovel()) {
            familiar += weight;
            for (Rates rate : pace) {
                rate.add(0, 1, s.now());
            }
            return;
        }
        sent[s.kind()] += weight;
        for (int w = 0; w < WINDOWS.length; w++) {
            succeeding[w].add(at(agent, s.kind()), 1, s.now());
            succeeding[w].add(at(ANY, s.kind()), 1, s.now());
            entering[w].add(agent, 1, s.now());
            entering[w].add(ANY, 1, s.now());
        }
    }

    /**
     * Somebody failed at a place that the account does not know.
     *
     * @param learns whether it may be an honest person's, so that such are expected from now on
     */
    void failed(Sight s, boolean learns) {
        weigh(s.now());
        if (learns) {
            sent[s.kind()] += weight;
            failed[s.kind()] += weight;
        }
        int agent = agent(s.agent(), s.now());
        for (int w = 0; w < WINDOWS.length; w++) {
            failing[w].add(at(agent, s.kind()), 1, s.now());
            failing[w].add(at(ANY, s.kind()), 1, s.now());
        }
    }

    /** So many of a kind were no honest people's after all; its counters start anew. */
    void wasHostile(int agent, int kind, double many, int now) {
        sent[kind] = Math.max(0, sent[kind] - many * weight);
        failed[kind] = Math.max(0, failed[kind] - many * weight);
        for (int w = 0; w < WINDOWS.length; w++) {
            failing[w].set(at(agent, kind), 0, now);
            failing[w].add(at(ANY, kind), -Math.min(many, failing[w].get(at(ANY, kind), now)), now);
        }
    }

    /**
     * Whether failures of a kind come as no honest people explain.
     *
     * @param least so many are none yet
     */
    boolean bursts(int agent, int kind, int least, int now) {
        for (int w = 0; w < WINDOWS.length; w++) {
            double seen = failing[w].get(at(agent, kind), now);
            double beat = Math.max(pace[w].get(0, now), LEAST_PACE * pace[w].ofOneASecond());
            double expected = expected(failed[kind]) * share(agent) * beat;
            boolean known = (kind & Sight.ACCOUNT_KNOWN) != 0;
            double honest =
                    known
                            ? HONEST_FAILURES * succeeding[w].get(at(agent, kind), now)
                            : HONEST_STRANGERS * entering[w].get(agent, now);
            if (seen > least - 0.5 && seen >= BURST * expected && seen >= honest) {
                return true;
            }
        }
        return false;
    }

    /** How many attempts of a kind honest people send now, a second, failing or not. */
    double honest(int agent, int kind, int now) {
        double beat = Math.max(pace[0].get(0, now) / pace[0].ofOneASecond(), LEAST_PACE);
        double seen = succeeding[0].get(at(agent, kind), now) / succeeding[0].ofOneASecond();
        return Math.max(expected(sent[kind]) * share(agent) * beat, seen);
    }

    private double expected(double sum) {
        return (sum / weight + EXPECTED * EXPECTED_WEIGHT) / (familiar / weight + EXPECTED_WEIGHT);
    }

    private double share(int agent) {
        return agent == ANY
                ? 1
                : (signIns[agent] / weight + UNSEEN_AGENT)
                        / (signIns[ANY] / weight + EXPECTED_WEIGHT * UNSEEN_AGENT);
    }

    private static int at(int agent, int kind) {
        return agent * Sight.KINDS + kind;
    }

    /** What comes later weighs more, which is the same as if the earlier faded. */
    private void weigh(int now) {
        if (weighedAt == 0) {
            weighedAt = now;
        }
        if (now <= weighedAt) {
            return;
        }
        weight /= Decay.left(1, weighedAt, now, LEARNT_OVER);
        weighedAt = now;
        if (weight > REBASE_AT) {
            for (int k = 0; k < Sight.KINDS; k++) {
                sent[k] /= weight;
                failed[k] /= weight;
            }
            for (int a = 0; a < signIns.length; a++) {
                signIns[a] /= weight;
            }
            familiar /= weight;
            weight = 1;
        }
    }

    void write(DataOutput out) throws IOException {
        agents.write(out);
        for (double[] array : new double[][] {signIns, sent, failed}) {
            for (double value : array) {
                out.writeDouble(value);
            }
        }
        for (Rates[] rates : new Rates[][] {failing, succeeding, entering, pace}) {
            for (Rates rate : rates) {
                rate.write(out);
            }
        }
        out.writeDouble(familiar);
        out.writeDouble(weight);
        out.writeInt(weighedAt);
    }

    void read(DataInput in) throws IOException {
        agents.read(in);
        for (double[] array : new double[][] {signIns, sent, failed}) {
            for (int i = 0; i < array.length; i++) {
                array[i] = in.readDouble();
            }
        }
        for (Rates[] rates : new Rates[][] {failing, succeeding, entering, pace}) {
            for (Rates rate : rates) {
                rate.read(in);
            }
        }
        familiar = in.readDouble();
        weight = in.readDouble();
        weighedAt = in.readInt();
    }
}
