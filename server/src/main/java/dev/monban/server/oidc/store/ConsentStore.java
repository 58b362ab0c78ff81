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

    private static final String OF_ACCOUNT =
            "select client_id, scopes, given_at from oidc.consent where account_id = ?";

    private static final String DELETE =
            "delete from oidc.consent where account_id = ? and client_id = ?";

    private ConsentStore() {}

    /** What a person has agreed to give a client. */
    public record Given(String client, List<String> scopes, Instant at) {}

    /** All that this person has agreed to. */
    public static List<Given> ofAccount(Connection connection, UUID account) throws SQLException {
        return Sql.many(
                connection,
                OF_ACCOUNT,
                row -> new Given(row.text("client_id"), row.texts("scopes"), row.time("given_at")),
                account);
    }

    /** False where there was none. */
    public static boolean delete(Connection connection, UUID account, String client)
            throws SQLException {
        return Sql.update(connection, DELETE, account, client) == 1;
    }

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
