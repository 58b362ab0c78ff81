package dev.monban.server.watch;

import dev.monban.core.watch.Attempt;
import dev.monban.server.watch.store.AttemptStore;
import java.sql.Connection;
import java.sql.SQLException;

/** Writes each attempt, in the transaction of what it changed. */
public final class AttemptLog {

    public void record(Connection connection, Attempt attempt) throws SQLException {
        AttemptStore.insert(connection, attempt);
    }
}
