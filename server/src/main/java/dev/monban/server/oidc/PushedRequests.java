package dev.monban.server.oidc;

import dev.monban.server.oidc.AuthorizationRequests.Target;
import dev.monban.server.oidc.AuthorizationRequests.Untrusted;
import dev.monban.server.oidc.store.PushedRequestStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Tokens;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes in authorization requests over the back channel (RFC 9126). */
public final class PushedRequests {

    /** Section 2.2. */
    public static final String PREFIX = "urn:ietf:params:oauth:request_uri:";

    /** What proves the client, and is no part of the request. */
    private static final Set<String> PROOFS =
            Set.of("client_secret", "client_assertion", "client_assertion_type");

    private final Database database;
    private final AuthorizationRequests requests;
    private final TokenSettings settings;
    private final InstantSource clock;

    public PushedRequests(
            Database database,
            AuthorizationRequests requests,
            TokenSettings settings,
            InstantSource clock) {
        this.database = database;
        this.requests = requests;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Keeps a request after the checks that it would meet at the authorization endpoint.
     *
     * @param key the thumbprint of the key that came with it, to which its code is bound then (RFC
     *     9449, section 10.1)
     * @return its {@code request_uri}
     * @throws OAuthError where it would be refused there
     */
    public String push(Parameters form, Client client, Optional<String> key) {
        if (form.repeated().isPresent()) {
            throw OAuthError.invalidRequest("a parameter was sent twice");
        }
        if (form.get("request_uri").isPresent()) {
            throw OAuthError.invalidRequest("request_uri: cannot be pushed");
        }
        if (key.isPresent() && !form.get("dpop_jkt").orElse(key.get()).equals(key.get())) {
            throw OAuthError.invalidRequest("dpop_jkt: not the key of the proof");
        }
        String encoded =
                form.asMap().entrySet().stream()
                                .filter(e -> !PROOFS.contains(e.getKey()))
                                .filter(e -> !e.getKey().equals("client_id"))
                                .filter(e -> key.isEmpty() || !e.getKey().equals("dpop_jkt"))
                                .map(e -> pair(e.getKey(), e.getValue().getFirst()))
                                .collect(Collectors.joining("&"))
                        + "&"
                        + pair("client_id", client.id())
                        + key.map(jkt -> "&" + pair("dpop_jkt", jkt)).orElse("");
        try {
            Parameters parameters = Parameters.parse(encoded);
            Target target = requests.target(parameters);
            OAuthError unbound = requests.understand(parameters, target, true).unboundFault();
            if (unbound != null) {
                throw unbound;
            }
        } catch (Untrusted e) {
            throw OAuthError.invalidRequest(String.valueOf(e.getMessage()));
        } catch (Parameters.Malformed e) {
            throw new IllegalStateException(e);
        }
        String requestUri = PREFIX + Tokens.fresh();
        Instant now = clock.instant();
        database.query(connection -> {
            PushedRequestStore.insert(
                    connection,
                    Tokens.hash(requestUri),
                    client.id(),
                    encoded,
                    now,
                    now.plus(settings.pushedRequest()));
            return Boolean.TRUE;
        });
        return requestUri;
    }

    private static String pair(String name, String value) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
