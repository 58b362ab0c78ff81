package dev.monban.server.oidc.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table {@code oidc.client_secret}. Tags are hexadecimal digits here. */
public final class ClientSecretStore {

    private static final String OF_CLIENT =
            """
            select generation, encode(tag, 'hex') as tag
              from oidc.client_secret where client_id = ? order by generation
            """;

    private static final String INSERT =
            """
            insert into oidc.client_secret (client_id, generation, tag, declared_at)
            values (?, ?, ?, ?)
            """;

    private static final String RESTORE =
            """
            update oidc.client_secret set declared_at = ?, removed_at = null
             where client_id = ? and generation = ? and removed_at is not null
            """;

    private static final String REMOVE_ALL_BUT =
            """
            update oidc.client_secret set removed_at = ?
             where client_id = ? and removed_at is null and generation::text <> all (?)
            """;

    private static final String FORGET =
            """
            delete from oidc.client_secret
             where client_id = ? and removed_at is not null
               and generation in (select generation from oidc.client_secret
                                   where client_id = ? and removed_at is not null
                                   order by generation desc offset ?)
            """;

    private static final String REMOVED =
            """
            select generation, declared_at, removed_at
              from oidc.client_secret
             where client_id = ? and removed_at is not null and encode(tag, 'hex') = any (?)
             order by generation desc limit 1
            """;

    /** A secret that is no longer good. */
    public record Removed(int generation, Instant removedAt) {}

    private ClientSecretStore() {}

    /** The secrets that the client has or had: tag to generation. */
    public static Map<String, Integer> generations(Connection connection, String client)
            throws SQLException {
        Map<String, Integer> generations = new HashMap<>();
        Sql.many(
                        connection,
                        OF_CLIENT,
                        row -> Map.entry(row.text("tag"), row.number("generation")),
                        client)
                .forEach(entry -> generations.put(entry.getKey(), entry.getValue()));
        return generations;
    }

    public static void insert(
            Connection connection, String client, int generation, String tag, Instant now)
            throws SQLException {
        Sql.update(connection, INSERT, client, generation, HexFormat.of().parseHex(tag), now);
    }

    /** Makes one good again that was removed. */
    public static void restore(Connection connection, String client, int generation, Instant now)
            throws SQLException {
        Sql.update(connection, RESTORE, now, client, generation);
    }

    public static void removeAllBut(
            Connection connection, String client, List<Integer> generations, Instant now)
            throws SQLException {
        Sql.update(connection, REMOVE_ALL_BUT, now, client, generations);
    }

    /** Deletes the secrets that were removed, but for the newest. */
    public static void forget(Connection connection, String client, int newest)
            throws SQLException {
        Sql.update(connection, FORGET, client, client, newest);
    }

    /** The removed secret with one of these tags. */
    public static Optional<Removed> removed(Connection connection, String client, List<String> tags)
            throws SQLException {
        return Sql.one(
                connection,
                REMOVED,
                row -> new Removed(row.number("generation"), row.time("removed_at")),
                client,
                tags);
    }
}
