package dev.monban.core.trouble;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.SourceNetwork;
import dev.monban.core.watch.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Says why somebody does not get in: walks everything that could stand in the way. */
public final class Why {

    /** After so long the attempts before are another story. */
    private static final Duration GAP = Duration.ofHours(1);

    /** No throttle lasts longer after the last attempt. */
    private static final Duration FADED = Duration.ofDays(1);

    /** People who have forgotten their password try so often. */
    private static final int FORGOTTEN_FROM = 3;

    private static final int STEP_SECONDS = 30;

    private static final Set<Reason> OWN_PLACE =
            Set.of(Reason.KNOWN_DEVICE, Reason.KNOWN_ADDRESS, Reason.EXPECTED_DEVICE);

    /** Sessions end like this because their owner wants it. */
    private static final Set<String> OWN_WISH = Set.of("signed_out", "replaced", "ended_by_owner");

    private final Facts facts;

    /** Attempts since they were in last, from places that are theirs, the latest first. */
    private final List<Facts.Try> episode;

    private final @Nullable Instant lastIn;

    /** Whether none of them comes from a place where the owner has been in. */
    private final boolean strangers;

    private final List<Link> found = new ArrayList<>();

    private Why(Facts facts) {
        this.facts = facts;
        this.lastIn = lastIn(facts.entries());
        Told told = own(facts.tries(), facts.entries());
        this.strangers = told.strangers();
        this.episode = told.tries();
    }

    /**
     * A link of the chain.
     *
     * @param values its evidence, as the text of the fault has it: times, names, numbers
     */
    public record Link(Fault fault, List<Object> values) {
        public Link {
            values = List.copyOf(values);
        }
    }

    /** What differs between the last time they were in and the last time they were not. */
    public enum Difference {
        ADDRESS,
        DEVICE,
        BROWSER,
        CLIENT
    }

    /**
     * The answer.
     *
     * @param first the cause, and what stands in the way besides
     * @param ruledOut what was looked at and is well
     * @param differences against the last time they were in; {@code lastIn} is empty where they
     *     never were
     * @param changes what was done since then, the latest first
     * @param tries how many attempts it was made of
     * @param wouldGetIn whether the right password from the usual place would let them in now
     */
    public record Answer(
            List<Link> first,
            List<Fault.Topic> ruledOut,
            Optional<Instant> lastIn,
            List<Difference> differences,
            List<Facts.Change> changes,
            int tries,
            List<String> others,
            boolean wouldGetIn) {

        public Answer {
            first = List.copyOf(first);
            ruledOut = List.copyOf(ruledOut);
            differences = List.copyOf(differences);
            changes = List.copyOf(changes);
            others = List.copyOf(others);
        }

        /** What keeps them out. */
        public Link cause() {
            return first.getFirst();
        }
    }

    /** Says why. */
    public static Answer explain(Facts facts) {
        return new Why(facts).answer();
    }

    private Answer answer() {
        if (facts.owner().isEmpty()) {
            nobody();
        } else {
            account(facts.owner().get());
            if (strangers) {
                // What stands in the way besides tells more than what they do.
                standing(facts.owner().get());
            }
            attempts(facts.owner().get());
            standing(facts.owner().get());
            mail(facts.owner().get());
        }
        if (found.isEmpty()) {
            add(Fault.NOTHING);
        }
        Set<Fault.Topic> touched = new HashSet<>();
        found.forEach(link -> touched.add(link.fault().topic()));
        if (ended().isPresent()) {
            touched.add(Fault.Topic.SESSION);
        }
        List<Fault.Topic> well = new ArrayList<>();
        for (Fault.Topic topic : Fault.Topic.values()) {
            if (!touched.contains(topic) && facts.owner().isPresent()) {
                well.add(topic);
            }
        }
        return new Answer(
                found,
                well,
                Optional.ofNullable(lastIn),
                differences(),
                facts.changes().stream().filter(c -> isSince(c.at())).toList(),
                episode.size(),
                facts.others(),
                found.stream().map(Link::fault).allMatch(this::letsIn));
    }

    /** Whether it is nothing to the owner, at their usual place, now. */
    private boolean letsIn(Fault fault) {
        boolean ofPlace =
                fault.topic() == Fault.Topic.ADDRESS || fault.topic() == Fault.Topic.THROTTLE;
        boolean faded =
                fault.fades()
                        && !episode.isEmpty()
                        && episode.getFirst().at().plus(FADED).isBefore(facts.now());
        return fault.yields() || faded || (ofPlace && strangers);
    }

    private void add(Fault fault, Object... values) {
        if (found.stream().noneMatch(link -> link.fault() == fault)) {
            found.add(new Link(fault, List.of(values)));
        }
    }

    private boolean isSince(@Nullable Instant at) {
        return at != null && (lastIn == null || at.isAfter(lastIn));
    }

    private static @Nullable Instant lastIn(List<Facts.Try> entries) {
        return entries.isEmpty() ? null : entries.getFirst().at();
    }

    /**
     * The latest attempt that tells something: the owner's own, where they have tried since they
     * were in last.
     *
     * @param tries the latest first
     * @param entries those that let them in, the latest first
     */
    public static Optional<Facts.Try> latest(List<Facts.Try> tries, List<Facts.Try> entries) {
        return own(tries, entries).tries().stream().findFirst();
    }

    /**
     * Attempts that tell something.
     *
     * @param strangers whether they are none of the owner's
     */
    private record Told(List<Facts.Try> tries, boolean strangers) {}

    private static Told own(List<Facts.Try> tries, List<Facts.Try> entries) {
        Instant lastIn = lastIn(entries);
        List<Facts.Try> since =
                tries.stream().filter(t -> lastIn == null || t.at().isAfter(lastIn)).toList();
        Set<String> devices = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (Facts.Try entry : entries) {
            if (entry.device() != null) {
                devices.add(entry.device());
            }
            addresses.add(SourceNetwork.of(entry.address()));
        }
        Predicate<Facts.Try> own =
                t ->
                        (t.device() != null && devices.contains(t.device()))
                                || addresses.contains(SourceNetwork.of(t.address()))
                                || t.reasons().stream().anyMatch(OWN_PLACE::contains);
        // What strangers try says nothing about the owner, as long as the owner tries too.
        List<Facts.Try> theirs = since.stream().filter(own).toList();
        List<Facts.Try> last = new ArrayList<>();
        for (Facts.Try t : theirs.isEmpty() ? since : theirs) {
            if (!last.isEmpty() && t.at().plus(GAP).isBefore(last.getLast().at())) {
                break;
            }
            last.add(t);
        }
        return new Told(last, theirs.isEmpty() && !entries.isEmpty());
    }

    private void nobody() {
        String usual = facts.usual().orElse("");
        String nearest = facts.nearest().orElse("");
        if (!usual.isEmpty() && !usual.equals(nearest)) {
            add(Fault.ANOTHER_NAME, usual);
        }
        if (!nearest.isEmpty()) {
            add(Fault.NEARLY_A_NAME, nearest);
        }
        if (found.isEmpty()) {
            add(Fault.NO_ACCOUNT);
        }
    }

    /** What stands in the way whatever they do. */
    private void account(Facts.Owner owner) {
        if (owner.disabledAt() != null) {
            add(Fault.DISABLED, owner.disabledAt());
        }
        if (!owner.hasPassword() && owner.factors() == 0) {
            Instant until = owner.invitedUntil();
            if (until == null) {
                add(Fault.NOT_ACTIVATED);
            } else {
                add(
                        until.isAfter(facts.now()) ? Fault.INVITATION_OPEN : Fault.INVITATION_OVER,
                        until);
            }
        }
    }

    /** What their last attempts met. */
    private void attempts(Facts.Owner owner) {
        if (episode.isEmpty()) {
            return;
        }
        Facts.Try last = episode.getFirst();
        if (last.verdict() == Action.DENY || last.verdict() == Action.THROTTLE) {
            stopped(last.reasons());
        }
        if (bounced(owner)) {
            add(Fault.MAIL_BOUNCED, orNow(owner.bouncedAt()));
        }
        Rejection why = last.rejection();
        if (why == null) {
            asked(owner, last);
            return;
        }
        switch (why) {
            case IDP_ERROR -> add(Fault.IDP_FAILED);
            case ADDRESS_NOT_ALLOWED -> add(Fault.ADDRESS_NOT_ALLOWED, last.address());
            case PASSKEY_CANCELLED -> passkey();
            case PASSWORD_EXPIRED -> add(Fault.PASSWORD_KNOWN, orNow(owner.passwordKnownAt()));
            case WRONG_CODE, NO_ANSWER, FACTOR_LOST -> code(owner, why);
            case WRONG_PASSWORD -> password(owner);
            case UNKNOWN_ACCOUNT -> {
                if (last.step() == Step.FEDERATED) {
                    add(Fault.OTHER_IDENTITY);
                }
            }
            case ACCOUNT_DISABLED, MAIL_BOUNCED -> {
                // Said already: by the account, or by the mail.
            }
        }
    }

    private Instant orNow(@Nullable Instant at) {
        return at == null ? facts.now() : at;
    }

    /** Mail matters where a code was to come by it. */
    private boolean bounced(Facts.Owner owner) {
        boolean seen = episode.stream().anyMatch(t -> t.rejection() == Rejection.MAIL_BOUNCED);
        boolean wanted =
                episode.stream().anyMatch(t -> t.step() == Step.RESET_REQUEST || isAsked(t));
        return seen || (owner.bouncedAt() != null && wanted && owner.factors() == 0);
    }

    private static boolean isAsked(Facts.Try t) {
        return t.outcome() == Outcome.ACCEPTED && t.verdict() == Action.STEP_UP && !t.entered();
    }

    private void stopped(Set<Reason> reasons) {
        if (reasons.contains(Reason.SOURCE_BLOCKED)) {
            add(Fault.SOURCE_BLOCKED, facts.blockedUntil().orElse(facts.now()));
        } else if (reasons.contains(Reason.GUESSED_FROM_WITHIN)) {
            add(Fault.GUESSED_HERE, wrongPasswords());
        } else if (reasons.contains(Reason.ACCOUNT_GUESSED)) {
            add(Fault.GUESSED_BY_OTHERS);
        } else if (reasons.contains(Reason.CODES_GUESSED)) {
            add(Fault.CODES_SLOWED, facts.now());
        } else if (reasons.contains(Reason.PASSWORD_SPRAYED)) {
            add(Fault.PASSWORD_SPRAYED);
        } else {
            add(Fault.UNDER_SUSPICION);
        }
    }

    private int wrongPasswords() {
        return count(Rejection.WRONG_PASSWORD);
    }

    private int count(Rejection rejection) {
        return (int) episode.stream().filter(t -> t.rejection() == rejection).count();
    }

    /** The password was right, or nothing is known of it, and they went no further. */
    private void asked(Facts.Owner owner, Facts.Try last) {
        if (last.step() == Step.RESET_REQUEST && found.isEmpty()) {
            add(Fault.FORGOTTEN, wrongPasswords());
            return;
        }
        if (!isAsked(last)) {
            return;
        }
        if (owner.levelWantedFrom() != null) {
            add(Fault.LEVEL_WANTED, owner.levelWantedFrom());
        } else if (owner.factors() == 0 && !owner.hasMail()) {
            add(Fault.NO_MAIL_ADDRESS);
        } else if (owner.factors() > 0) {
            code(owner, Rejection.NO_ANSWER);
        } else {
            add(Fault.CODE_NOT_TYPED);
        }
    }

    private void passkey() {
        Optional<Facts.Change> cloned = change("passkey_cloned");
        if (cloned.isPresent()) {
            add(Fault.PASSKEY_CLONED, cloned.get().at());
        } else {
            add(Fault.PASSKEY_BROKEN_OFF);
        }
    }

    private Optional<Facts.Change> change(String... kinds) {
        Set<String> wanted = Set.of(kinds);
        return facts.changes().stream()
                .filter(c -> isSince(c.at()) && wanted.contains(c.kind()))
                .findFirst();
    }

    private void code(Facts.Owner owner, Rejection why) {
        if (owner.recoveryFrom() != null && owner.recoveryFrom().isAfter(facts.now())) {
            add(Fault.RECOVERY_WAITS, owner.recoveryFrom());
        }
        Optional<Integer> drift =
                episode.stream()
                        .map(Facts.Try::drift)
                        .filter(d -> d != null)
                        .map(Integer.class::cast)
                        .findFirst();
        if (drift.isPresent() && why == Rejection.WRONG_CODE) {
            add(Fault.CLOCK_OFF, Math.ceilDiv(Math.abs(drift.get()) * STEP_SECONDS, 60));
        }
        Optional<Facts.Change> replaced = change("factor_removed", "factor_added");
        if (replaced.isPresent() && drift.isEmpty()) {
            add(Fault.FACTOR_REPLACED, replaced.get().at());
        }
        if (owner.codesFreeAt() != null && owner.codesFreeAt().isAfter(facts.now())) {
            add(Fault.CODES_SLOWED, owner.codesFreeAt());
        }
        boolean lost = count(Rejection.FACTOR_LOST) > 0;
        if (lost) {
            add(Fault.FACTOR_LOST);
        }
        if (isSince(owner.trustEndedAt()) && owner.factors() > 0 && drift.isEmpty()) {
            add(Fault.TRUST_ENDED, orNow(owner.trustEndedAt()));
        }
        if (found.isEmpty()) {
            add(
                    why == Rejection.WRONG_CODE
                            ? Fault.WRONG_CODES
                            : owner.factors() > 0 ? Fault.FACTOR_LOST : Fault.CODE_NOT_TYPED);
        }
    }

    private void password(Facts.Owner owner) {
        Map<NearMiss, Integer> near = new EnumMap<>(NearMiss.class);
        for (Facts.Try t : episode) {
            if (t.near() != null) {
                near.merge(t.near(), 1, Integer::sum);
            }
        }
        NearMiss nearest =
                near.entrySet().stream()
                        .max(Map.Entry.comparingByValue())
                        .map(Map.Entry::getKey)
                        .orElse(null);
        Instant changed = owner.passwordChangedAt();
        if (nearest != null && nearest != NearMiss.OLD_PASSWORD) {
            add(
                    switch (nearest) {
                        case CAPS_LOCK -> Fault.CAPS_LOCK;
                        case FULL_WIDTH -> Fault.FULL_WIDTH;
                        case STRAY_SPACE -> Fault.STRAY_SPACE;
                        case LAYOUT -> Fault.KEYBOARD_LAYOUT;
                        case OTHER_ACCOUNT -> Fault.PASSWORD_OF_ANOTHER;
                        case SWAPPED -> Fault.SWAPPED;
                        case TYPO, OLD_PASSWORD -> Fault.NEARLY_RIGHT;
                    });
        } else if (changed != null
                && (nearest == NearMiss.OLD_PASSWORD || (lastIn != null && isSince(changed)))) {
            add(Fault.PASSWORD_CHANGED, changed);
        } else if (wrongPasswords() >= FORGOTTEN_FROM
                || episode.stream().anyMatch(t -> t.step() == Step.RESET_REQUEST)) {
            add(Fault.FORGOTTEN, wrongPasswords());
        } else {
            add(Fault.WRONG_PASSWORD, wrongPasswords());
        }
    }

    /** What the attempts do not show: it comes after the door, or before the next try. */
    private void standing(Facts.Owner owner) {
        if (owner.passwordKnownAt() != null) {
            add(Fault.PASSWORD_KNOWN, owner.passwordKnownAt());
        }
        if (facts.blockedUntil().isPresent() && !strangers) {
            add(Fault.SOURCE_BLOCKED, facts.blockedUntil().get());
        }
        change("client_removed").ifPresent(c -> add(Fault.CLIENT_REMOVED, name(c), c.at()));
        change("client_refused").ifPresent(c -> add(Fault.CLIENT_REFUSED, name(c), c.at()));
        if (found.isEmpty()) {
            change("consent_denied").ifPresent(c -> add(Fault.CONSENT_DENIED, name(c), c.at()));
        }
        if (owner.levelWantedFrom() != null && !owner.levelWantedFrom().isAfter(facts.now())) {
            add(Fault.LEVEL_WANTED, owner.levelWantedFrom());
        }
        if (found.isEmpty()) {
            ended().ifPresent(c -> add(Fault.SESSION_ENDED, c.detail(), c.at()));
        }
    }

    private void mail(Facts.Owner owner) {
        boolean said = found.stream().anyMatch(l -> l.fault() == Fault.MAIL_BOUNCED);
        if (owner.bouncedAt() != null && !said) {
            add(Fault.MAIL_COMES_BACK, owner.bouncedAt());
        }
    }

    private Optional<Facts.Change> ended() {
        return change("session_ended").filter(c -> !OWN_WISH.contains(c.detail()));
    }

    private static String name(Facts.Change change) {
        return change.client() == null ? "" : change.client();
    }

    private List<Difference> differences() {
        if (facts.entries().isEmpty() || episode.isEmpty()) {
            return List.of();
        }
        Facts.Try then = facts.entries().getFirst();
        Facts.Try now = episode.getFirst();
        List<Difference> differences = new ArrayList<>();
        if (!SourceNetwork.of(then.address()).equals(SourceNetwork.of(now.address()))) {
            differences.add(Difference.ADDRESS);
        }
        if (now.device() == null || !now.device().equals(then.device())) {
            differences.add(Difference.DEVICE);
        }
        if (now.userAgent() != null && !now.userAgent().equals(then.userAgent())) {
            differences.add(Difference.BROWSER);
        }
        if (now.client() != null && !now.client().equals(then.client())) {
            differences.add(Difference.CLIENT);
        }
        return differences;
    }
}
