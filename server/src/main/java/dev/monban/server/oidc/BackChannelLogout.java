package dev.monban.server.oidc;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.notify.Outbox;
import dev.monban.server.oidc.store.ClientStore;
import dev.monban.server.platform.Json;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.outgoing.Limits;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import dev.monban.server.platform.outgoing.OutgoingRequest;
import dev.monban.server.platform.outgoing.Purpose;
import dev.monban.server.session.Session;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.SessionEndListener;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Tells clients that a session has ended (OpenID Connect Back-Channel Logout 1.0). Written to the
 * outbox in the transaction that ends the session, so that no client is forgotten.
 */
public final class BackChannelLogout implements SessionEndListener, Outbox.Sender {

    public static final String KIND = "back_channel_logout";

    private static final JOSEObjectType TYPE = new JOSEObjectType("logout+jwt");
    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";

    /** Section 2.4 recommends two minutes at most; each try gets a token of its own. */
    private static final Duration TOKEN_LASTS = Duration.ofMinutes(2);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Section 2.8: the status says it; of one client some sessions end at once. */
    private static final Limits LIMITS = new Limits(TIMEOUT, TIMEOUT, 0, 16);

    private final String issuer;
    private final Clients clients;
    private final Grants grants;
    private final Outbox outbox;
    private final SigningKeys keys;
    private final EventLog events;
    private final InstantSource clock;
    private final OutgoingCalls.Caller calls;

    public BackChannelLogout(
            String issuer,
            Clients clients,
            Grants grants,
            Outbox outbox,
            SigningKeys keys,
            EventLog events,
            OutgoingCalls calls,
            InstantSource clock) {
        this.issuer = issuer;
        this.clients = clients;
        this.grants = grants;
        this.outbox = outbox;
        this.keys = keys;
        this.events = events;
        this.calls = calls.caller(Purpose.LOGOUT_TOKEN, LIMITS);
        this.clock = clock;
    }

    @Override
    public void ended(Connection connection, Session session, SessionEnd why) throws SQLException {
        for (String id : grants.revokeOfSession(connection, session.id())) {
            // On this connection: a second one, while this is held, could wait for ever.
            Optional<String> uri =
                    ClientStore.byId(connection, id).map(Client::backChannelLogoutUri);
            if (uri.isPresent()) {
                outbox.put(
                        connection,
                        KIND,
                        uri.get(),
                        Json.text(
                                Map.of(
                                        "client", id,
                                        "subject", session.account().toString(),
                                        "session", session.id().toString())));
            }
        }
    }

    @Override
    public void send(Outbox.Message message) throws IOException {
        Map<String, Object> payload = payload(message);
        String clientId = String.valueOf(payload.get("client"));
        Optional<Client> client = clients.find(clientId);
        if (client.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        // Section 2.4: no nonce, an id, and the event. Typed, so that it passes for nothing else.
        JWTClaimsSet claims =
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .subject(String.valueOf(payload.get("subject")))
                        .audience(clientId)
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(TOKEN_LASTS)))
                        .jwtID(Tokens.fresh())
                        .claim("sid", payload.get("session"))
                        .claim("events", Map.of(EVENT, Map.of()))
                        .build();
        String token = keys.sign(client.get().signingAlgorithm(), TYPE, claims);
        int status =
                calls.send(
                                clientId,
                                OutgoingRequest.post(
                                        URI.create(message.target()),
                                        "application/x-www-form-urlencoded",
                                        "logout_token="
                                                + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                        .status();
        // Section 2.8: 200, or 204 where the framework answers so.
        if (status != 200 && status != 204) {
            throw new IOException("answered " + status);
        }
        events.record(about(EventKind.LOGOUT_DELIVERED, payload));
    }

    @Override
    public void allEnded(Connection connection, UUID account) throws SQLException {
        grants.revokeOfAccount(connection, account);
    }

    @Override
    public void gaveUp(Outbox.Message message, String error) {
        events.record(
                about(EventKind.LOGOUT_UNDELIVERED, payload(message))
                        .details(Map.of("error", error)));
    }

    private static Event about(EventKind kind, Map<String, Object> payload) {
        return Event.of(kind)
                .account(UUID.fromString(String.valueOf(payload.get("subject"))))
                .client(String.valueOf(payload.get("client")))
                .session(UUID.fromString(String.valueOf(payload.get("session"))));
    }

    private static Map<String, Object> payload(Outbox.Message message) {
        try {
            return Json.object(message.payload());
        } catch (ParseException e) {
            throw new IllegalStateException("the outbox holds what was put into it", e);
        }
    }
}
