package dev.monban.server.oidc;

import dev.monban.server.oidc.AuthorizationRequests.Target;
import dev.monban.server.oidc.AuthorizationRequests.Untrusted;
import dev.monban.server.oidc.store.PushedRequestStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Tokens;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes in authorization requests over the back channel (RFC 9126). */
public final class PushedRequests {

    /** Section 2.2. */
    public static final String PREFIX = "urn:ietf:params:oauth:request_uri:";

    /**
     * Bytes of a whole push, its proof included, and of what is kept of it. Section 2.3 has servers
     * answer 413 to more.
     */
    public static final int MAX_BYTES = 16 * 1024;

    /**
     * Requests of one client that no browser has come with. A browser comes within seconds, so that
     * this is enough for hundreds of sign-ins a second.
     */
    static final int MAX_WAITING = 2_000;

    /** Requests of one client on whose way a person is; they are kept an hour at most. */
    static final int MAX_OPENED = 20_000;

    /** Rows that one push deletes at most, so that none of them is slow. */
    private static final int MAX_SWEPT_AT_ONCE = 100;

    /**
     * The parameters of an authorization request that this server understands or refuses by name.
     * All others are ignored (RFC 6749, section 3.1) and not kept.
     */
    static final Set<String> KNOWN =
            Set.of(
                    "acr_values",
                    "claims",
                    "claims_locales",
                    "code_challenge",
                    "code_challenge_method",
                    "display",
                    "dpop_jkt",
                    "id_token_hint",
                    "login_hint",
                    "max_age",
                    "nonce",
                    "prompt",
                    "redirect_uri",
                    "registration",
                    "request",
                    "response_mode",
                    "response_type",
                    "scope",
                    "state",
                    "ui_locales");

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
     * @throws OAuthError where it would be refused there; with 413 where more than {@link
     *     #MAX_BYTES} would be kept; with 429 where a client that proves itself has {@link
     *     #MAX_WAITING} requests that no browser has come with
     */
    public String push(Parameters form, Client client, Optional<String> key) {
        if (form.repeated().isPresent()) {
            throw OAuthError.repeated();
        }
        if (form.get("request_uri").isPresent()) {
            throw OAuthError.invalidRequest("request_uri: cannot be pushed");
        }
        if (key.isPresent() && !form.get("dpop_jkt").orElse(key.get()).equals(key.get())) {
            throw OAuthError.invalidRequest("dpop_jkt: not the key of the proof");
        }
        String encoded =
                form.asMap().entrySet().stream()
                                .filter(e -> KNOWN.contains(e.getKey()))
                                .filter(e -> key.isEmpty() || !e.getKey().equals("dpop_jkt"))
                                .map(e -> pair(e.getKey(), e.getValue().getFirst()))
                                .collect(Collectors.joining("&"))
                        + "&"
                        + pair("client_id", client.id())
                        + key.map(jkt -> "&" + pair("dpop_jkt", jkt)).orElse("");
        if (encoded.length() > MAX_BYTES) {
            throw tooLarge();
        }
        try {
            Parameters parameters = Parameters.parse(encoded);
            Target target = requests.target(parameters);
            OAuthError unbound = requests.understand(parameters, target, true).unboundFault();
            if (unbound != null) {
                throw unbound;
            }
        } catch (Untrusted e) {
            throw OAuthError.invalidRequest(String.valueOf(e.getMessage()))
                    .because(RefusalCause.ofError(e.code()));
        } catch (Parameters.Malformed e) {
            throw new IllegalStateException(e);
        }
        String requestUri = PREFIX + Tokens.fresh();
        byte[] hash = Tokens.hash(requestUri);
        boolean kept = database.transaction(connection -> keep(connection, client, hash, encoded));
        if (!kept) {
            throw OAuthError.tooMany(
                    "this client has "
                            + MAX_WAITING
                            + " pushed requests that no browser has come with; push where a person"
                            + " signs in",
                    (int) settings.pushedRequest().toSeconds());
        }
        return requestUri;
    }

    /**
     * Keeps it, within what one client may have. Anybody can push for a public client, and must not
     * be able to shut it out: there the oldest that wait make room. A client that proves itself is
     * refused, as it alone can have sent them.
     */
    private boolean keep(Connection connection, Client client, byte[] hash, String encoded)
            throws SQLException {
        Instant now = clock.instant();
        Instant expires = now.plus(settings.pushedRequest());
        if (!client.isPublic()
                && PushedRequestStore.outstanding(connection, client.id(), now, MAX_WAITING)
                        >= MAX_WAITING) {
            return false;
        }
        PushedRequestStore.sweepWaiting(
                connection,
                client.id(),
                MAX_WAITING - 1,
                MAX_SWEPT_AT_ONCE,
                client.isPublic() ? expires : now);
        PushedRequestStore.insert(connection, hash, client.id(), encoded, now, expires);
        return true;
    }

    /**
     * Finds a request that a browser comes with (section 4): the client's own, in time, and not yet
     * answered. From now on it is kept until the person is done with the pages.
     */
    static boolean open(Database database, String requestUri, String client, Instant now) {
        byte[] hash = Tokens.hash(requestUri);
        return database.transaction(connection -> {
            boolean good =
                    PushedRequestStore.byHash(connection, hash)
                            .filter(pushed ->
                                    pushed.client().equals(client)
                                            && pushed.expiresAt().isAfter(now)
                                            && pushed.usedAt() == null)
                            .isPresent();
            if (good) {
                PushedRequestStore.open(
                        connection, hash, client, MAX_OPENED, MAX_SWEPT_AT_ONCE, now);
            }
            return good;
        });
    }

    /** A push of more than {@link #MAX_BYTES}. */
    public static OAuthError tooLarge() {
        return OAuthError.tooLarge(
                "a pushed request has at most "
                        + MAX_BYTES
                        + " bytes, form-encoded (RFC 9126, section 2.3)");
    }

    private static String pair(String name, String value) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                + "="
                + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
