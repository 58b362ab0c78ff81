package dev.monban.server.desk;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows as the gate would have written them. */
class PlantedRows {

    static final Instant NOW = Instant.parse("2026-12-10T01:00:00Z");

    private final Connection connection;
    final Random random;

    PlantedRows(Connection connection, long seed) {
        this.connection = connection;
        this.random = new Random(seed);
    }

    final UUID account(UUID tenant, String identifier) throws SQLException {
        UUID account = fresh(tenant, identifier);
        run(
                "update account.account set password_hash = 'x', password_changed_at = ? where account_id = ?",
                ago(80_000),
                account);
        return account;
    }

    final UUID fresh(UUID tenant, String identifier) throws SQLException {
        UUID account = id();
        run(
                "insert into account.account (account_id, tenant_id, identifier, name, email, email_verified, language, created_at, changed_at) values (?, ?, ?, ?, ?, true, 'ja', ?, ?)",
                account,
                tenant,
                identifier,
                identifier,
                identifier,
                ago(80_000),
                ago(80_000));
        return account;
    }

    final void invite(UUID tenant, UUID by, String identifier, int minutesAgo) throws SQLException {
        run(
                "insert into member.invitation (invitation_id, tenant_id, identifier, name, language, roles, code, invited_by, invited_at, expires_at) values (?, ?, ?, 'Guest', 'ja', '{}', '\\x00', ?, ?, ?)",
                id(),
                tenant,
                identifier,
                by,
                ago(9000),
                ago(minutesAgo));
    }

    final UUID id() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    static Instant ago(int minutes) {
        return NOW.minus(Duration.ofMinutes(minutes));
    }

    final void run(String sql, @Nullable Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                Object value = values[i];
                statement.setObject(
                        i + 1,
                        value instanceof Instant at
                                ? OffsetDateTime.ofInstant(at, ZoneOffset.UTC)
                                : value);
            }
            if (statement.executeUpdate() != 1) {
                throw new SQLException("nothing was written: " + sql);
            }
        }
    }

    /** Many attempts of others, over a fortnight, and half as many events. */
    static void fill(Connection connection, int many) throws SQLException {
        if (many == 0) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    """
                    insert into watch.attempt (attempt_id, at, tenant_id, identifier, account_id,
                        address, user_agent, device, client_id, step, outcome, reason, session_id,
                        verdict, reasons, policy)
                    select gen_random_uuid(), timestamptz '2026-11-26' + interval '14 days' * i / %d,
                           md5('t' || p %% 3000)::uuid, 'p' || p || '@agency.example',
                           md5('p' || p)::uuid, '10.' || p %% 200 || '.' || p %% 250 || '.1',
                           'Mozilla/5.0 (Windows NT 10.0) Chrome/142.0', 'device ' || p, 'crm',
                           'password', case when i %% 12 = 0 then 'rejected' else 'accepted' end,
                           case when i %% 12 = 0 then 'wrong_password' end,
                           case when i %% 12 > 0 then gen_random_uuid() end, 'allow',
                           array['known_device'], 'bench'
                    from (select i, (i * 7919::bigint) %% 200000 as p
                          from generate_series(1, %d) i) made
                    """
                            .formatted(many, many));
            statement.execute(
                    """
                    insert into audit.event (event_id, at, kind, account_id, client_id, details)
                    select gen_random_uuid(), timestamptz '2026-11-26' + interval '14 days' * i / %d,
                           (array['session_started', 'tokens_issued', 'client_refused',
                                  'tokens_refreshed'])[1 + i %% 4],
                           md5('p' || i %% 200000)::uuid, 'crm', '{}'
                    from generate_series(1, %d) i
                    """
                            .formatted(many / 2, many / 2));
            statement.execute("analyze");
        }
    }
}
