package dev.monban.server.audit;

import dev.monban.server.audit.store.PastStore;
import dev.monban.server.platform.Database;
import java.time.Duration;
import java.time.Instant;

/** Deletes what has ended and is of no use any more: that it was stays in the logs. */
public final class PastRows {

    /** Long enough that a question about last week's sign-in still finds its session. */
    static final Duration SESSIONS_KEPT = Duration.ofDays(7);

    /** As long as the desk looks back for causes. */
    static final Duration ENDED_KEPT = Duration.ofDays(60);

    private final Database database;

    public PastRows(Database database) {
        this.database = database;
    }

    /** Deletes everything that is past. Asked every few hours. */
    public void delete(Retention retention, Instant now) {
        for (PastStore.Kind kind : PastStore.Kind.values()) {
            delete(kind, now.minus(kept(kind, retention)));
        }
    }

    private static Duration kept(PastStore.Kind kind, Retention retention) {
        return switch (kind) {
            case SESSIONS -> SESSIONS_KEPT;
            case CAMPAIGNS, ACTS, BOUNCES, THREADS -> retention.attempts();
            case SNAPSHOTS, INVITATIONS, RECOVERIES, TRUSTED_DEVICES, SIGNING_KEYS -> ENDED_KEPT;
        };
    }

    private void delete(PastStore.Kind kind, Instant before) {
        int deleted;
        do {
            Database.Work<Integer> some = c -> PastStore.delete(c, kind, before);
            deleted = kind.isOwners() ? database.ownerTransaction(some) : database.upkeep(some);
        } while (deleted == PastStore.MAX_AT_ONCE);
    }
}
