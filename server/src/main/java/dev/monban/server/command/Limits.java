package dev.monban.server.command;

import dev.monban.server.platform.RateLimit;
import java.time.InstantSource;

/** How often a source may do what costs and needs no proof. */
record Limits(InstantSource clock, GateSettings.Rates rates) {

    /**
     * All that a source sends to any route that is limited, in one count: with the defaults 200
     * requests a second, and 6,000 at once. A sign-in takes some five; 2,000 people behind one
     * address need 10,000 of them, which they may send within 30 seconds.
     */
    RateLimit all() {
        return limit(2 * rates.pagesPerSecond());
    }

    RateLimit signIns() {
        return limit(rates.signInsPerSecond());
    }

    RateLimit pages() {
        return limit(rates.pagesPerSecond());
    }

    RateLimit requests() {
        return limit(rates.requestsPerSecond());
    }

    RateLimit failures() {
        return limit(rates.failuresPerSecond());
    }

    /** A person mistypes a password a few times; a program that guesses does so for hours. */
    RateLimit passwords() {
        double factor =
                (double) rates.signInsPerSecond() / GateSettings.Rates.DEFAULT.signInsPerSecond();
        return new RateLimit(clock, 0.2 * factor, (int) (20 * factor));
    }

    /** A person types a device's code a few times at most. */
    RateLimit guesses() {
        return new RateLimit(clock, 0.2, 10);
    }

    /** Somebody types, and thinks; each time costs some tens of milliseconds at most. */
    RateLimit strengths() {
        return new RateLimit(clock, 2, 40);
    }

    /** An office joins in an afternoon; a mailbox is not filled. */
    RateLimit invitations() {
        return new RateLimit(clock, 0.05, 100);
    }

    /** Each is told by mail to the person, and some to all administrators. */
    RateLimit decisions() {
        return new RateLimit(clock, 0.005, 12);
    }

    /** Whoever has mistyped five times within an hour has been looked at enough. */
    RateLimit nearMisses() {
        return new RateLimit(clock, 5.0 / 3600, 5);
    }

    /** Who opens one case after the other; each costs a dozen queries. */
    RateLimit looking() {
        return new RateLimit(clock, 1, 60);
    }

    /** A busy morning at the desk; a list of login names is not to be tried there. */
    RateLimit helping() {
        return new RateLimit(clock, 0.2, 30);
    }

    private RateLimit limit(int perSecond) {
        return new RateLimit(clock, perSecond, perSecond * rates.burstSeconds());
    }
}
