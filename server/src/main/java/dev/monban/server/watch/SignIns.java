package dev.monban.server.watch;

import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.AttemptStore;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The last attempts at an account, for its owner. */
public final class SignIns {

    private static final int MOST = 10;

    private final Database database;

    public SignIns(Database database) {
        this.database = database;
    }

    /**
     * An attempt, as its owner may see it.
     *
     * @param good whether it signed in
     */
    public record Line(
            Instant at,
            boolean good,
            String step,
            String address,
            long network,
            @Nullable String country,
            @Nullable String userAgent) {}

    /** The last ones. */
    public List<Line> of(UUID account) {
        return database.query(c -> AttemptStore.ofAccount(c, account, MOST));
    }
}
