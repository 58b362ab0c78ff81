package dev.monban.server.replay;

import dev.monban.core.watch.Attempt;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keycloak's events as its admin API and its exporters give them, one JSON object a line. */
final class KeycloakJson extends JsonLines {

    @Override
    @Nullable Attempt attempt(Map<String, Object> event, long number) throws BadLine {
        Logged logged =
                Keycloak.event(
                        textOr(event, "type", ""),
                        textOr(event, "error", ""),
                        text(event, "userId"));
        if (logged == null) {
            return null;
        }
        String time = textOr(event, "time", "");
        if (!time.matches("\\d{1,15}")) {
            throw new BadLine("time: milliseconds since 1970 are wanted");
        }
        String id = text(event, "id");
        return (id == null ? logged : logged.id(id))
                .at(Instant.ofEpochMilli(Long.parseLong(time)))
                .tenant(text(event, "realmId"))
                .identifier(Keycloak.name(text(event, "details.username"), text(event, "userId")))
                .address(text(event, "ipAddress"))
                .client(text(event, "clientId"))
                .session(text(event, "sessionId"))
                .attempt(number);
    }
}
