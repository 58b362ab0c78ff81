package dev.monban.server.audit;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened. The log adds an id and the time.
 *
 * @param details what else is worth knowing; never a secret
 */
public record Event(
        EventKind kind,
        @Nullable UUID tenant,
        @Nullable UUID account,
        @Nullable String client,
        @Nullable UUID session,
        @Nullable UUID grant,
        @Nullable String address,
        Map<String, Object> details) {

    public Event {
        details = Map.copyOf(details);
    }

    public static Event of(EventKind kind) {
        return new Event(kind, null, null, null, null, null, null, Map.of());
    }

    public Event tenant(@Nullable UUID tenant) {
        return new Event(kind, tenant, account, client, session, grant, address, details);
    }

    public Event account(@Nullable UUID account) {
        return new Event(kind, tenant, account, client, session, grant, address, details);
    }

    public Event client(@Nullable String client) {
        return new Event(kind, tenant, account, client, session, grant, address, details);
    }

    public Event session(@Nullable UUID session) {
        return new Event(kind, tenant, account, client, session, grant, address, details);
    }

    public Event grant(@Nullable UUID grant) {
        return new Event(kind, tenant, account, client, session, grant, address, details);
    }

    public Event address(@Nullable String address) {
        return new Event(kind, tenant, account, client, session, grant, address, details);
    }

    public Event details(Map<String, Object> details) {
        return new Event(kind, tenant, account, client, session, grant, address, details);
    }
}
