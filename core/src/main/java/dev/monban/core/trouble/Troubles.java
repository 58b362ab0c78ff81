package dev.monban.core.trouble;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.SourceNetwork;
import dev.monban.core.watch.Step;
import dev.monban.core.watch.StepUp;
import dev.monban.core.watch.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Finds people who do not get in. A deterministic fold over the log of attempts, like the watch:
 * time comes with the attempts, and with {@link #due}. Its memory does not grow. It is not safe for
 * use by several threads at once.
 */
public final class Troubles {

    /** Who has failed twice and says nothing more for so long has given up, or is calling. */
    static final Duration SILENCE = Duration.ofSeconds(90);

    /** A mail takes its time, and so does a new password. */
    static final Duration SILENCE_AFTER_RESET = Duration.ofMinutes(8);

    /** Programs try again at this pace, or slower. */
    static final Duration LEISURE = Duration.ofMinutes(2);

    /** What has gone on like that so often is no person. */
    private static final int SURELY_AUTOMATIC = 3;

    /** Two tries at such a pace may be anybody's; if no third comes, it was a person. */
    static final Duration SILENCE_OF_PROGRAMS = Duration.ofMinutes(40);

    /** After so long the next attempt is another story. */
    static final Duration GAP = Duration.ofHours(1);

    /** One case a person within this time: whoever comes in meanwhile may be stuck again. */
    static final Duration AGAIN_AFTER = Duration.ofHours(2);

    /** A program is told of once within this time. */
    static final Duration PROGRAM_AGAIN_AFTER = Duration.ofDays(1);

    private static final int LEAST_FAILURES = 2;

    private final int most;
    private final boolean eachPerson;
    private final Map<String, Episode> open;
    private final Map<String, Instant> told;
    private final Map<String, Instant> programs;
    private final PriorityQueue<Due> silences = new PriorityQueue<>();
    private final Outages outages;

    /** When a silence has lasted long enough. */
    private record Due(Instant at, String key, Instant last) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : key.compareTo(other.key);
        }
    }

    /**
     * @param most how many people's troubles are followed at the same time
     */
    public Troubles(int most) {
        this(most, false);
    }

    /**
     * @param eachPerson whether people whose organisation's identity provider fails are told of one
     *     by one too
     */
    public Troubles(int most, boolean eachPerson) {
        this.most = most;
        this.eachPerson = eachPerson;
        this.open = bounded(most);
        this.told = bounded(most);
        this.programs = bounded(most);
        this.outages = new Outages(most);
    }

    static <V> Map<String, V> bounded(int most) {
        return new LinkedHashMap<>(64, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
                return size() > most;
            }
        };
    }

    /**
     * Learns from an attempt.
     *
     * @param familiar whether the account, or its house, knows the device or the place
     * @return what was found by then, in the order of time
     */
    public List<Trouble> learn(Attempt attempt, Verdict verdict, boolean familiar) {
        Approach a = attempt.approach();
        List<Trouble> found = due(a.at());
        if (a.step() == Step.SESSION || verdict.stops()) {
            return found;
        }
        if (attempt.check().outcome() == Outcome.ACCEPTED) {
            outages.gotIn(a);
            accepted(attempt, verdict, familiar, found);
        } else if (familiar && isOrganisations(attempt)) {
            outages.learn(attempt).ifPresent(found::add);
            if (eachPerson && attempt.check().rejection() == Rejection.IDP_ERROR) {
                failed(attempt, found);
            }
        } else if (familiar) {
            failed(attempt, found);
        }
        return found;
    }

    /** What a silence until now shows, in the order of time. */
    public List<Trouble> due(Instant now) {
        List<Trouble> found = new ArrayList<>(0);
        for (Due next = silences.peek();
                next != null && !next.at().isAfter(now);
                next = silences.peek()) {
            silences.remove();
            Episode episode = open.get(next.key());
            if (episode != null && episode.last().equals(next.last())) {
                tell(next.key(), episode, next.at(), found);
            }
        }
        return found;
    }

    private void accepted(Attempt attempt, Verdict verdict, boolean familiar, List<Trouble> found) {
        Approach a = attempt.approach();
        if (a.step() == Step.RESET_REQUEST) {
            if (familiar) {
                Episode episode = episode(attempt);
                episode.reset(attempt);
                wait(key(a), episode, found);
            }
            return;
        }
        if (verdict.action() == Action.STEP_UP && attempt.check().stepUp() == StepUp.FAILED) {
            return;
        }
        if (a.account() != null) {
            Episode episode = open.get(ofAccount(a));
            boolean more =
                    a.step() == Step.PASSWORD && episode != null && episode.isAtTheSecondStep();
            if (!more) {
                open.remove(ofAccount(a));
            }
        }
        if (a.device() != null) {
            open.remove(ofDevice(a));
        }
        open.remove(ofPlace(a));
    }

    private void failed(Attempt attempt, List<Trouble> found) {
        Episode episode = episode(attempt);
        episode.failed(attempt);
        String key = key(attempt.approach());
        if (episode.isCertain()) {
            tell(key, episode, attempt.approach().at(), found);
        } else {
            wait(key, episode, found);
        }
    }

    /**
     * What became known of an attempt after it was written.
     *
     * @param account whose it was
     * @param attempt its id; where it lies too far back, nothing comes of it
     */
    public void remark(String account, String attempt, NearMiss miss) {
        Episode episode = open.get("account " + account);
        if (episode != null) {
            episode.remark(attempt, miss);
        }
    }

    private void wait(String key, Episode episode, List<Trouble> found) {
        if (episode.told() || episode.failures() < LEAST_FAILURES) {
            return;
        }
        boolean automatic = episode.looksAutomatic(LEISURE);
        if (automatic && episode.failures() >= SURELY_AUTOMATIC) {
            if (episode.isOnePassword()) {
                tellOf(key, episode, found);
            }
            return;
        }
        Duration silence =
                automatic
                        ? SILENCE_OF_PROGRAMS
                        : episode.resets() > 0 ? SILENCE_AFTER_RESET : SILENCE;
        if (silences.size() >= 4 * most) {
            silences.remove();
        }
        silences.add(new Due(episode.last().plus(silence), key, episode.last()));
    }

    /** Once a day: it goes on until somebody mends it. */
    private void tellOf(String key, Episode program, List<Trouble> found) {
        Instant before = programs.get(key);
        if (before == null || before.plus(PROGRAM_AGAIN_AFTER).isBefore(program.last())) {
            programs.put(key, program.last());
            found.add(program.automatic(program.last()));
        }
    }

    private void tell(String key, Episode episode, Instant at, List<Trouble> found) {
        Instant before = told.get(key);
        if (episode.told() || (before != null && before.plus(AGAIN_AFTER).isAfter(at))) {
            return;
        }
        episode.tell();
        told.put(key, at);
        found.add(episode.found(at));
    }

    /** The one that goes on with this attempt, or a new one. */
    private Episode episode(Attempt attempt) {
        Approach a = attempt.approach();
        Episode episode = open.get(key(a));
        if (episode == null || episode.last().plus(GAP).isBefore(a.at())) {
            episode = new Episode(a);
            open.put(key(a), episode);
        }
        return episode;
    }

    /** Who it is: the account, or where there is none, the browser. */
    private static String key(Approach a) {
        return a.account() != null ? ofAccount(a) : a.device() != null ? ofDevice(a) : ofPlace(a);
    }

    private static String ofAccount(Approach a) {
        return "account " + a.account();
    }

    private static String ofDevice(Approach a) {
        return "device " + a.device();
    }

    private static String ofPlace(Approach a) {
        return "place " + SourceNetwork.of(a.address()) + " " + a.userAgent();
    }

    /** Whether an attempt was turned away for a reason that is its organisation's. */
    static boolean isOrganisations(Attempt attempt) {
        Rejection why = attempt.check().rejection();
        return why == Rejection.IDP_ERROR || why == Rejection.ADDRESS_NOT_ALLOWED;
    }
}
