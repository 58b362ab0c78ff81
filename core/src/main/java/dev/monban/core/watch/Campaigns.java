package dev.monban.core.watch;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The attacks that are going on, and what belongs to which. */
final class Campaigns {

    /** A source is judged by strangers only where they belong to so many tenants. */
    static final int TENANTS_OF_STRANGERS = 3;

    /** No office has so many people of whom none gets in. */
    private static final int MORE_THAN_AN_OFFICE = 32;

    private static final int DAY = 86_400;
    private static final int MOST = 64;

    /** An attack that pauses for so many seconds is still the same. */
    private static final int RESUMED_WITHIN = 7_200;

    private static final int ATTACKED_FOR = 7 * DAY;

    private final Policy policy;
    private final Kinds kinds;
    private final Crowds sources;
    private final Crowds tags;
    private final List<Campaign> campaigns = new ArrayList<>();
    private long numbered;

    Campaigns(Policy policy, Kinds kinds, Crowds sources, Crowds tags) {
        this.policy = policy;
        this.kinds = kinds;
        this.sources = sources;
        this.tags = tags;
    }

    /** Whether what was tried there in vain is more than one office's mistake. */
    boolean areOfMany(Crowds crowds, long key) {
        return crowds.tenants(key) >= TENANTS_OF_STRANGERS
                || crowds.things(key) >= MORE_THAN_AN_OFFICE;
    }

    /** The number of the last one that was opened. */
    long last() {
        return numbered;
    }

    /** The campaign that explains it so much better than honest people do. */
    @Nullable Campaign fitting(Approach a, Sight s) {
        boolean reset = a.step() == Step.RESET_REQUEST;
        for (Campaign campaign : campaigns) {
            if (campaign.person == 0 && campaign.resets == reset && campaign.isAlive(s.now())) {
                int agent = campaign.agent == Kinds.ANY ? Kinds.ANY : kinds.agent(s.agent());
                if (agent == campaign.agent
                        && campaign.rate(s.kind())
                                >= policy.odds() * kinds.honest(agent, s.kind(), s.now())) {
                    return campaign;
                }
            }
        }
        return null;
    }

    /**
     * Opens a campaign, or finds the one that the evidence belongs to already.
     *
     * @param kind {@code null} where the evidence says which
     */
    void open(
            @Nullable FindingKind kind,
            long person,
            List<Recent.Entry> evidence,
            Instant at,
            int now,
            List<Finding> found) {
        if (evidence.isEmpty()) {
            return;
        }
        FindingKind named = kind == null ? name(evidence) : kind;
        boolean resets = evidence.getLast().step == Step.RESET_REQUEST;
        long agent = only(evidence, true);
        int agentNumber = person != 0 || agent == 0 ? Kinds.ANY : kinds.agent(agent);
        Campaign campaign = person == 0 ? same(named, agentNumber, resets, evidence, now) : null;
        boolean isNew = campaign == null;
        if (campaign == null) {
            campaign = begin(named, person, agentNumber, resets, evidence, now);
        }
        for (Recent.Entry entry : evidence) {
            if (entry.campaign == 0) {
                entry.campaign = campaign.number;
                campaign.count(entry.kind);
            }
        }
        campaign.lastAt = now;
        if (person == 0) {
            markKeys(campaign, evidence, now);
        }
        if (isNew) {
            found.add(finding(campaign, evidence, at));
        }
    }

    /** Whether there were attacks in the last days. */
    boolean attackedLately(int now) {
        for (Campaign campaign : campaigns) {
            if (now - campaign.lastAt < ATTACKED_FOR) {
                return true;
            }
        }
        return false;
    }

    /** What else is known by now to belong to the campaign. */
    private void markKeys(Campaign campaign, List<Recent.Entry> evidence, int now) {
        for (Recent.Entry entry : evidence) {
            if (sources.things(entry.source) >= policy.strangers() - 0.5
                    && areOfMany(sources, entry.source)) {
                sources.mark(entry.source, campaign.number, now);
            }
            if (entry.tag != 0
                    && tags.things(entry.tag) >= policy.sprayed() - 0.5
                    && tags.tenants(entry.tag) >= TENANTS_OF_STRANGERS) {
                tags.mark(entry.tag, campaign.number, now);
            }
        }
    }

    private Campaign begin(
            FindingKind kind,
            long person,
            int agent,
            boolean resets,
            List<Recent.Entry> evidence,
            int now) {
        if (campaigns.size() >= MOST) {
            campaigns.removeFirst();
        }
        double gap =
                Math.max(
                        0.05,
                        (evidence.getLast().at - evidence.getFirst().at)
                                / (double) Math.max(1, evidence.size() - 1));
        Campaign campaign =
                new Campaign(
                        ++numbered, kind, person, agent, resets, evidence.getFirst().at, now, gap);
        campaigns.add(campaign);
        return campaign;
    }

    /** The running campaign that evidence belongs to. */
    private @Nullable Campaign same(
            FindingKind kind, int agent, boolean resets, List<Recent.Entry> evidence, int now) {
        for (Campaign campaign : campaigns) {
            if (campaign.person != 0
                    || (!campaign.isAlive(now) && now - campaign.lastAt > RESUMED_WITHIN)) {
                continue;
            }
            long its = evidence.stream().filter(e -> e.campaign == campaign.number).count();
            if (its * 2 > evidence.size()
                    || (campaign.kind == kind
                            && campaign.resets == resets
                            && campaign.agent == agent
                            && (agent != Kinds.ANY || campaign.sends(evidence.getLast().kind)))) {
                return campaign;
            }
        }
        return null;
    }

    private static FindingKind name(List<Recent.Entry> evidence) {
        if (evidence.getLast().step == Step.RESET_REQUEST) {
            return FindingKind.ACCOUNT_ENUMERATION;
        }
        Set<Long> people = new HashSet<>();
        Set<Long> secrets = new HashSet<>();
        int tagged = 0;
        int unknown = 0;
        for (Recent.Entry entry : evidence) {
            people.add(entry.person);
            if (entry.tag != 0) {
                secrets.add(entry.tag);
                tagged++;
            }
            if (!entry.accountKnown()) {
                unknown++;
            }
        }
        if (people.size() == 1) {
            return FindingKind.BRUTE_FORCE;
        }
        if (tagged > 0 && secrets.size() * 3 <= tagged) {
            return unknown * 5 >= evidence.size() * 4
                    ? FindingKind.ACCOUNT_ENUMERATION
                    : FindingKind.PASSWORD_SPRAYING;
        }
        return FindingKind.CREDENTIAL_STUFFING;
    }

    private static long only(List<Recent.Entry> evidence, boolean agents) {
        long first = agents ? evidence.getFirst().agent : evidence.getFirst().person;
        for (Recent.Entry entry : evidence) {
            if ((agents ? entry.agent : entry.person) != first) {
                return 0;
            }
        }
        return first;
    }

    private Finding finding(Campaign campaign, List<Recent.Entry> evidence, Instant at) {
        int from = Math.max(0, evidence.size() - Policy.EVIDENCE_KEPT);
        List<Recent.Entry> kept = evidence.subList(from, evidence.size());
        Recent.Entry last = kept.getLast();
        boolean oneAccount = only(kept, false) != 0;
        boolean oneTenant =
                kept.stream()
                        .allMatch(
                                e -> e.tenantName != null && e.tenantName.equals(last.tenantName));
        return new Finding(
                campaign.number,
                at,
                campaign.kind,
                kept.stream().map(e -> e.id).toList(),
                oneTenant ? last.tenantName : null,
                oneAccount ? last.account : null,
                Explanation.of(campaign.kind, kept));
    }

    /** The campaign against one account, or one account from one place; 0 for none. */
    long ofPerson(long person, int now) {
        for (Campaign campaign : campaigns) {
            if (campaign.person == person && now - campaign.lastAt < DAY / 2) {
                return campaign.number;
            }
        }
        return 0;
    }

    /** The campaign of that number, as long as it is remembered. */
    @Nullable Campaign campaign(long number) {
        for (Campaign campaign : campaigns) {
            if (campaign.number == number) {
                return campaign;
            }
        }
        return null;
    }

    /** Forgets one. */
    void remove(long number) {
        campaigns.removeIf(campaign -> campaign.number == number);
    }

    /** Whether one against many accounts is going on. */
    boolean isAttacked(int now) {
        for (Campaign campaign : campaigns) {
            if (campaign.person == 0 && campaign.isAlive(now)) {
                return true;
            }
        }
        return false;
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(campaigns.size());
        for (Campaign campaign : campaigns) {
            campaign.write(out);
        }
        out.writeLong(numbered);
    }

    void read(DataInput in) throws IOException {
        campaigns.clear();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            campaigns.add(Campaign.read(in));
        }
        numbered = in.readLong();
    }
}
