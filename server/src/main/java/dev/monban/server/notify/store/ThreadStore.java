package dev.monban.server.notify.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The table {@code notify.thread}. */
public final class ThreadStore {

    private static final String FIND =
            "select thread from notify.thread where channel = ? and topic_id = ?";

    private static final String INSERT =
            """
            insert into notify.thread (channel, topic_id, thread) values (?, ?, ?)
            on conflict (channel, topic_id) do nothing
            """;

    private ThreadStore() {}

    /** The thread in which a channel tells of a topic. */
    public static Optional<String> find(Connection connection, String channel, UUID topic)
            throws SQLException {
        return Sql.one(connection, FIND, row -> row.text("thread"), channel, topic);
    }

    public static boolean insert(Connection connection, String channel, UUID topic, String thread)
            throws SQLException {
        return Sql.update(connection, INSERT, channel, topic, thread) == 1;
    }
}
