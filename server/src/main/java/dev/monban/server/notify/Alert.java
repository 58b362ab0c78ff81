package dev.monban.server.notify;

import dev.monban.server.platform.Json;
import java.text.ParseException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * A message to operators.
 *
 * @param type such as {@code campaign.opened}
 * @param about what kind of thing it is about: a kind of finding, or {@code channel}
 * @param topic what it is about; messages about the same stand in one thread
 * @param title one line
 * @param text a few lines, plain
 * @param link where more stands; empty for nowhere
 * @param replaces whether it takes the place of the first message about the same, where that can be
 *     changed
 */
public record Alert(
        String type,
        String about,
        UUID topic,
        Instant at,
        String title,
        String text,
        String link,
        boolean replaces) {

    /** One that leads nowhere and replaces nothing. */
    public Alert(String type, String about, UUID topic, Instant at, String title, String text) {
        this(type, about, topic, at, title, text, "", false);
    }

    /** For whoever reads plain text. */
    String plain() {
        return link.isEmpty() ? text : text + "\n" + link;
    }

    /** As it goes out by webhook, and as it waits in the outbox. */
    String json() {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("id", topic.toString());
        data.put("about", about);
        data.put("title", title);
        data.put("text", text);
        if (!link.isEmpty()) {
            data.put("link", link);
        }
        if (replaces) {
            data.put("replaces", true);
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", type);
        body.put("timestamp", at.toString());
        body.put("data", data);
        return Json.text(body);
    }

    static Alert read(String json) {
        try {
            Map<String, Object> body = Json.object(json);
            if (!(body.get("data") instanceof Map<?, ?> data)) {
                throw new IllegalStateException("an alert without data");
            }
            return new Alert(
                    String.valueOf(body.get("type")),
                    String.valueOf(data.get("about")),
                    UUID.fromString(String.valueOf(data.get("id"))),
                    Instant.parse(String.valueOf(body.get("timestamp"))),
                    String.valueOf(data.get("title")),
                    String.valueOf(data.get("text")),
                    data.get("link") instanceof String link ? link : "",
                    Boolean.TRUE.equals(data.get("replaces")));
        } catch (ParseException e) {
            throw new IllegalStateException("we wrote it ourselves", e);
        }
    }
}
