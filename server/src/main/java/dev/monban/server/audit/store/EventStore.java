package dev.monban.server.audit.store;

import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventLog.Logged;
import dev.monban.server.platform.Json;
import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table {@code audit.event}. */
public final class EventStore {

    private static final String INSERT =
            """
            insert into audit.event (event_id, at, kind, tenant_id, account_id, client_id,
                                     session_id, grant_id, address, details)
            select event_id, at, kind, tenant_id, account_id, client_id, session_id, grant_id,
                   address, details
              from unnest(?::uuid[], ?::timestamptz[], ?::text[], ?::uuid[], ?::uuid[], ?::text[],
                          ?::uuid[], ?::uuid[], ?::text[], ?::jsonb[])
                   as new (event_id, at, kind, tenant_id, account_id, client_id, session_id,
                           grant_id, address, details)
            """;

    private EventStore() {}

    public static void insert(Connection connection, List<Logged> events) throws SQLException {
        Sql.update(
                connection,
                INSERT,
                ids(events, Logged::id),
                texts(events, logged -> logged.at().toString()),
                texts(events, logged -> logged.event().kind().code()),
                ids(events, of(Event::tenant)),
                ids(events, of(Event::account)),
                texts(events, of(Event::client)),
                ids(events, of(Event::session)),
                ids(events, of(Event::grant)),
                texts(events, of(Event::address)),
                texts(events, logged -> Json.text(logged.event().details())));
    }

    private static <T> Function<Logged, @Nullable T> of(Function<Event, @Nullable T> field) {
        return logged -> field.apply(logged.event());
    }

    private static @Nullable UUID[] ids(
            List<Logged> events, Function<Logged, @Nullable UUID> field) {
        @Nullable UUID[] ids = new UUID[events.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = field.apply(events.get(i));
        }
        return ids;
    }

    private static @Nullable String[] texts(
            List<Logged> events, Function<Logged, @Nullable String> field) {
        @Nullable String[] texts = new String[events.size()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = field.apply(events.get(i));
        }
        return texts;
    }
}
