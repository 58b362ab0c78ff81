package dev.monban.core.watch;

import dev.monban.core.watch.Policy.Part;
import java.util.List;
import java.util.function.Predicate;

/** Learns from what went wrong, and sees whether it is part of an attack. */
final class Failures {

    private static final int DAY = 86_400;

    /** So many failures from one source are counted among the kinds in half an hour. */
    private static final double COUNTED_OF_A_SOURCE = 3;

    /** For each stranger that fails, honest sources have so many people who succeed. */
    private static final double GOOD_FOR_A_STRANGER = 10;

    private final Policy policy;
    private final History history;
    private final Kinds kinds;
    private final Guesses guesses;
    private final Crowds sources;
    private final Crowds tags;
    private final Places places;
    private final Recent recent;
    private final Campaigns campaigns;

    Failures(
            Policy policy,
            History history,
            Kinds kinds,
            Guesses guesses,
            Crowds sources,
            Crowds tags,
            Places places,
            Recent recent,
            Campaigns campaigns) {
        this.policy = policy;
        this.history = history;
        this.kinds = kinds;
        this.guesses = guesses;
        this.sources = sources;
        this.tags = tags;
        this.places = places;
        this.recent = recent;
        this.campaigns = campaigns;
    }

    /**
     * @param harmless whether the source is no evidence for an attack on many
     */
    void failed(Attempt attempt, Sight s, boolean harmless, List<Finding> found) {
        Approach a = attempt.approach();
        Check check = attempt.check();
        if (check.rejection() == Rejection.FACTOR_LOST
                || check.rejection() == Rejection.MAIL_BOUNCED) {
            // Nobody guessed.
            return;
        }
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
        if (s.isStranger() && !harmless) {
            strangerFailed(a, s, found);
        }
    }

    private void guessFailed(Approach a, Sight s, Check check, List<Finding> found) {
        double worth = check.near() != null ? 0.25 : a.commonSecret() ? 2 : 1;
        long key = s.isNovel() ? s.person() : s.within();
        double limit = s.isNovel() ? policy.guesses() : policy.guessesWithin();
        if (guesses.guessed(key, s.tag(), worth, s.now()) >= limit
                && campaigns.ofPerson(key, s.now()) == 0) {
            campaigns.open(
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
        if (policy.has(Part.CODES)
                && many >= limit - Watch.FADED
                && campaigns.ofPerson(s.person(), s.now()) == 0) {
            campaigns.open(
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
    void strangerFailed(Approach a, Sight s, List<Finding> found) {
        // Behind a proxy that nobody has declared are many, and all of them are one address.
        boolean counts =
                !s.shared()
                        && sources.tried(s.source(), s.identifier(), s.tenant(), s.now())
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
                && tags.tenants(s.tag()) >= Campaigns.TENANTS_OF_STRANGERS) {
            campaigns.open(
                    null, 0, since(s, 3 * DAY, e -> e.tag == s.tag()), a.at(), s.now(), found);
        }
        double strangers = sources.things(s.source());
        if (policy.has(Part.SOURCES)
                && !s.shared()
                && sources.campaign(s.source(), s.now()) == 0
                && strangers >= policy.strangers() - 0.5
                && campaigns.areOfMany(sources, s.source())
                && strangers * GOOD_FOR_A_STRANGER > sources.good(s.source())) {
            campaigns.open(
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
        campaigns.open(null, 0, evidence, a.at(), s.now(), found);
    }

    private List<Recent.Entry> since(Sight s, int seconds, Predicate<Recent.Entry> fits) {
        return recent.find(s.now() - seconds, fits);
    }

    void sessionUsed(Attempt attempt, Sight s, Verdict verdict, List<Finding> found) {
        Approach a = attempt.approach();
        long key = history.hash(a.session());
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
            campaigns.open(
                    FindingKind.SESSION_THEFT,
                    Hash.pair(3, key, 0),
                    since(s, DAY, e -> e.id.equals(a.id())),
                    a.at(),
                    s.now(),
                    found);
            places.mark(key, campaigns.last(), s.now());
        }
    }

    void takenOver(Takeovers.Suspect suspect, int now, List<Finding> found) {
        if (campaigns.ofPerson(suspect.person(), now) != 0) {
            return;
        }
        campaigns.open(
                FindingKind.ACCOUNT_TAKEOVER,
                suspect.person(),
                recent.find(
                        now - DAY,
                        e -> e.person == suspect.person() && e.source == suspect.source()),
                History.instant(suspect.due()),
                now,
                found);
    }
}
