package dev.monban.server.watch.store;

import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
        Approach a = attempt.approach();
        Check check = attempt.check();
        Sql.update(
                connection,
                INSERT,
                UUID.fromString(a.id()),
                a.at(),
                id(a.tenant()),
                a.identifier(),
                id(a.account()),
                a.address(),
                a.userAgent(),
                a.device(),
                a.client(),
                a.step().code(),
                check.outcome().code(),
                check.rejection() == null ? null : check.rejection().code(),
                id(a.session()));
    }

    private static @Nullable UUID id(@Nullable String text) {
        return text == null ? null : UUID.fromString(text);
    }
}
