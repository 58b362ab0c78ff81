package dev.monban.server.watch;

import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.TriedStore;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What somebody tried, as support may see it: categories, and nothing that was typed. */
public final class Tried {

    private static final int MOST = 50;

    private final Database database;

    public Tried(Database database) {
        this.database = database;
    }

    /**
     * An attempt.
     *
     * @param outcome what the check said
     * @param rejection why it was not accepted; {@code null} where it was, or nobody looked
     * @param near how the password missed the right one, where that is known
     * @param verdict what the watch decided
     * @param sessionStarted whether it let them in
     */
    public record Line(
            UUID id,
            Instant at,
            String step,
            String outcome,
            @Nullable String rejection,
            @Nullable String near,
            String verdict,
            boolean sessionStarted,
            long network,
            @Nullable String country,
            @Nullable String userAgent) {}

    /** At this account since then, the latest first. */
    public List<Line> of(UUID account, Instant since) {
        return database.query(c -> TriedStore.ofAccount(c, account, since, MOST));
    }

    /** These attempts, the latest first. */
    public List<Line> these(List<UUID> attempts) {
        return database.query(c -> TriedStore.these(c, attempts, MOST));
    }
}
