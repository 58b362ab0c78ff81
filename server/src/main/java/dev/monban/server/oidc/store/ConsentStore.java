package dev.monban.server.oidc.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The table {@code oidc.consent}. */
public final class ConsentStore {

    private static final String SCOPES =
            "select scopes from oidc.consent where account_id = ? and client_id = ?";

    private static final String PUT =
            """
            insert into oidc.consent (account_id, client_id, scopes, given_at) values (?, ?, ?, ?)
            on conflict (account_id, client_id) do update
               set scopes = (select array_agg(distinct s order by s)
                               from unnest(oidc.consent.scopes || excluded.scopes) as s),
                   given_at = excluded.given_at
            """;

    private ConsentStore() {}

    /** The scopes that this person has agreed to give this client; empty where none. */
    public static List<String> scopes(Connection connection, UUID account, String client)
            throws SQLException {
        return Sql.one(connection, SCOPES, row -> row.texts("scopes"), account, client)
                .orElse(List.of());
    }

    /** Adds these scopes to what was agreed to. */
    public static void put(
            Connection connection,
            UUID account,
            String client,
            Collection<String> scopes,
            Instant now)
            throws SQLException {
        Sql.update(connection, PUT, account, client, scopes, now);
    }
}
