package dev.monban.server.oidc;

import dev.monban.server.oidc.store.DeviceAuthorizationStore;
import dev.monban.server.oidc.store.GrantStore;
import dev.monban.server.oidc.store.PushedRequestStore;
import dev.monban.server.oidc.store.RevocationStore;
import dev.monban.server.oidc.store.UsedAssertionStore;
import dev.monban.server.platform.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Deletes what is over: what happened stays in the event log. */
public final class Housekeeping {

    /** Long enough that a question about last week's sign-in still finds its grant. */
    private static final Duration GRANTS_KEPT = Duration.ofDays(30);

    /** As long as a person may be on the way through the pages. */
    private static final Duration REQUESTS_KEPT = Duration.ofHours(1);

    private final Database database;
    private final InstantSource clock;

    public Housekeeping(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Asked every few minutes. */
    public void turn() {
        Instant now = clock.instant();
        database.upkeep(c -> RevocationStore.sweep(c, now));
        database.upkeep(c -> UsedAssertionStore.sweep(c, now));
        database.upkeep(c -> DeviceAuthorizationStore.sweep(c, now.minus(REQUESTS_KEPT)));
        database.upkeep(c -> PushedRequestStore.sweep(c, now.minus(REQUESTS_KEPT)));
        database.upkeep(c -> GrantStore.sweep(c, now.minus(GRANTS_KEPT)));
    }
}
