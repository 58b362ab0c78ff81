package dev.monban.server.session;

import dev.monban.core.factor.Assurance;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Tokens;
import dev.monban.server.session.store.SessionStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Starts, finds and ends sessions. */
public final class Sessions {

    private static final String COOKIE = "monban_session";

    /** Uses within this time are not written one by one. */
    private static final Duration SEEN_EVERY = Duration.ofMinutes(1);

    private final Database database;
    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;
    private final SessionSettings settings;
    private final List<SessionEndListener> listeners = new ArrayList<>();

    public Sessions(
            Database database,
            Ids ids,
            InstantSource clock,
            EventLog events,
            SessionSettings settings) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
        this.events = events;
        this.settings = settings;
    }

    /** Has this carried out whenever a session ends. Called while wiring, before any request. */
    public void onEnd(SessionEndListener listener) {
        listeners.add(listener);
    }

    /** A session with the cookie that goes to the browser. */
    public record Started(Session session, String token) {

        /** The cookie lasts as long as the browser is open; the server knows the limits. */
        public Reply remember(Reply reply) {
            return reply.cookie(COOKIE, token, null);
        }
    }

    /** The session of the browser that sends this request. */
    public Optional<Session> current(Request request) {
        Optional<String> token = request.cookie(COOKIE);
        if (token.isEmpty()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        return database.query(connection -> {
            Optional<Session> session =
                    SessionStore.byToken(
                            connection, Tokens.hash(token.get()), now, now.minus(settings.idle()));
            if (session.isPresent() && session.get().seenAt().isBefore(now.minus(SEEN_EVERY))) {
                SessionStore.seen(connection, session.get().id(), now, now.minus(SEEN_EVERY));
            }
            return session;
        });
    }

    /**
     * Starts a session after a proof. The cookie is always a fresh one, whatever the browser had
     * (session fixation); the same person signing in again keeps the session, another ends it.
     *
     * @param provedAt when they proved who they are
     */
    public Started start(
            Connection connection,
            UUID account,
            Optional<Session> before,
            Set<AuthenticationMethod> proofs,
            Instant provedAt,
            String address,
            Optional<String> userAgent)
            throws SQLException {
        Instant now = clock.instant();
        String token = Tokens.fresh();
        boolean again = before.isPresent() && before.get().account().equals(account);
        Session session =
                new Session(
                        again ? before.get().id() : ids.next(),
                        account,
                        Assurance.level(proofs),
                        List.copyOf(Assurance.amr(proofs)),
                        proofs.contains(AuthenticationMethod.TRUSTED_DEVICE),
                        again ? before.get().startedAt() : now,
                        provedAt,
                        now,
                        now.plus(settings.absolute()),
                        address,
                        userAgent.orElse(null));
        if (again && SessionStore.rotate(connection, session, Tokens.hash(token))) {
            return new Started(session, token);
        }
        if (before.isPresent() && !again) {
            end(connection, before.get(), SessionEnd.REPLACED, address);
        }
        Session fresh = again ? withId(session, ids.next(), now) : session;
        SessionStore.insert(connection, fresh, Tokens.hash(token));
        events.record(
                connection,
                Event.of(EventKind.SESSION_STARTED)
                        .account(account)
                        .session(fresh.id())
                        .address(address));
        return new Started(fresh, token);
    }

    /**
     * A session has been given another proof beside its own; the level is raised, and never
     * lowered.
     */
    public void raise(Session session, AuthenticationMethod proof) {
        AuthenticationMethod first =
                session.methods().containsAll(AuthenticationMethod.PASSWORD.amr())
                        ? AuthenticationMethod.PASSWORD
                        : AuthenticationMethod.FEDERATED;
        Set<AuthenticationMethod> proofs = EnumSet.of(first, proof);
        Set<String> methods = new TreeSet<>(session.methods());
        methods.addAll(Assurance.amr(proofs));
        if (!session.level().satisfies(AssuranceLevel.AAL2)) {
            boolean raised =
                    database.query(c ->
                            SessionStore.raise(
                                    c, session.id(), AssuranceLevel.AAL2, List.copyOf(methods)));
            assert raised;
        }
    }

    /** Starts a session in the place of one that has just ended, with the proofs of that one. */
    public Started startAgain(
            Connection connection, Session before, String address, Optional<String> userAgent)
            throws SQLException {
        String token = Tokens.fresh();
        Instant now = clock.instant();
        Session session =
                new Session(
                        ids.next(),
                        before.account(),
                        before.level(),
                        before.methods(),
                        before.onTrustedDevice(),
                        now,
                        before.authenticatedAt(),
                        now,
                        now.plus(settings.absolute()),
                        address,
                        userAgent.orElse(null));
        SessionStore.insert(connection, session, Tokens.hash(token));
        events.record(
                connection,
                Event.of(EventKind.SESSION_STARTED)
                        .account(before.account())
                        .session(session.id())
                        .address(address));
        return new Started(session, token);
    }

    /** Whether a session, which may have ended, began on a trusted device. */
    public boolean wasOnTrustedDevice(Connection connection, UUID session) throws SQLException {
        return SessionStore.wasOnTrustedDevice(connection, session);
    }

    /** The sessions of this account that stand, the last used first. */
    public List<Session> ofAccount(UUID account) {
        Instant now = clock.instant();
        return database.query(connection ->
                SessionStore.ofAccount(connection, account, now, now.minus(settings.idle())));
    }

    /** Ends a session and what hangs on it. */
    public void end(Session session, SessionEnd why, String address) {
        database.transact(connection -> end(connection, session, why, address));
    }

    /** Ends this account's session of that id; nothing where it has none. */
    public void endOwn(UUID account, UUID id, String address) {
        database.transact(connection -> {
            Optional<Session> session = SessionStore.byId(connection, id);
            if (session.isPresent() && session.get().account().equals(account)) {
                end(connection, session.get(), SessionEnd.ENDED_BY_OWNER, address);
            }
        });
    }

    /** Signs this account out of everything, on every device. */
    public void endAll(Connection connection, UUID account, SessionEnd why, String address)
            throws SQLException {
        for (List<Session> some = SessionStore.unended(connection, account);
                !some.isEmpty();
                some = SessionStore.unended(connection, account)) {
            for (Session session : some) {
                end(connection, session, why, address);
            }
        }
        for (SessionEndListener listener : listeners) {
            listener.allEnded(connection, account);
        }
    }

    /** Takes the cookie away from the browser. */
    public Reply forget(Reply reply) {
        return reply.cookie(COOKIE, "", Duration.ZERO);
    }

    private void end(Connection connection, Session session, SessionEnd why, String address)
            throws SQLException {
        if (!SessionStore.end(connection, session.id(), clock.instant(), why)) {
            return;
        }
        events.record(
                connection,
                Event.of(EventKind.SESSION_ENDED)
                        .account(session.account())
                        .session(session.id())
                        .address(address)
                        .details(Map.of("because", why.code())));
        for (SessionEndListener listener : listeners) {
            listener.ended(connection, session, why);
        }
    }

    private static Session withId(Session session, UUID id, Instant startedAt) {
        return new Session(
                id,
                session.account(),
                session.level(),
                session.methods(),
                session.onTrustedDevice(),
                startedAt,
                session.authenticatedAt(),
                session.seenAt(),
                session.expiresAt(),
                session.address(),
                session.userAgent());
    }
}
