package dev.monban.server.oidc;

import dev.monban.server.oidc.store.UsedAssertionStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Tokens;
import java.time.Instant;

/** Remembers what is good once only, on all nodes alike. */
public final class UsedAssertions {

    private final Database database;

    public UsedAssertions(Database database) {
        this.database = database;
    }

    /**
     * Uses it; false where it was used before. Of two that try at once, one gets true.
     *
     * @param expiresAt after this it would be refused for its age
     */
    public boolean use(String name, Instant expiresAt) {
        return database.query(
                connection -> UsedAssertionStore.use(connection, Tokens.hash(name), expiresAt));
    }
}
