package dev.monban.core.watch;

import dev.monban.core.watch.Policy.Part;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The watch: a deterministic fold over the log of attempts. Each attempt is judged from what came
 * before it, and then learnt from; the same attempts in the same order give the same verdicts and
 * findings, live, in a replay and on another node. It has no clock: time comes with the attempt.
 * Its memory does not grow. It is not safe for use by several threads at once.
 */
public final class Watch {

    /** What a few codes have faded when the last of them comes. */
    static final double FADED = 0.25;

    /** Of what {@link #write} writes; another cannot be read. */
    public static final int FORMAT = 2;

    private static final int DAY = 86_400;

    /** In a campaign, so many strangers from a source that nobody succeeds from are enough. */
    private static final int STRANGERS_IN_A_CAMPAIGN = 2;

    /** Of a tenant with fewer successes nothing is known yet. */
    private static final int TENANT_KNOWN = 5;

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
    private final Campaigns campaigns;
    private final Failures failures;
    private final Terms blocked = new Terms();
    private final Terms harmless = new Terms();

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
        this.campaigns = new Campaigns(policy, kinds, sources, tags);
        this.failures =
                new Failures(
                        policy, history, kinds, guesses, sources, tags, places, recent, campaigns);
    }

    /** What is at work. */
    public Policy policy() {
        return policy;
    }

    public Sizes sizes() {
        return sizes;
    }

    /** Says what is to be done about what comes in; changes nothing. */
    public Verdict judge(Approach a, Pending pending) {
        return judge(a, pending, Remembered.NOTHING);
    }

    /** The same, where more is known than memory holds. */
    public Verdict judge(Approach a, Pending pending, Remembered remembered) {
        return judge(a, history.sight(a).knowing(remembered), pending);
    }

    /** The pairs by which the account would know who makes the attempt. */
    public Pairs pairs(Approach a) {
        return history.pairs(a);
    }

    private Verdict judge(Approach a, Sight s, Pending pending) {
        if (a.step() == Step.SESSION) {
            return session(a, s);
        }
        if (s.deviceKnown()) {
            return allow(Reason.KNOWN_DEVICE);
        }
        if (!s.shared() && blocked.holds(s.source(), s.now())) {
            return stop(Action.DENY, Reason.SOURCE_BLOCKED, 0);
        }
        if (a.step() == Step.PASSKEY) {
            // Nobody guesses these, and no attack shall keep their owners out.
            return allow(s.isNovel() ? Reason.NEW_PLACE : Reason.KNOWN_ADDRESS);
        }
        boolean code = a.step() == Step.TOTP || a.step() == Step.RECOVERY_CODE;
        // Who comes from the organisation's provider has guessed no password of ours, and who types
        // a code has given the first proof; codes have a limit of their own.
        boolean guess = !code && a.step() != Step.FEDERATED;
        if (s.isNovel()) {
            if (guess
                    && policy.has(Part.ACCOUNTS)
                    && guesses.passwords(s.person(), s.now()) + pending.account()
                            >= policy.guesses()) {
                return stop(
                        Action.DENY,
                        Reason.ACCOUNT_GUESSED,
                        campaigns.ofPerson(s.person(), s.now()));
            }
        } else if (guess
                && policy.has(Part.ACCOUNTS)
                && guesses.passwords(s.within(), s.now()) + pending.within()
                        >= policy.guessesWithin()) {
            return stop(
                    Action.THROTTLE,
                    Reason.GUESSED_FROM_WITHIN,
                    campaigns.ofPerson(s.within(), s.now()));
        }
        if (policy.has(Part.CODES)
                && code
                && guesses.codes(s.person(), s.now())
                                + (s.isNovel() ? pending.account() : pending.within())
                        >= (s.isNovel() ? policy.codes() : policy.codes() * 3) - FADED) {
            return stop(
                    Action.THROTTLE, Reason.CODES_GUESSED, campaigns.ofPerson(s.person(), s.now()));
        }
        if (!s.isNovel()) {
            return allow(Reason.KNOWN_ADDRESS);
        }
        boolean held = harmless.holds(s.source(), s.now());
        if (policy.has(Part.PASSWORDS) && s.tag() != 0 && !s.deviceGood() && !held) {
            long campaign = tags.campaign(s.tag(), s.now());
            if (campaign != 0 || pending.tag() >= policy.sprayed()) {
                return stop(Action.DENY, Reason.PASSWORD_SPRAYED, campaign);
            }
        }
        if (policy.has(Part.SOURCES) && !s.shared() && !s.deviceGood() && !held) {
            long campaign = sources.campaign(s.source(), s.now());
            if (campaign != 0) {
                return stop(Action.DENY, Reason.HOSTILE_SOURCE, campaign);
            }
        }
        if (policy.has(Part.KINDS) && !s.deviceGood() && !held && Sight.isCounted(a.step())) {
            Campaign campaign = campaigns.fitting(a, s);
            if (campaign != null) {
                return stop(Action.DENY, Reason.FITS_CAMPAIGN, campaign.number);
            }
        }
        if (!policy.has(Part.HISTORY) || !isFirstProof(a.step())) {
            return allow(s.successes() == 0 ? Reason.FIRST_SIGN_IN : Reason.NEW_PLACE);
        }
        if (s.successes() == 0
                && !campaigns.isAttacked(s.now())
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

    /** A proof that somebody else may have come by; another one clears it. */
    private static boolean isFirstProof(Step step) {
        return step == Step.PASSWORD || step == Step.FEDERATED;
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
        return campaigns.isAttacked(History.seconds(at));
    }

    /** Whether a campaign has not come to its end. */
    public boolean isAlive(long number, Instant at) {
        Campaign campaign = campaigns.campaign(number);
        return campaign != null && campaign.isAlive(History.seconds(at));
    }

    /** How many sources administrators have blocked. */
    public int blockedSources(Instant at) {
        return blocked.count(History.seconds(at));
    }

    /** Whether neither the device nor the source ever signed in to the account. */
    public boolean isNovel(Approach a, Remembered remembered) {
        return history.sight(a).knowing(remembered).isNovel();
    }

    /**
     * Whether the account knows the device or the source, or its house does: a colleague has signed
     * in with the device before, or from around there. A login name that leads to no account has no
     * house; then anybody's good device will do.
     */
    public boolean isFamiliar(Approach a) {
        return isFamiliar(a, Remembered.NOTHING);
    }

    /** The same, where more is known than memory holds. */
    public boolean isFamiliar(Approach a, Remembered remembered) {
        Sight s = history.sight(a).knowing(remembered);
        return !s.isNovel()
                || s.colleagues()
                || (s.accountKnown() ? s.deviceOfHouse() : s.deviceGood());
    }

    /**
     * Learns from an attempt and what was done about it. What was not checked teaches no outcome.
     *
     * @return what was found with it
     */
    public List<Finding> learn(Attempt attempt, Verdict verdict) {
        Approach a = attempt.approach();
        Sight s = history.sight(a).knowing(Remembered.of(a, verdict));
        List<Finding> found = new ArrayList<>(0);
        for (Takeovers.Suspect suspect : takeovers.due(s.now())) {
            failures.takenOver(suspect, s.now(), found);
        }
        if (a.step() == Step.SESSION) {
            failures.sessionUsed(attempt, s, verdict, found);
        } else if (verdict.stops()) {
            stopped(a, s, verdict);
        } else if (attempt.check().outcome() == Outcome.ACCEPTED) {
            accepted(attempt, s, verdict, found);
        } else if (!s.deviceKnown()) {
            failures.failed(attempt, s, harmless.holds(s.source(), s.now()), found);
        }
        return found;
    }

    /** Learns what an administrator decided. */
    public void learn(Act act) {
        int now = History.seconds(act.at());
        switch (act) {
            case Act.Block(Instant at, List<String> addresses, Instant until) ->
                    addresses.forEach(a -> blocked.set(hash.ofSource(a), History.seconds(until)));
            case Act.End(Instant at, long campaign) -> end(campaign, now);
            case Act.Forgive f -> f.accounts().forEach(a -> forgive(a, f.addresses(), now));
            case Act.Harmless h -> {
                end(h.campaign(), now);
                h.addresses()
                        .forEach(a -> harmless.set(hash.ofSource(a), History.seconds(h.until())));
                h.accounts().forEach(a -> guesses.forgive(hash.of(a), now));
            }
        }
    }

    private void forgive(String account, List<String> addresses, int now) {
        long person = hash.of(account);
        guesses.forgiveCodes(person, now);
        addresses.forEach(
                from -> guesses.forgive(Sight.within(person, hash.ofNeighbourhood(from)), now));
    }

    private void end(long number, int now) {
        Campaign campaign = campaigns.campaign(number);
        if (campaign != null) {
            guesses.forgive(campaign.person, now);
            campaigns.remove(number);
        }
        if (number != 0) {
            sources.unmark(number);
            tags.unmark(number);
        }
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
        Campaign campaign = campaigns.campaign(verdict.campaign());
        if (campaign != null) {
            campaign.grew(s.kind(), s.now());
        }
        if (harmless.holds(s.source(), s.now())) {
            guesses.guessed(s.isNovel() ? s.person() : s.within(), s.tag(), 1, s.now());
            return;
        }
        if (s.isNovel()) {
            guesses.guessed(s.person(), s.tag(), 1, s.now());
            if (!s.shared()) {
                sources.tried(s.source(), s.identifier(), s.tenant(), s.now());
            }
            if (s.tag() != 0) {
                tags.tried(s.tag(), s.identifier(), s.tenant(), s.now());
            }
            if (campaign != null
                    && campaign.person == 0
                    && !s.shared()
                    && sources.things(s.source()) > STRANGERS_IN_A_CAMPAIGN - 0.5
                    && sources.good(s.source()) == 0) {
                sources.mark(s.source(), campaign.number, s.now());
            }
        } else {
            guesses.guessed(s.within(), s.tag(), 1, s.now());
        }
        if (verdict.reasons().getFirst() == Reason.CODES_GUESSED) {
            guesses.code(s.person(), 1, s.now());
        }
        recent.add(a, s, verdict.campaign());
    }

    private void accepted(Attempt attempt, Sight s, Verdict verdict, List<Finding> found) {
        Approach a = attempt.approach();
        if (a.step() == Step.RESET_REQUEST) {
            if (s.isStranger() && !harmless.holds(s.source(), s.now())) {
                recent.add(a, s, 0);
                failures.strangerFailed(a, s, found);
            }
            return;
        }
        if (verdict.action() == Action.STEP_UP && attempt.check().stepUp() == StepUp.FAILED) {
            recent.add(a, s, 0);
            takeovers.failed(a, s, campaigns.attackedLately(s.now()));
            return;
        }
        if (s.isNovel()) {
            recent.add(a, s, 0);
        } else {
            takeovers.signedIn(s.now());
            guesses.forgive(s.within(), s.now());
        }
        if (!isFirstProof(a.step())) {
            takeovers.cleared(s);
            guesses.forgive(s.person(), s.now());
        }
        kinds.succeeded(s);
        if (!s.shared()) {
            sources.succeeded(s.source(), s.person(), s.now());
        }
        history.succeeded(s);
        if (a.session() != null) {
            places.started(hash.of(a.session()), s);
        }
    }

    private Verdict allow(Reason reason) {
        return new Verdict(Action.ALLOW, List.of(reason), 0);
    }

    private static Verdict stop(Action action, Reason reason, long campaign) {
        return new Verdict(action, List.of(reason), campaign);
    }

    /**
     * Begins a copy of all that the watch remembers, which is made piece by piece while it goes on
     * judging and learning. Writes all but the pieces: some megabytes.
     *
     * @return how many pieces there are, of half a megabyte each
     */
    public int beginCopy(DataOutput out) throws IOException {
        history.beginCopy();
        writeBegin(out);
        writeRest(out);
        return history.pieces();
    }

    /** Writes a piece as it stood when the copy was begun; in order from 0 on, each once. */
    public void copy(int piece, DataOutput out) throws IOException {
        history.copy(piece, out);
    }

    /** Whether the copy can be finished: so much may be learnt meanwhile that it cannot. */
    public boolean isCopyWhole() {
        return history.isCopyWhole();
    }

    /** The copy is made, or given up. */
    public void endCopy() {
        history.endCopy();
    }

    /**
     * Goes on from a copy; its pieces follow.
     *
     * @return how many pieces are to be given to {@link #restore}
     * @throws IOException where it was written by another version or with other sizes
     */
    public int readCopy(DataInput in) throws IOException {
        readBegin(in);
        readRest(in);
        return history.pieces();
    }

    /** Takes over a piece of a copy. */
    public void restore(int piece, DataInput in) throws IOException {
        history.restore(piece, in);
    }

    /** Writes all that the watch remembers. */
    public void write(DataOutput out) throws IOException {
        writeBegin(out);
        history.write(out);
        writeRest(out);
    }

    private void writeBegin(DataOutput out) throws IOException {
        out.writeInt(FORMAT);
        out.writeUTF(sizes.toString());
        kinds.write(out);
    }

    private void writeRest(DataOutput out) throws IOException {
        guesses.write(out);
        sources.write(out);
        tags.write(out);
        places.write(out);
        recent.write(out);
        takeovers.write(out);
        campaigns.write(out);
        blocked.write(out);
        harmless.write(out);
    }

    /**
     * Goes on from what was written.
     *
     * @throws IOException where it was written by another version or with other sizes
     */
    public void read(DataInput in) throws IOException {
        readBegin(in);
        history.read(in);
        readRest(in);
    }

    private void readBegin(DataInput in) throws IOException {
        if (in.readInt() != FORMAT || !in.readUTF().equals(sizes.toString())) {
            throw new IOException("a snapshot of another version or other sizes");
        }
        kinds.read(in);
    }

    private void readRest(DataInput in) throws IOException {
        guesses.read(in);
        sources.read(in);
        tags.read(in);
        places.read(in);
        recent.read(in);
        takeovers.read(in);
        campaigns.read(in);
        blocked.read(in);
        harmless.read(in);
    }
}
