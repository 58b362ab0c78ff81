package dev.monban.server.replay;

import dev.monban.core.watch.Attempt;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keycloak's console log, such as {@code 2026-11-02 09:00:11,402 WARN [org.keycloak.events] (…)
 * type="LOGIN_ERROR", realmId="…", …}. Its times have no zone; the one of this machine is taken.
 */
final class KeycloakText implements Importer {

    private static final Pattern LINE =
            Pattern.compile("^(\\S+ \\S+?)\\s+\\w+\\s+\\[org\\.keycloak\\.events\\].*?(type=.*)$");
    private static final Pattern FIELD = Pattern.compile("(\\w+)=\"?([^\",]*)\"?(?:, |$)");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss,SSS", Locale.ROOT);

    private final ZoneId zone;

    KeycloakText(ZoneId zone) {
        this.zone = zone;
    }

    @Override
    public @Nullable Attempt read(byte[] line, int length, long number) throws BadLine {
        Matcher matcher = LINE.matcher(new String(line, 0, length, StandardCharsets.UTF_8));
        if (!matcher.matches()) {
            return null;
        }
        Map<String, String> fields = new HashMap<>();
        Matcher field = FIELD.matcher(matcher.group(2));
        while (field.find()) {
            if (!field.group(2).equals("null")) {
                fields.put(field.group(1), field.group(2));
            }
        }
        Logged logged =
                Keycloak.event(
                        fields.getOrDefault("type", ""),
                        fields.getOrDefault("error", ""),
                        fields.get("userId"));
        if (logged == null) {
            return null;
        }
        try {
            return logged.at(LocalDateTime.parse(matcher.group(1), TIME).atZone(zone).toInstant())
                    .tenant(fields.getOrDefault("realmName", fields.get("realmId")))
                    .identifier(Keycloak.name(fields.get("username"), fields.get("userId")))
                    .address(fields.get("ipAddress"))
                    .client(fields.get("clientId"))
                    .session(fields.get("sessionId"))
                    .attempt(number);
        } catch (DateTimeParseException e) {
            throw new BadLine(
                    "the time "
                            + Importer.cut(matcher.group(1))
                            + " is not written as 2026-11-02 09:00:11,402");
        }
    }
}
