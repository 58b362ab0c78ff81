package dev.monban.server.notify.store;

import dev.monban.server.notify.Outbox.Message;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table {@code notify.outbox}. */
public final class OutboxStore {

    private static final String INSERT =
            """
            insert into notify.outbox (message_id, kind, target, payload, created_at, next_try_at,
                                       tries)
            values (?, ?, ?, ?, ?, ?, 0)
            """;

    private static final String CLAIM =
            """
            update notify.outbox set tries = tries + 1, next_try_at = ?
             where message_id in (
                   select message_id from notify.outbox
                    where next_try_at <= ? and done_at is null and given_up_at is null
                    order by next_try_at limit ? for update skip locked)
            returning message_id, kind, target, payload, tries
            """;

    private static final String DONE =
            "update notify.outbox set done_at = ?, last_error = null where message_id = ?";

    private static final String RETRY =
            "update notify.outbox set next_try_at = ?, last_error = ? where message_id = ?";

    private static final String GIVE_UP =
            "update notify.outbox set given_up_at = ?, last_error = ? where message_id = ?";

    private static final String SWEEP =
            """
            delete from notify.outbox
             where created_at < ? and (done_at is not null or given_up_at is not null)
            """;

    private static final String TARGET =
            "select target from notify.outbox where message_id = ? and kind = ?";

    private OutboxStore() {}

    /** Where a message of this kind went. */
    public static Optional<String> target(Connection connection, UUID id, String kind)
            throws SQLException {
        return Sql.one(connection, TARGET, row -> row.text("target"), id, kind);
    }

    public static void insert(
            Connection connection, UUID id, String kind, String target, String payload, Instant now)
            throws SQLException {
        Sql.update(connection, INSERT, id, kind, target, payload, now, now);
    }

    /** Takes what is due, so that no other node tries it before {@code until}. */
    public static List<Message> claim(Connection connection, Instant now, Instant until, int most)
            throws SQLException {
        return Sql.many(
                connection,
                CLAIM,
                row ->
                        new Message(
                                row.id("message_id"),
                                row.text("kind"),
                                row.text("target"),
                                row.text("payload"),
                                row.number("tries")),
                until,
                now,
                most);
    }

    public static int done(Connection connection, UUID id, Instant now) throws SQLException {
        return Sql.update(connection, DONE, now, id);
    }

    public static int retry(Connection connection, UUID id, String error, Instant nextTryAt)
            throws SQLException {
        return Sql.update(connection, RETRY, nextTryAt, error, id);
    }

    public static int giveUp(Connection connection, UUID id, String error, Instant now)
            throws SQLException {
        return Sql.update(connection, GIVE_UP, now, error, id);
    }

    public static int sweep(Connection connection, Instant before) throws SQLException {
        return Sql.update(connection, SWEEP, before);
    }
}
