package dev.monban.server.oidc.store;

import dev.monban.server.platform.Json;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The table {@code oidc.client_call}, and the refusals of a client in {@code audit.event}. */
public final class ClientCallStore {

    private static final String PUT =
            """
            insert into oidc.client_call (client_id, kind, at, facts) values (?, ?, ?, ?::jsonb)
            on conflict (client_id, kind) do update set at = excluded.at, facts = excluded.facts
             where oidc.client_call.at <= excluded.at
            """;

    private static final String OF_CLIENT =
            "select kind, at, facts::text as facts from oidc.client_call where client_id = ?";

    private static final String REFUSED =
            """
            select at, address, details::text as details
              from audit.event
             where client_id = ? and kind = 'token_refused' and at > ?
             order by at desc limit ?
            """;

    /** A good call. */
    public record Good(String kind, Instant at, String facts) {}

    /** A refusal. */
    public record Refused(Instant at, @Nullable String address, String details) {}

    private ClientCallStore() {}

    public static void put(
            Connection connection, String client, String kind, Instant at, Map<String, ?> facts)
            throws SQLException {
        Sql.update(connection, PUT, client, kind, at, Json.text(facts));
    }

    public static List<Good> ofClient(Connection connection, String client) throws SQLException {
        return Sql.many(
                connection,
                OF_CLIENT,
                row -> new Good(row.text("kind"), row.time("at"), row.text("facts")),
                client);
    }

    /** The latest refusals since an instant, the newest first. */
    public static List<Refused> refused(
            Connection connection, String client, Instant since, int most) throws SQLException {
        return Sql.many(
                connection,
                REFUSED,
                row -> new Refused(row.time("at"), row.textOrNull("address"), row.text("details")),
                client,
                since,
                most);
    }
}
