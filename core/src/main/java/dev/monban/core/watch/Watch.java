package dev.monban.core.watch;

import dev.monban.core.watch.Policy.Part;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The watch: a deterministic fold over the log of attempts. Each attempt is judged from what came
 * before it, and then learnt from; the same attempts in the same order give the same verdicts and
 * findings, live, in a replay and on another node. It has no clock: time comes with the attempt.
 * Its memory does not grow. It is not safe for use by several threads at once.
 */
public final class Watch {

    private static final int FORMAT = 1;
    private static final int DAY = 86_400;
    private static final int MOST_CAMPAIGNS = 64;

    /** An attack that pauses for so many seconds is still the same. */
    private static final int RESUMED_WITHIN = 7_200;

    private static final int ATTACKED_FOR = 7 * DAY;

    /** So many failures from one source are counted among the kinds in half an hour. */
    private static final double COUNTED_OF_A_SOURCE = 3;

    /** A source is judged by strangers only where they belong to so many tenants. */
    private static final int TENANTS_OF_STRANGERS = 3;

    /** In a campaign, so many strangers from a source that nobody succeeds from are enough. */
    private static final int STRANGERS_IN_A_CAMPAIGN = 2;

    /** Of a tenant with fewer successes nothing is known yet. */
    private static final int TENANT_KNOWN = 5;

    /** For each stranger that fails, honest sources have so many people who succeed. */
    private static final double GOOD_FOR_A_STRANGER = 10;

    private final Policy policy;
    private final Sizes sizes;
    private final Hash hash;
    private final Kinds kinds;
    private final History history;
    private final Guesses guesses;
    private final Crowds sources;
    private final Crowds tags;
    private final Places places;
    private final Recent recent;
    private final Takeovers takeovers = new Takeovers();
    private final List<Campaign> campaigns = new ArrayList<>();
    private long numbered;

    /**
     * @param key makes what is remembered useless to whoever does not have it
     */
    public Watch(Policy policy, Sizes sizes, long key) {
        this.policy = policy;
        this.sizes = sizes;
        this.hash = new Hash(key);
        this.kinds = new Kinds(sizes.agents());
        this.guesses = new Guesses(sizes.accounts());
        this.history =
                new History(
                        hash,
                        new Familiar(sizes.devices()),
                        new Familiar(sizes.pairs()),
                        kinds,
                        guesses);
        this.sources = new Crowds(sizes.sources(), DAY / 2, DAY / 2);
        this.tags = new Crowds(sizes.tags(), 3 * DAY, 3 * DAY);
        this.places = new Places(sizes.sessions());
        this.recent = new Recent(sizes.recent());
    }

    /** What is at work. */
    public Policy policy() {
        return policy;
    }

    /** Says what is to be done about what comes in; changes nothing. */
    public Verdict judge(Approach a, Pending pending) {
        return judge(a, history.sight(a), pending);
    }

    private Verdict judge(Approach a, Sight s, Pending pending) {
        if (a.step() == Step.SESSION) {
            return session(a, s);
        }
        if (s.deviceKnown()) {
            return allow(Reason.KNOWN_DEVICE);
        }
        boolean code = a.step() == Step.TOTP || a.step() == Step.RECOVERY_CODE;
        if (s.isNovel()) {
            if (policy.has(Part.ACCOUNTS)
                    && guesses.passwords(s.person(), s.now()) + pending.account()
                            >= policy.guesses()) {
                return stop(Action.DENY, Reason.ACCOUNT_GUESSED, ofPerson(s.person(), s.now()));
            }
        } else if (policy.has(Part.ACCOUNTS)
                && guesses.passwords(within(s), s.now()) + pending.account()
                        >= policy.guessesWithin()) {
            return stop(Action.THROTTLE, Reason.GUESSED_FROM_WITHIN, ofPerson(within(s), s.now()));
        }
        if (policy.has(Part.CODES)
                && code
                && guesses.codes(s.person(), s.now()) + pending.account()
                        >= (s.isNovel() ? policy.codes() : policy.codes() * 3)) {
            return stop(Action.THROTTLE, Reason.CODES_GUESSED, ofPerson(s.person(), s.now()));
        }
        if (!s.isNovel()) {
            return allow(Reason.KNOWN_ADDRESS);
        }
        if (policy.has(Part.PASSWORDS) && s.tag() != 0 && !s.deviceGood()) {
            long campaign = tags.campaign(s.tag(), s.now());
            if (campaign != 0 || pending.tag() >= policy.sprayed()) {
                return stop(Action.DENY, Reason.PASSWORD_SPRAYED, campaign);
            }
        }
        if (policy.has(Part.SOURCES) && !s.deviceGood()) {
            long campaign = sources.campaign(s.source(), s.now());
            if (campaign != 0) {
                return stop(Action.DENY, Reason.HOSTILE_SOURCE, campaign);
            }
        }
        if (policy.has(Part.KINDS) && !s.deviceGood() && Sight.isCounted(a.step())) {
            Campaign campaign = fitting(a, s);
            if (campaign != null) {
                return stop(Action.DENY, Reason.FITS_CAMPAIGN, campaign.number);
            }
        }
        if (!policy.has(Part.HISTORY) || a.step() != Step.PASSWORD) {
            return allow(s.successes() == 0 ? Reason.FIRST_SIGN_IN : Reason.NEW_PLACE);
        }
        if (s.successes() == 0
 && !isAttacked(s.now())
 && (s.colleagues() || s.tenantSuccesses() < TENANT_KNOWN)) {
            return allow(Reason.FIRST_SIGN_IN);
        }
        if (s.deviceExpected()) {
            return allow(Reason.EXPECTED_DEVICE);
        }
        List<Reason> reasons = new ArrayList<>(3);
        if (!s.countryKnown()) {
            reasons.add(Reason.NEW_COUNTRY);
        }
        if (!s.agentKnown()) {
            reasons.add(Reason.NEW_BROWSER);
        }
        reasons.add(Reason.NEW_PLACE);
        return new Verdict(Action.STEP_UP, reasons, 0);
    }

    private Verdict session(Approach a, Sight s) {
        long key = hash.of(a.session());
        boolean moved =
                policy.has(Part.SESSIONS)
                        && key != 0
                        && (places.otherCountry(key, s)
                                || places.otherAgent(key, s)
                                || places.campaign(key) != 0);
        return moved
                ? new Verdict(Action.STEP_UP, List.of(Reason.SESSION_MOVED), places.campaign(key))
                : allow(s.deviceKnown() ? Reason.KNOWN_DEVICE : Reason.KNOWN_ADDRESS);
    }

    /**
     * Whether a campaign against many accounts is going on; then an unknown client is to meet the
     * same whether its password was right or wrong.
     */
    public boolean isAttacked(Instant at) {
        return isAttacked(History.seconds(at));
    }

    private boolean isAttacked(int now) {
        for (Campaign campaign : campaigns) {
            if (campaign.person == 0 && campaign.isAlive(now)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a campaign has not come to its end. */
    public boolean isAlive(long number, Instant at) {
        Campaign campaign = campaign(number);
        return campaign != null && campaign.isAlive(History.seconds(at));
    }

    /** Whether neither the device nor the source ever signed in to the account. */
    public boolean isNovel(Approach a) {
        return history.sight(a).isNovel();
    }

    /** The campaign that explains it so much better than honest people do. */
    private @Nullable Campaign fitting(Approach a, Sight s) {
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
     * Learns from an attempt and what was done about it. What was not checked teaches no outcome.
     *
     * @return what was found with it
     */
    public List<Finding> learn(Attempt attempt, Verdict verdict) {
        Approach a = attempt.approach();
        Sight s = history.sight(a);
        List<Finding> found = new ArrayList<>(0);
        for (Takeovers.Suspect suspect : takeovers.due(s.now())) {
            takenOver(suspect, s.now(), found);
        }
        if (a.step() == Step.SESSION) {
            sessionUsed(attempt, s, verdict, found);
        } else if (verdict.stops()) {
            stopped(a, s, verdict);
        } else if (attempt.check().outcome() == Outcome.ACCEPTED) {
            accepted(attempt, s, verdict, found);
        } else if (!s.deviceKnown()) {
            failed(attempt, s, found);
        }
        return found;
    }

    /** Judges an attempt, then learns from it: for logs, where nothing is in flight. */
    public Judged take(Attempt attempt) {
        Verdict verdict = judge(attempt.approach(), Pending.NONE);
        List<Finding> findings = learn(attempt, verdict);
        if (verdict.action() == Action.STEP_UP && attempt.check().outcome() != Outcome.ACCEPTED) {
            verdict = new Verdict(Action.ALLOW, verdict.reasons(), verdict.campaign());
        }
        return new Judged(verdict, findings);
    }

    /** A verdict and what was found with it. */
    public record Judged(Verdict verdict, List<Finding> findings) {
        public Judged {
            findings = List.copyOf(findings);
        }
    }

    private void stopped(Approach a, Sight s, Verdict verdict) {
        Campaign campaign = campaign(verdict.campaign());
        if (campaign != null) {
            campaign.grew(s.kind(), s.now());
        }
        if (s.isNovel()) {
            guesses.guessed(s.person(), s.tag(), 1, s.now());
            sources.tried(s.source(), s.identifier(), s.tenant(), s.now());
            if (s.tag() != 0) {
                tags.tried(s.tag(), s.identifier(), s.tenant(), s.now());
            }
            if (campaign != null
                    && campaign.person == 0
                    && sources.things(s.source()) > STRANGERS_IN_A_CAMPAIGN - 0.5
                    && sources.good(s.source(), s.now()) == 0) {
                sources.mark(s.source(), campaign.number, s.now());
            }
        } else {
            guesses.guessed(within(s), s.tag(), 1, s.now());
        }
        if (verdict.reasons().getFirst() == Reason.CODES_GUESSED) {
            guesses.code(s.person(), 1, s.now());
        }
        recent.add(a, s, verdict.campaign());
    }

    private void accepted(Attempt attempt, Sight s, Verdict verdict, List<Finding> found) {
        Approach a = attempt.approach();
        if (a.step() == Step.RESET_REQUEST) {
            if (s.isStranger()) {
                recent.add(a, s, 0);
                strangerFailed(a, s, found);
            }
            return;
        }
        if (verdict.action() == Action.STEP_UP && attempt.check().stepUp() == StepUp.FAILED) {
            recent.add(a, s, 0);
            takeovers.failed(a, s, attacked(s.now()));
            if (takeovers.strangeness(s) > 0) {
                guesses.code(s.person(), 1, s.now());
            }
            return;
        }
        if (s.isNovel()) {
            recent.add(a, s, 0);
        } else {
            takeovers.signedIn(s.now());
            guesses.forgive(within(s), s.now());
        }
        if (a.step() != Step.PASSWORD) {
            takeovers.cleared(s);
            guesses.forgive(s.person(), s.now());
        }
        kinds.succeeded(s);
        sources.succeeded(s.source(), s.now());
        history.succeeded(s);
        if (a.session() != null) {
            places.started(hash.of(a.session()), s);
        }
    }

    private void failed(Attempt attempt, Sight s, List<Finding> found) {
        Approach a = attempt.approach();
        Check check = attempt.check();
        if (a.step() == Step.TOTP || a.step() == Step.RECOVERY_CODE) {
            recent.add(a, s, 0);
            codeFailed(a, s, found);
            return;
        }
        boolean guess =
                a.step() == Step.PASSWORD
                        && (check.rejection() == Rejection.WRONG_PASSWORD
                                || check.rejection() == Rejection.UNKNOWN_ACCOUNT);
        if (!guess && a.step() != Step.RESET_REQUEST) {
            return;
        }
        recent.add(a, s, 0);
        if (guess && policy.has(Part.ACCOUNTS)) {
            guessFailed(a, s, check, found);
        }
        history.failed(s);
        if (s.isStranger()) {
            strangerFailed(a, s, found);
        }
    }

    private void guessFailed(Approach a, Sight s, Check check, List<Finding> found) {
        double worth = check.near() != null ? 0.25 : a.commonSecret() ? 2 : 1;
        long key = s.isNovel() ? s.person() : within(s);
        double limit = s.isNovel() ? policy.guesses() : policy.guessesWithin();
        if (guesses.guessed(key, s.tag(), worth, s.now()) >= limit && ofPerson(key, s.now()) == 0) {
            open(
                    FindingKind.BRUTE_FORCE,
                    key,
                    recent.find(
                            s.now() - DAY,
                            e ->
                                    e.person == s.person()
                                            && e.step == Step.PASSWORD
                                            && (s.isNovel() || e.source == s.source())),
                    a.at(),
                    s.now(),
                    found);
        }
    }

    private void codeFailed(Approach a, Sight s, List<Finding> found) {
        double many = guesses.code(s.person(), 1, s.now());
        double limit = s.isNovel() ? policy.codes() : policy.codes() * 3;
        if (policy.has(Part.CODES) && many >= limit - 0.25 && ofPerson(s.person(), s.now()) == 0) {
            open(
                    FindingKind.MFA_FATIGUE,
                    s.person(),
                    recent.find(
                            s.now() - DAY, e -> e.person == s.person() && e.source == s.source()),
                    a.at(),
                    s.now(),
                    found);
        }
    }

    /** Somebody whom the account does not know failed there; is it one of many? */
    private void strangerFailed(Approach a, Sight s, List<Finding> found) {
        boolean counts =
                sources.tried(s.source(), s.identifier(), s.tenant(), s.now())
                        && sources.lately(s.source(), s.now()) <= COUNTED_OF_A_SOURCE;
        if (s.tag() != 0) {
            tags.tried(s.tag(), s.identifier(), s.tenant(), s.now());
        }
        if (counts) {
            kinds.failed(s, true);
            recent.markCounted();
        }
        if (policy.has(Part.PASSWORDS)
                && s.tag() != 0
                && tags.campaign(s.tag(), s.now()) == 0
                && tags.things(s.tag()) >= policy.sprayed() - 0.5
                && tags.tenants(s.tag()) >= TENANTS_OF_STRANGERS) {
            open(null, 0, since(s, 3 * DAY, e -> e.tag == s.tag()), a.at(), s.now(), found);
        }
        double strangers = sources.things(s.source());
        if (policy.has(Part.SOURCES)
                && sources.campaign(s.source(), s.now()) == 0
                && strangers >= policy.strangers() - 0.5
                && sources.tenants(s.source()) >= TENANTS_OF_STRANGERS
                && strangers * GOOD_FOR_A_STRANGER > sources.good(s.source(), s.now())) {
            open(
                    null,
                    0,
                    since(s, DAY / 2, e -> e.source == s.source() && e.step == a.step()),
                    a.at(),
                    s.now(),
                    found);
        }
        if (policy.has(Part.KINDS) && counts) {
            int agent = kinds.agent(s.agent());
            if (kinds.bursts(agent, s.kind(), policy.burst(), s.now())) {
                burst(
                        a,
                        s,
                        agent,
                        e -> e.agent == s.agent() && e.kind == s.kind() && e.counted,
                        found);
            } else if (kinds.bursts(Kinds.ANY, s.kind(), policy.burst(), s.now())) {
                burst(a, s, Kinds.ANY, e -> e.kind == s.kind() && e.counted, found);
            }
        }
    }

    private void burst(
            Approach a, Sight s, int agent, Predicate<Recent.Entry> fits, List<Finding> found) {
        List<Recent.Entry> evidence = since(s, DAY / 2, fits);
        if (evidence.stream().mapToLong(e -> e.person).distinct().count() < policy.burst()) {
            return;
        }
        kinds.wasHostile(agent, s.kind(), evidence.size(), s.now());
        open(null, 0, evidence, a.at(), s.now(), found);
    }

    private List<Recent.Entry> since(Sight s, int seconds, Predicate<Recent.Entry> fits) {
        return recent.find(s.now() - seconds, fits);
    }

    private void sessionUsed(Attempt attempt, Sight s, Verdict verdict, List<Finding> found) {
        Approach a = attempt.approach();
        long key = hash.of(a.session());
        if (key == 0 || attempt.check().outcome() != Outcome.ACCEPTED) {
            return;
        }
        places.started(key, s);
        if (verdict.action() != Action.STEP_UP) {
            if (!s.isNovel()) {
                history.succeeded(s);
            }
            return;
        }
        if (attempt.check().stepUp() == StepUp.PASSED) {
            places.moved(key, s);
            return;
        }
        boolean certain =
                attempt.check().stepUp() == StepUp.FAILED
                        || (places.otherCountry(key, s)
                                && (places.otherAgent(key, s) || places.lostDevice(key, s)));
        recent.add(a, s, places.campaign(key));
        if (certain && places.campaign(key) == 0) {
            open(
                    FindingKind.SESSION_THEFT,
                    Hash.pair(3, key, 0),
                    since(s, DAY, e -> e.id.equals(a.id())),
                    a.at(),
                    s.now(),
                    found);
            places.mark(key, numbered, s.now());
        }
    }

    private void takenOver(Takeovers.Suspect suspect, int now, List<Finding> found) {
        if (ofPerson(suspect.person(), now) != 0) {
            return;
        }
        open(
                FindingKind.ACCOUNT_TAKEOVER,
                suspect.person(),
                recent.find(
                        now - DAY,
                        e -> e.person == suspect.person() && e.source == suspect.source()),
                History.instant(suspect.due()),
                now,
                found);
    }

    /**
     * Opens a campaign, or finds the one that the evidence belongs to already.
     *
     * @param kind {@code null} where the evidence says which
     */
    private void open(
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

    private boolean attacked(int now) {
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
                    && sources.tenants(entry.source) >= TENANTS_OF_STRANGERS) {
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
        if (campaigns.size() >= MOST_CAMPAIGNS) {
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

    private Verdict allow(Reason reason) {
        return new Verdict(Action.ALLOW, List.of(reason), 0);
    }

    private static Verdict stop(Action action, Reason reason, long campaign) {
        return new Verdict(action, List.of(reason), campaign);
    }

    private static long within(Sight s) {
        return Hash.pair(2, s.person(), s.neighbourhood());
    }

    private long ofPerson(long person, int now) {
        for (Campaign campaign : campaigns) {
            if (campaign.person == person && now - campaign.lastAt < DAY / 2) {
                return campaign.number;
            }
        }
        return 0;
    }

    private @Nullable Campaign campaign(long number) {
        for (Campaign campaign : campaigns) {
            if (campaign.number == number) {
                return campaign;
            }
        }
        return null;
    }

    /** Writes all that the watch remembers. */
    public void write(DataOutput out) throws IOException {
        out.writeInt(FORMAT);
        out.writeUTF(sizes.toString());
        kinds.write(out);
        history.write(out);
        guesses.write(out);
        sources.write(out);
        tags.write(out);
        places.write(out);
        recent.write(out);
        takeovers.write(out);
        out.writeInt(campaigns.size());
        for (Campaign campaign : campaigns) {
            campaign.write(out);
        }
        out.writeLong(numbered);
    }

    /**
     * Goes on from what was written.
     *
     * @throws IOException where it was written by another version or with other sizes
     */
    public void read(DataInput in) throws IOException {
        if (in.readInt() != FORMAT || !in.readUTF().equals(sizes.toString())) {
            throw new IOException("a snapshot of another version or other sizes");
        }
        kinds.read(in);
        history.read(in);
        guesses.read(in);
        sources.read(in);
        tags.read(in);
        places.read(in);
        recent.read(in);
        takeovers.read(in);
        campaigns.clear();
        int size = in.readInt();
        for (int i = 0; i < size; i++) {
            campaigns.add(Campaign.read(in));
        }
        numbered = in.readLong();
    }
}
