package dev.monban.core.watch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One try at one step as it comes in: all that is known before the credential is checked. It holds
 * no secret, nor anything from which one could be guessed.
 *
 * @param id unique in its log, and in the order of time
 * @param at when it was made
 * @param tenant the organisation, where it is known
 * @param identifier what was typed as the login name, as it was normalised
 * @param account the account it resolved to; {@code null} where there is none
 * @param address source address, IPv4 or IPv6 in its text form
 * @param network the autonomous system number of the source; 0 where it is not known
 * @param country ISO 3166 code of the source; {@code null} where it is not known
 * @param userAgent as sent, cut to the length that is kept
 * @param device the long-lived device cookie's keyed hash; {@code null} where none was presented
 * @param client the relying party; {@code null} for Monban's own pages
 * @param secretTag keyed short tag of the submitted password, the same for equal passwords; lives
 *     in memory only
 * @param commonSecret whether the submitted password is on the list of common passwords
 * @param session the session started or used
 * @param shared whether the address is that of a proxy that nobody has declared, so that it says
 *     nothing about who sends; false in logs that do not tell
 */
public record Approach(
        String id,
        Instant at,
        @Nullable String tenant,
        String identifier,
        @Nullable String account,
        String address,
        long network,
        @Nullable String country,
        @Nullable String userAgent,
        @Nullable String device,
        @Nullable String client,
        Step step,
        @Nullable String secretTag,
        boolean commonSecret,
        @Nullable String session,
        boolean shared) {

    /** One whose address is the sender's own. */
    public Approach(
            String id,
            Instant at,
            @Nullable String tenant,
            String identifier,
            @Nullable String account,
            String address,
            long network,
            @Nullable String country,
            @Nullable String userAgent,
            @Nullable String device,
            @Nullable String client,
            Step step,
            @Nullable String secretTag,
            boolean commonSecret,
            @Nullable String session) {
        this(
                id,
                at,
                tenant,
                identifier,
                account,
                address,
                network,
                country,
                userAgent,
                device,
                client,
                step,
                secretTag,
                commonSecret,
                session,
                false);
    }

    /** The same from an address that many share. */
    public Approach fromShared() {
        return new Approach(
                id,
                at,
                tenant,
                identifier,
                account,
                address,
                network,
                country,
                userAgent,
                device,
                client,
                step,
                secretTag,
                commonSecret,
                session,
                true);
    }

    /** The same, with the submitted password's tag, which the log does not keep. */
    public Approach withSecret(@Nullable String tag, boolean common) {
        return new Approach(
                id,
                at,
                tenant,
                identifier,
                account,
                address,
                network,
                country,
                userAgent,
                device,
                client,
                step,
                tag,
                common,
                session,
                shared);
    }

    /** The same at another time. */
    public Approach madeAt(Instant other) {
        return new Approach(
                id,
                other,
                tenant,
                identifier,
                account,
                address,
                network,
                country,
                userAgent,
                device,
                client,
                step,
                secretTag,
                commonSecret,
                session,
                shared);
    }

    /** The same at another step. */
    public Approach atStep(Step other) {
        return new Approach(
                id,
                at,
                tenant,
                identifier,
                account,
                address,
                network,
                country,
                userAgent,
                device,
                client,
                other,
                secretTag,
                commonSecret,
                session,
                shared);
    }

    /** The same, with what it was given for a success. */
    public Approach given(@Nullable String deviceCookie, @Nullable String startedSession) {
        return new Approach(
                id,
                at,
                tenant,
                identifier,
                account,
                address,
                network,
                country,
                userAgent,
                deviceCookie,
                client,
                step,
                secretTag,
                commonSecret,
                startedSession,
                shared);
    }
}
