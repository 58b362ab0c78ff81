package dev.monban.server.watch;

import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.AttemptStore;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
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
     * @param result what came of it
     */
    public record Line(
            Instant at,
            Result result,
            String step,
            String address,
            long network,
            @Nullable String country,
            @Nullable String userAgent) {}

    /** What came of an attempt. */
    public enum Result {
        SIGNED_IN,
        /** The password was right, and more was asked for. */
        ASKED,
        TURNED_AWAY;

        /** The name in texts. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The last ones. */
    public List<Line> of(UUID account) {
        return database.query(c -> AttemptStore.ofAccount(c, account, MOST));
    }
}
