package dev.monban.server.login;

import dev.monban.server.login.store.SharedLimitStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Tokens;
import dev.monban.server.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How often whoever has a session, and perhaps stole it, may be wrong about its password: a few
 * times in all, on whichever page, at whichever node, and over a restart. A leaky bucket in the
 * form of the generic cell rate algorithm, in one row of the database for each session.
 */
public final class WrongPasswords {

    /** So many at once; one more is the end of the session. */
    public static final int MAX_AT_ONCE = 5;

    /** After so long one is forgotten. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofSeconds(1_000);

    private final Database database;
    private final InstantSource clock;

    public WrongPasswords(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Counts one more; whether that is too many. */
    public boolean areTooMany(Session session) {
        Instant now = clock.instant();
        return !database.query(c ->
                SharedLimitStore.count(
                        c,
                        Tokens.hash("wrong password " + session.id()),
                        now,
                        (double) FORGOTTEN_AFTER.toSeconds(),
                        now.plus(FORGOTTEN_AFTER.multipliedBy(MAX_AT_ONCE))));
    }

    /** What holds nobody up any more is deleted. */
    public void sweep() {
        int swept = database.upkeep(c -> SharedLimitStore.sweep(c, clock.instant()));
        assert swept >= 0;
    }
}
