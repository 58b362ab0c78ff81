package dev.monban.server.watch.store;

import dev.monban.core.watch.Attempt;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;

/** The table {@code watch.attempt}. */
public final class AttemptStore {

    private static final String INSERT =
            """
            insert into watch.attempt (attempt_id, at, tenant_id, identifier, account_id, address,
                                       user_agent, device, client_id, step, outcome, reason,
                                       session_id)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private AttemptStore() {}

    public static void insert(Connection connection, Attempt attempt) throws SQLException {
        Sql.update(
                connection,
                INSERT,
                attempt.id(),
                attempt.at(),
                attempt.tenant(),
                attempt.identifier(),
                attempt.account(),
                attempt.address(),
                attempt.userAgent(),
                attempt.device(),
                attempt.client(),
                attempt.step().code(),
                attempt.outcome().code(),
                attempt.rejection() == null ? null : attempt.rejection().code(),
                attempt.session());
    }
}
