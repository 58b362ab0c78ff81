package dev.monban.core.trouble;

import dev.monban.core.watch.Action;
import dev.monban.core.watch.NearMiss;
import dev.monban.core.watch.Outcome;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of somebody who does not get in, when it is asked why.
 *
 * @param now when it is asked
 * @param owner empty where the login name leads to no account
 * @param nearest a login name that there is and that differs from what was typed by a slip
 * @param usual the login name with which this browser usually signs in
 * @param tries the latest first
 * @param entries those that let them in, the latest first
 * @param changes what was done about the account, its organisation and its clients, the latest
 *     first
 * @param blockedUntil an administrator has blocked the place of the latest attempt that tells
 *     something
 * @param others colleagues who were turned away at that time for the same reason, which is not
 *     their own, and have not been in since; by name
 */
public record Facts(
        Instant now,
        String identifier,
        Optional<Owner> owner,
        Optional<String> nearest,
        Optional<String> usual,
        List<Try> tries,
        List<Try> entries,
        List<Change> changes,
        Optional<Instant> blockedUntil,
        List<String> others) {

    public Facts {
        tries = List.copyOf(tries);
        entries = List.copyOf(entries);
        changes = List.copyOf(changes);
        others = List.copyOf(others);
    }

    /**
     * The same without what is known only because a password was nearly right: whoever has not
     * shown that they are the owner could guess by it.
     *
     * @param unsaid the ways to miss that are left out
     */
    public Facts without(Set<NearMiss> unsaid) {
        return new Facts(
                now,
                identifier,
                owner,
                nearest,
                usual,
                tries.stream().map(t -> t.without(unsaid)).toList(),
                entries,
                changes,
                blockedUntil,
                others);
    }

    /**
     * An attempt.
     *
     * @param drift a wrong code would have been right so many steps of 30 s away
     * @param entered whether it let them in
     */
    public record Try(
            Instant at,
            Step step,
            Outcome outcome,
            @Nullable Rejection rejection,
            @Nullable NearMiss near,
            @Nullable Integer drift,
            Action verdict,
            Set<Reason> reasons,
            boolean entered,
            String address,
            @Nullable String device,
            @Nullable String userAgent,
            @Nullable String client) {

        public Try {
            reasons = Set.copyOf(reasons);
        }

        private Try without(Set<NearMiss> unsaid) {
            return new Try(
                    at,
                    step,
                    outcome,
                    rejection,
                    near == null || unsaid.contains(near) ? null : near,
                    drift,
                    verdict,
                    reasons,
                    entered,
                    address,
                    device,
                    userAgent,
                    client);
        }
    }

    /**
     * The account.
     *
     * @param passwordKnownAt since when another password must be chosen
     * @param invitedUntil until when an invitation is open, or was
     * @param codesFreeAt until when codes must wait
     * @param bouncedAt when mail to them came back, until some arrived
     * @param levelWantedFrom since when the organisation wants a level that their factors do not
     *     reach
     * @param trustEndedAt when the trust in one of their devices ran out
     * @param recoveryFrom from when on a way back lets them in
     */
    public record Owner(
            @Nullable Instant disabledAt,
            boolean hasPassword,
            @Nullable Instant passwordChangedAt,
            @Nullable Instant passwordKnownAt,
            @Nullable Instant invitedUntil,
            int factors,
            boolean hasMail,
            @Nullable Instant codesFreeAt,
            @Nullable Instant bouncedAt,
            @Nullable Instant levelWantedFrom,
            @Nullable Instant trustEndedAt,
            @Nullable Instant recoveryFrom) {}

    /**
     * Something that was done.
     *
     * @param kind as the event log names it
     * @param detail what the log says of it: why a session ended, the name of a factor
     * @param client which client it is about
     * @param by who did it, where it was somebody else
     */
    public record Change(
            Instant at, String kind, String detail, @Nullable String client, @Nullable String by) {}
}
