package dev.monban.server.audit;

import dev.monban.server.audit.store.EventStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.GroupCommit;
import dev.monban.server.platform.Ids;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

/** Writes events: with the change that they tell of, or, where nothing else changes, together. */
public final class EventLog implements AutoCloseable {

    private final Ids ids;
    private final InstantSource clock;
    private final GroupCommit<Logged, Boolean> alone;

    public EventLog(Database database, Ids ids, InstantSource clock) {
        this.ids = ids;
        this.clock = clock;
        this.alone = new GroupCommit<>("events", database, EventLog::write);
    }

    /** An event with its id and its time. */
    public record Logged(UUID id, Instant at, Event event) {}

    /** Writes it in the transaction of what it tells of. */
    public void record(Connection connection, Event event) throws SQLException {
        EventStore.insert(connection, List.of(logged(event)));
    }

    /** Writes it by itself; returns once it is committed. */
    public void record(Event event) {
        boolean written = alone.commit(logged(event));
        assert written;
    }

    @Override
    public void close() {
        alone.close();
    }

    private static List<Boolean> write(Connection connection, List<Logged> events)
            throws SQLException {
        EventStore.insert(connection, events);
        return Collections.nCopies(events.size(), true);
    }

    private Logged logged(Event event) {
        return new Logged(ids.next(), clock.instant(), event);
    }
}
