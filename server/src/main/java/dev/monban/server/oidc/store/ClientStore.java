package dev.monban.server.oidc.store;

import dev.monban.server.oidc.Algorithm;
import dev.monban.server.oidc.Client;
import dev.monban.server.platform.Sql;
import dev.monban.server.platform.StoredCodes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table {@code oidc.client}. */
public final class ClientStore {

    private static final String BY_ID =
            """
            select client_id, name, redirect_uris, post_logout_redirect_uris,
                   encode(secret_tag, 'hex') as first_secret,
                   coalesce((select array_agg(s.generation || ' ' || encode(s.tag, 'hex')
                                              order by s.generation)
                               from oidc.client_secret s
                              where s.client_id = c.client_id and s.removed_at is null),
                            '{}') as secrets,
                   jwks, jwks_uri, token_endpoint_audience, authentication, grants, scopes, third_party, signing_algorithm,
                   user_info_algorithm, access_token_format, access_token_seconds, audience,
                   back_channel_logout_uri, dpop_required, par_required, pkce_optional, origins
              from oidc.client c where client_id = ? and removed_at is null
            """;

    /** There are tens of clients, and whoever asks for all wants each: no index would serve. */
    private static final String ALL_IDS =
            "select client_id from oidc.client where removed_at is null order by client_id";

    private static final String DECLARED =
            "select name, changed_at, removed_at from oidc.client where client_id = ?";

    private static final String PUT =
            """
            insert into oidc.client (client_id, name, redirect_uris, post_logout_redirect_uris,
                                     secret_tag, jwks, jwks_uri,
                                     token_endpoint_audience, authentication, grants, scopes,
                                     third_party, signing_algorithm, user_info_algorithm, access_token_format,
                                     access_token_seconds, audience, back_channel_logout_uri,
                                     dpop_required, par_required, pkce_optional, origins,
                                     created_at, changed_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (client_id) do update
               set name = excluded.name, redirect_uris = excluded.redirect_uris,
                   post_logout_redirect_uris = excluded.post_logout_redirect_uris,
                   secret_tag = excluded.secret_tag, jwks = excluded.jwks,
                   jwks_uri = excluded.jwks_uri,
                   token_endpoint_audience = excluded.token_endpoint_audience,
                   authentication = excluded.authentication, grants = excluded.grants,
                   scopes = excluded.scopes, third_party = excluded.third_party,
                   signing_algorithm = excluded.signing_algorithm,
                   user_info_algorithm = excluded.user_info_algorithm,
                   access_token_format = excluded.access_token_format,
                   access_token_seconds = excluded.access_token_seconds,
                   audience = excluded.audience,
                   back_channel_logout_uri = excluded.back_channel_logout_uri,
                   dpop_required = excluded.dpop_required, par_required = excluded.par_required,
                   pkce_optional = excluded.pkce_optional, origins = excluded.origins, changed_at = excluded.changed_at, removed_at = null
            """;

    private static final String REMOVE =
            """
            update oidc.client set removed_at = ?, changed_at = ?
             where client_id = ? and removed_at is null
            """;

    /** A client that is declared, or was. */
    public record Declared(String name, Instant changedAt, @Nullable Instant removedAt) {}

    private ClientStore() {}

    /** The client of this id, also where it is removed. */
    public static Optional<Declared> declared(Connection connection, String id)
            throws SQLException {
        return Sql.one(
                connection,
                DECLARED,
                row ->
                        new Declared(
                                row.text("name"),
                                row.time("changed_at"),
                                row.timeOrNull("removed_at")),
                id);
    }

    public static Optional<Client> byId(Connection connection, String id) throws SQLException {
        return Sql.one(connection, BY_ID, ClientStore::read, id).flatMap(client -> client);
    }

    public static List<String> allIds(Connection connection) throws SQLException {
        return Sql.many(connection, ALL_IDS, row -> row.text("client_id"));
    }

    public static void put(Connection connection, Client client, Instant now) throws SQLException {
        Algorithm userInfo = client.userInfoAlgorithm();
        Sql.update(
                connection,
                PUT,
                client.id(),
                client.name(),
                client.redirectUris(),
                client.postLogoutRedirectUris(),
                client.secrets().isEmpty()
                        ? null
                        : HexFormat.of().parseHex(client.secrets().getFirst().tag()),
                client.jwks(),
                client.jwksUri(),
                client.tokenEndpointAudience(),
                client.proof().code(),
                client.grants(),
                client.scopes(),
                client.thirdParty(),
                client.signingAlgorithm().code(),
                userInfo == null ? null : userInfo.code(),
                client.accessTokenFormat().code(),
                (int) client.accessTokenLifetime().toSeconds(),
                client.audience(),
                client.backChannelLogoutUri(),
                client.dpopRequired(),
                client.parRequired(),
                client.pkceOptional(),
                client.origins(),
                now,
                now);
    }

    public static void remove(Connection connection, String id, Instant now) throws SQLException {
        Sql.update(connection, REMOVE, now, now, id);
    }

    /** With the one that release 0.1.0 has declared meanwhile, where that runs side by side. */
    private static List<Client.Secret> secrets(List<String> rows, @Nullable String first) {
        List<Client.Secret> secrets = new ArrayList<>();
        for (String row : rows) {
            String[] parts = row.split(" ", 2);
            secrets.add(new Client.Secret(Integer.parseInt(parts[0]), parts[1]));
        }
        if (first != null && secrets.stream().noneMatch(s -> s.tag().equals(first))) {
            secrets.add(new Client.Secret(0, first));
        }
        return List.copyOf(secrets);
    }

    /**
     * Empty where a later release has declared the client in a way that this one cannot keep to: to
     * let it in by a weaker proof, or with other tokens, would be worse than not to know it.
     */
    private static Optional<Client> read(Sql.Row row) throws SQLException {
        String userInfo = row.textOrNull("user_info_algorithm");
        Optional<Client.Proof> proof =
                StoredCodes.find(Client.Proof.class, row.text("authentication"));
        Optional<Algorithm> algorithm = algorithm(row.text("signing_algorithm"));
        Optional<Algorithm> userInfoAlgorithm = algorithm(userInfo);
        Optional<Client.TokenFormat> format =
                StoredCodes.find(Client.TokenFormat.class, row.text("access_token_format"));
        if (proof.isEmpty()
                || algorithm.isEmpty()
                || format.isEmpty()
                || (userInfo != null && userInfoAlgorithm.isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(
                new Client(
                        row.text("client_id"),
                        row.text("name"),
                        row.texts("redirect_uris"),
                        row.texts("post_logout_redirect_uris"),
                        secrets(row.texts("secrets"), row.textOrNull("first_secret")),
                        row.textOrNull("jwks"),
                        row.textOrNull("jwks_uri"),
                        proof.get(),
                        row.texts("grants"),
                        row.texts("scopes"),
                        row.flag("third_party"),
                        algorithm.get(),
                        userInfoAlgorithm.orElse(null),
                        format.get(),
                        Duration.ofSeconds(row.number("access_token_seconds")),
                        row.textOrNull("audience"),
                        row.textOrNull("back_channel_logout_uri"),
                        row.flag("dpop_required"),
                        row.flag("par_required"),
                        row.flag("pkce_optional"),
                        row.flag("token_endpoint_audience"),
                        row.texts("origins")));
    }

    private static Optional<Algorithm> algorithm(@Nullable String code) {
        return StoredCodes.find("Algorithm", code, Algorithm::ofCode);
    }
}
