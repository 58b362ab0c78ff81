package dev.monban.server.oidc.store;

import dev.monban.server.platform.AdvisoryLock;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** The table {@code oidc.signing_key}. */
public final class SigningKeyStore {

    /** A handful of rows, all of which are wanted. */
    private static final String PUBLISHED =
            """
            select key_id, algorithm, public_jwk, private_sealed, signs_from, signs_until,
                   published_until
              from oidc.signing_key where published_until > ? order by signs_from
            """;

    private static final String INSERT =
            """
            insert into oidc.signing_key (key_id, algorithm, public_jwk, private_sealed, created_at,
                                          signs_from, signs_until, published_until)
            values (?, ?, ?, ?, ?, ?, ?, ?)
            """;

    /** A key as it is stored. */
    public record Stored(
            String id,
            String algorithm,
            String publicJwk,
            byte[] privateSealed,
            Instant signsFrom,
            Instant signsUntil,
            Instant publishedUntil) {}

    private SigningKeyStore() {}

    /** Lets one node at a time make keys, until the end of the transaction. */
    public static void lock(Connection connection) throws SQLException {
        AdvisoryLock.SIGNING_KEYS.take(connection);
    }

    public static List<Stored> published(Connection connection, Instant now) throws SQLException {
        return Sql.many(
                connection,
                PUBLISHED,
                row ->
                        new Stored(
                                row.text("key_id"),
                                row.text("algorithm"),
                                row.text("public_jwk"),
                                row.bytes("private_sealed"),
                                row.time("signs_from"),
                                row.time("signs_until"),
                                row.time("published_until")),
                now);
    }

    public static void insert(Connection connection, Stored key, Instant now) throws SQLException {
        Sql.update(
                connection,
                INSERT,
                key.id(),
                key.algorithm(),
                key.publicJwk(),
                key.privateSealed(),
                now,
                key.signsFrom(),
                key.signsUntil(),
                key.publishedUntil());
    }
}
