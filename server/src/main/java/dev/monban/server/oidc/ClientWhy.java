package dev.monban.server.oidc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Says what differs between the refusals of a client and its last good calls. Pure. */
public final class ClientWhy {

    /** Causes that are told, the latest first. */
    private static final int MAX_CAUSES = 5;

    /** In the order in which they are told: what is refused for itself comes first. */
    private static final List<String> FACTS =
            List.of(
                    CallFacts.METHOD,
                    CallFacts.KEY,
                    CallFacts.AUDIENCE,
                    CallFacts.REDIRECT_URI,
                    CallFacts.PKCE,
                    CallFacts.SCOPE,
                    CallFacts.DPOP,
                    CallFacts.USER_AGENT,
                    CallFacts.ADDRESS);

    /** What begins at one of these ends in a code that is redeemed. */
    private static final Set<String> BEFORE_A_CODE = Set.of("authorize", "par", "token");

    private ClientWhy() {}

    /** A good call. */
    public record Good(String kind, Instant at, Map<String, String> facts) {}

    /**
     * A refusal.
     *
     * @param cause a code of {@link RefusalCause}, or one of a later release
     * @param leftOut how many more this stands for; 0 for one that is told itself
     */
    public record Refused(
            Instant at, String cause, String kind, Map<String, String> facts, long leftOut) {}

    /** A fact that is another now; empty where the call does not have it. */
    public record Difference(String fact, Optional<String> before, Optional<String> now) {}

    /**
     * One cause, by its latest refusal.
     *
     * @param times how often it was seen, with those left out
     * @param good the last good call that it is compared with; empty where there was none
     * @param isOver whether a call of the same kind was good later
     */
    public record Cause(
            Refused latest,
            long times,
            Optional<Good> good,
            boolean isOver,
            List<Difference> differences) {}

    /**
     * The causes, the latest first.
     *
     * @param refusals the latest first
     */
    public static List<Cause> explain(List<Good> good, List<Refused> refusals) {
        Map<String, Refused> latest = new LinkedHashMap<>();
        Map<String, Long> times = new LinkedHashMap<>();
        for (Refused refusal : refusals) {
            times.merge(refusal.cause(), Math.max(1, refusal.leftOut()), Long::sum);
            if (refusal.leftOut() == 0) {
                latest.putIfAbsent(refusal.cause(), refusal);
            }
        }
        return latest.values().stream()
                .limit(MAX_CAUSES)
                .map(refusal -> cause(refusal, times.getOrDefault(refusal.cause(), 1L), good))
                .toList();
    }

    private static Cause cause(Refused refusal, long times, List<Good> good) {
        Optional<Good> last = comparable(refusal, good);
        return new Cause(
                refusal,
                times,
                last,
                last.filter(g -> g.kind().equals(refusal.kind()) && g.at().isAfter(refusal.at()))
                        .isPresent(),
                last.map(g -> differences(g, refusal)).orElse(List.of()));
    }

    /** Of the same kind; else what the refused call would have led to; else the latest of all. */
    private static Optional<Good> comparable(Refused refusal, List<Good> good) {
        return good.stream()
                .filter(g -> g.kind().equals(refusal.kind()))
                .findFirst()
                .or(() ->
                        good.stream()
                                .filter(g ->
                                        BEFORE_A_CODE.contains(refusal.kind())
                                                && g.kind().equals(Client.AUTHORIZATION_CODE))
                                .findFirst())
                .or(() -> good.stream().max(Comparator.comparing(Good::at)));
    }

    static List<Difference> differences(Good good, Refused refusal) {
        boolean sameKind = good.kind().equals(refusal.kind());
        List<Difference> differences = new ArrayList<>();
        for (String fact : FACTS) {
            Optional<String> before = Optional.ofNullable(good.facts().get(fact));
            Optional<String> now = Optional.ofNullable(refusal.facts().get(fact));
            boolean compared =
                    sameKind
                            ? before.isPresent() || now.isPresent()
                            : before.isPresent() && now.isPresent();
            // A browser is not the program; where it comes from tells nothing of the client.
            boolean ofBrowser =
                    refusal.kind().startsWith("authorize")
                            && (fact.equals(CallFacts.ADDRESS)
                                    || fact.equals(CallFacts.USER_AGENT)
                                    || fact.equals(CallFacts.DPOP));
            if (!compared || ofBrowser || before.equals(now)) {
                continue;
            }
            if (fact.equals(CallFacts.SCOPE)) {
                Set<String> added = new TreeSet<>(words(now.orElse("")));
                added.removeAll(words(before.orElse("")));
                if (!added.isEmpty()) {
                    differences.add(
                            new Difference(fact, before, Optional.of(String.join(" ", added))));
                }
                continue;
            }
            differences.add(new Difference(fact, before, now));
        }
        return differences;
    }

    private static Set<String> words(String text) {
        Set<String> words = new TreeSet<>(Arrays.asList(text.split(" ")));
        words.remove("");
        return words;
    }
}
