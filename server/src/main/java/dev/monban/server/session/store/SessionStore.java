package dev.monban.server.session.store;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.server.platform.Sql;
import dev.monban.server.session.Session;
import dev.monban.server.session.SessionEnd;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table {@code session.session}. */
public final class SessionStore {

    private static final String BY_TOKEN =
            """
            select session_id, account_id, level, methods, on_trusted_device, started_at, authenticated_at, seen_at,
                   expires_at, address, user_agent
              from session.session
             where token_hash = ? and ended_at is null and expires_at > ? and seen_at > ?
            """;

    private static final String BY_ID =
            """
            select session_id, account_id, level, methods, on_trusted_device, started_at, authenticated_at, seen_at,
                   expires_at, address, user_agent
              from session.session where session_id = ? and ended_at is null
            """;

    private static final String OF_ACCOUNT =
            """
            select session_id, account_id, level, methods, on_trusted_device, started_at, authenticated_at, seen_at,
                   expires_at, address, user_agent
              from session.session
             where account_id = ? and ended_at is null and expires_at > ? and seen_at > ?
             order by seen_at desc limit 100
            """;

    private static final String UNENDED =
            """
            select session_id, account_id, level, methods, on_trusted_device, started_at, authenticated_at, seen_at,
                   expires_at, address, user_agent
              from session.session where account_id = ? and ended_at is null limit 100
            """;

    private static final String INSERT =
            """
            insert into session.session (session_id, token_hash, account_id, level, methods,
                                         on_trusted_device, started_at, authenticated_at, seen_at, expires_at,
                                         address, user_agent)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String ROTATE =
            """
            update session.session
               set token_hash = ?, level = ?, methods = ?, on_trusted_device = ?, authenticated_at = ?, seen_at = ?,
                   expires_at = ?, address = ?, user_agent = ?
             where session_id = ? and ended_at is null
            """;

    private static final String RAISE =
            "update session.session set level = ?, methods = ? where session_id = ? and ended_at is null";

    private static final String SEEN =
            "update session.session set seen_at = ? where session_id = ? and seen_at < ?";

    private static final String END =
            """
            update session.session set ended_at = ?, ended_because = ?
             where session_id = ? and ended_at is null
            """;

    private static final String ON_TRUSTED_DEVICE =
            "select on_trusted_device from session.session where session_id = ?";

    private SessionStore() {}

    /** False too where there is none of that id. */
    public static boolean wasOnTrustedDevice(Connection connection, UUID id) throws SQLException {
        return Sql.one(connection, ON_TRUSTED_DEVICE, row -> row.flag("on_trusted_device"), id)
                .orElse(false);
    }

    /**
     * The session of this cookie, if it stands.
     *
     * @param usedSince the idle limit: it was used after this
     */
    public static Optional<Session> byToken(
            Connection connection, byte[] tokenHash, Instant now, Instant usedSince)
            throws SQLException {
        return Sql.one(connection, BY_TOKEN, SessionStore::read, tokenHash, now, usedSince);
    }

    public static Optional<Session> byId(Connection connection, UUID id) throws SQLException {
        return Sql.one(connection, BY_ID, SessionStore::read, id);
    }

    /** The sessions of this account that stand, the last used first, at most 100. */
    public static List<Session> ofAccount(
            Connection connection, UUID account, Instant now, Instant usedSince)
            throws SQLException {
        return Sql.many(connection, OF_ACCOUNT, SessionStore::read, account, now, usedSince);
    }

    /** Sessions of this account that were never ended, also lapsed ones; at most 100 at a time. */
    public static List<Session> unended(Connection connection, UUID account) throws SQLException {
        return Sql.many(connection, UNENDED, SessionStore::read, account);
    }

    public static void insert(Connection connection, Session session, byte[] tokenHash)
            throws SQLException {
        Sql.update(
                connection,
                INSERT,
                session.id(),
                tokenHash,
                session.account(),
                session.level().acr(),
                session.methods(),
                session.onTrustedDevice(),
                session.startedAt(),
                session.authenticatedAt(),
                session.seenAt(),
                session.expiresAt(),
                session.address(),
                session.userAgent());
    }

    /** Gives the session another cookie and a new proof; false where it has ended meanwhile. */
    public static boolean rotate(Connection connection, Session session, byte[] tokenHash)
            throws SQLException {
        return Sql.update(
                        connection,
                        ROTATE,
                        tokenHash,
                        session.level().acr(),
                        session.methods(),
                        session.onTrustedDevice(),
                        session.authenticatedAt(),
                        session.seenAt(),
                        session.expiresAt(),
                        session.address(),
                        session.userAgent(),
                        session.id())
                == 1;
    }

    public static boolean raise(
            Connection connection, UUID id, AssuranceLevel level, List<String> methods)
            throws SQLException {
        return Sql.update(connection, RAISE, level.acr(), methods, id) == 1;
    }

    public static void seen(Connection connection, UUID id, Instant now, Instant notSince)
            throws SQLException {
        Sql.update(connection, SEEN, now, id, notSince);
    }

    /** Ends it; false where it had ended already. */
    public static boolean end(Connection connection, UUID id, Instant now, SessionEnd why)
            throws SQLException {
        return Sql.update(connection, END, now, why.code(), id) == 1;
    }

    private static Session read(Sql.Row row) throws SQLException {
        return new Session(
                row.id("session_id"),
                row.id("account_id"),
                AssuranceLevel.ofAcr(row.text("level")).orElse(AssuranceLevel.AAL1),
                row.texts("methods"),
                row.flag("on_trusted_device"),
                row.time("started_at"),
                row.time("authenticated_at"),
                row.time("seen_at"),
                row.time("expires_at"),
                row.text("address"),
                row.textOrNull("user_agent"));
    }
}
