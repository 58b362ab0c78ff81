package dev.monban.server.command;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.platform.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the tests of clients declare, and what they read from the database. */
final class Programs {

    static final String PERSON = "sato@time.example";

    /** The issuer that is declared; the gate itself answers elsewhere. */
    static final String ISSUER = "http://localhost:1";

    /** As {@code openssl rand -base64 32} makes them, with all that form-encoding changes. */
    static final String BASE64 = "Zm9v+2Jhci9xdXV4+ZmFuY3kgc2VjcmV0cyE/8w==";

    static final String SECRET = "a-secret-for-the-tests";

    private Programs() {}

    /**
     * The state with these clients, as {@code monban.yaml} has them.
     *
     * @param environment names and values in turn
     */
    static State state(Path folder, String clients, String... environment) {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < environment.length; i += 2) {
            variables.put(environment[i], environment[i + 1]);
        }
        try {
            Path file = Files.createTempFile(folder, "monban", ".yaml");
            Files.writeString(
                    file,
                    """
                    issuer: http://localhost:1
                    tenants:
                      - {id: time, name: Time}
                    accounts:
                      - identifier: PERSON
                        tenant: time
                        name: 佐藤 結衣
                        password: {plain: PASSWORD}
                    clients:
                    """
                                    .replace("PERSON", PERSON)
                                    .replace("PASSWORD", ClockedGate.PASSWORD)
                            + clients.replace("CALLBACK", Program.CALLBACK)
                                    .replace("SECRET", SECRET));
            return StateReader.read(file, name -> Optional.ofNullable(variables.get(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows of a statement, their columns joined by a space. */
    static List<String> rows(Database database, String sql, Object... values) {
        return database.query(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                List<String> found = new ArrayList<>();
                try (ResultSet rows = statement.executeQuery()) {
                    int columns = rows.getMetaData().getColumnCount();
                    while (rows.next()) {
                        List<String> row = new ArrayList<>();
                        for (int i = 1; i <= columns; i++) {
                            row.add(String.valueOf(rows.getString(i)));
                        }
                        found.add(String.join(" ", row));
                    }
                }
                return found;
            }
        });
    }

    static long number(Database database, String sql, Object... values) {
        return Long.parseLong(rows(database, sql, values).getFirst());
    }

    /** The causes of refusals in the log of events, the oldest first. */
    static List<String> causes(Database database, String condition, String value) {
        return rows(
                database,
                "select details->>'cause' from audit.event where kind = 'token_refused' and "
                        + condition
                        + " order by at, event_id",
                value);
    }

    /**
     * An assertion of a client about itself.
     *
     * @param audience as it stands in the JSON: a text, or a list
     * @param seconds from the gate's time to its expiry
     * @param id its {@code jti}; empty for none
     */
    static String sign(
            ClockedGate gate, ECKey key, String client, Object audience, int seconds, String id) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", client);
        claims.put("sub", client);
        claims.put("aud", audience);
        claims.put("exp", gate.now().plusSeconds(seconds).getEpochSecond());
        if (!id.isEmpty()) {
            claims.put("jti", id);
        }
        JWSObject assertion =
                new JWSObject(
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                        new Payload(claims));
        try {
            assertion.sign(new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return assertion.serialize();
    }

    static ECKey key(String id) {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Clients of each kind.
     *
     * @param key with which {@code signs} and {@code spring} sign
     */
    static State usual(Path folder, ECKey key) {
        return Programs.state(
                folder,
                """
                  - id: crm
                    name: CRM
                    redirectUris: ["CALLBACK", "http://localhost:4711/other"]
                    secret: {plain: SECRET}
                    grants: [authorization_code, refresh_token, client_credentials]
                    scopes: [openid, profile, "crm:read"]
                  - id: noisy
                    name: Noisy
                    secret: {plain: SECRET}
                    grants: [client_credentials]
                    scopes: ["crm:read"]
                  - id: curl
                    name: Curl
                    secret: {env: CURL}
                    grants: [client_credentials]
                    scopes: ["crm:read"]
                  - id: spa
                    name: SPA
                    redirectUris: ["CALLBACK"]
                    grants: [authorization_code]
                    scopes: [openid]
                  - id: bound
                    name: Bound
                    redirectUris: ["CALLBACK"]
                    secret: {plain: SECRET}
                    grants: [authorization_code, client_credentials]
                    scopes: [openid, "crm:read"]
                    dpopRequired: true
                  - id: signs
                    name: Signs
                    jwks: {keys: [KEY]}
                    grants: [client_credentials]
                    scopes: ["crm:read"]
                  - id: spring
                    name: Spring
                    jwks: {keys: [KEY]}
                    tokenEndpointAudience: true
                    grants: [client_credentials]
                    scopes: ["crm:read"]
                  - id: tv
                    name: TV
                    grants: [device_code]
                    scopes: [openid]
                """
                        .replace("KEY", key.toPublicJWK().toJSONString()),
                "CURL",
                // With a line break at its end, as a file that somebody wrote has.
                BASE64 + "\r\n");
    }
}
