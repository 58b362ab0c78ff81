package dev.monban.server.session;

import java.sql.Connection;
import java.sql.SQLException;

/** What else ends with a session; carried out in the transaction that ends it. */
@FunctionalInterface
public interface SessionEndListener {

    void ended(Connection connection, Session session, SessionEnd why) throws SQLException;
}
