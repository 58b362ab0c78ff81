package dev.monban.server.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** What else ends with a session; carried out in the transaction that ends it. */
public interface SessionEndListener {

    void ended(Connection connection, Session session, SessionEnd why) throws SQLException;

    /**
     * All sessions of the account have ended because it is to be signed out of everything, also of
     * what outlives sessions.
     */
    void allEnded(Connection connection, UUID account) throws SQLException;
}
