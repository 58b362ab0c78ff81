package dev.monban.server.oidc.store;

import dev.monban.server.oidc.Algorithm;
import dev.monban.server.oidc.Client;
import dev.monban.server.platform.Sql;
import dev.monban.server.platform.StoredCodes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table {@code oidc.client}. */
public final class ClientStore {

    private static final String BY_ID =
            """
            select client_id, name, redirect_uris, post_logout_redirect_uris, secret_tag, jwks,
                   authentication, grants, scopes, third_party, signing_algorithm,
                   user_info_algorithm, access_token_format, access_token_seconds, audience,
                   back_channel_logout_uri, dpop_required, par_required, pkce_optional, origins
              from oidc.client where client_id = ? and removed_at is null
            """;

    /** There are tens of clients, and whoever asks for all wants each: no index would serve. */
    private static final String ALL_IDS =
            "select client_id from oidc.client where removed_at is null order by client_id";

    private static final String PUT =
            """
            insert into oidc.client (client_id, name, redirect_uris, post_logout_redirect_uris,
                                     secret_tag, jwks, authentication, grants, scopes, third_party,
                                     signing_algorithm, user_info_algorithm, access_token_format,
                                     access_token_seconds, audience, back_channel_logout_uri,
                                     dpop_required, par_required, pkce_optional, origins,
                                     created_at, changed_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (client_id) do update
               set name = excluded.name, redirect_uris = excluded.redirect_uris,
                   post_logout_redirect_uris = excluded.post_logout_redirect_uris,
                   secret_tag = excluded.secret_tag, jwks = excluded.jwks,
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

    private ClientStore() {}

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
                client.secretTag(),
                client.jwks(),
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
                        row.bytesOrNull("secret_tag"),
                        row.textOrNull("jwks"),
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
                        row.texts("origins")));
    }

    private static Optional<Algorithm> algorithm(@Nullable String code) {
        return StoredCodes.find("Algorithm", code, Algorithm::ofCode);
    }
}
