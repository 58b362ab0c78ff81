package dev.monban.server.replay;

import dev.monban.core.watch.Attempt;
import dev.monban.server.platform.Json;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Logs with one JSON object a line. */
abstract class JsonLines implements Importer {

    @Override
    public final @Nullable Attempt read(byte[] line, int length, long number) throws BadLine {
        Map<String, Object> object;
        try {
            object = Json.object(new String(line, 0, length, StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new BadLine("not a JSON object; one object a line is wanted");
        }
        return attempt(object, number);
    }

    abstract @Nullable Attempt attempt(Map<String, Object> object, long number) throws BadLine;

    /** The text at a path such as {@code client.ipAddress}; {@code null} where there is none. */
    static @Nullable String text(Map<String, Object> object, String path) {
        Object at = object;
        for (String key : path.split("\\.", -1)) {
            at = at instanceof Map<?, ?> map ? map.get(key) : null;
        }
        return at == null || at instanceof Map ? null : String.valueOf(at);
    }

    static String textOr(Map<String, Object> object, String path, String other) {
        String text = text(object, path);
        return text == null ? other : text;
    }
}
