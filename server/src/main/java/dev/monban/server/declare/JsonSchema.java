package dev.monban.server.declare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The shape of the declared state as a JSON schema (draft 2020-12), for editors. */
public final class JsonSchema {

    private JsonSchema() {}

    /** The schema, indented, with a line break at its end. */
    public static String text() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "The declared state of a Monban gate");
        schema.putAll(of(StateShape.STATE));
        return indented(schema, 0) + "\n";
    }

    private static Map<String, Object> of(Shape shape) {
        Map<String, Object> schema = new LinkedHashMap<>();
        switch (shape) {
            case Shape.Text text -> {
                schema.put("type", "string");
                schema.put("pattern", "^(" + text.pattern().pattern().replace("(?s)", "") + ")$");
                schema.put("maxLength", text.mostCharacters());
            }
            case Shape.Choice choice -> schema.put("enum", choice.words());
            case Shape.Flag() -> schema.put("type", "boolean");
            case Shape.WholeNumber number -> {
                schema.put("type", "integer");
                schema.put("minimum", number.least());
                schema.put("maximum", number.most());
            }
            case Shape.ListOf list -> {
                schema.put("type", "array");
                schema.put("maxItems", list.most());
                schema.put("items", of(list.of()));
            }
            case Shape.Keys keys -> {
                schema.put("type", "object");
                schema.put("additionalProperties", false);
                List<String> required =
                        keys.keys().entrySet().stream()
                                .filter(e -> e.getValue().required())
                                .map(Map.Entry::getKey)
                                .toList();
                schema.put("required", required);
                Map<String, Object> properties = new LinkedHashMap<>();
                keys.keys().forEach((name, key) -> properties.put(name, described(key)));
                schema.put("properties", properties);
            }
            case Shape.OneOf oneOf -> {
                schema.put("type", "object");
                schema.put("additionalProperties", false);
                schema.put("minProperties", 1);
                schema.put("maxProperties", 1);
                Map<String, Object> properties = new LinkedHashMap<>();
                oneOf.keys().forEach((name, of) -> properties.put(name, of(of)));
                schema.put("properties", properties);
            }
            case Shape.Anything() -> schema.put("type", "object");
        }
        return schema;
    }

    private static Map<String, Object> described(Shape.Key key) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", key.about());
        schema.putAll(of(key.shape()));
        return schema;
    }

    private static String indented(Object value, int depth) {
        String inner = "  ".repeat(depth + 1);
        String outer = "  ".repeat(depth);
        return switch (value) {
            case Map<?, ?> map when map.isEmpty() -> "{}";
            case Map<?, ?> map -> {
                StringBuilder text = new StringBuilder("{\n");
                int left = map.size();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    text.append(inner)
                            .append(quoted(String.valueOf(entry.getKey())))
                            .append(": ")
                            .append(indented(entry.getValue(), depth + 1))
                            .append(--left > 0 ? ",\n" : "\n");
                }
                yield text.append(outer).append("}").toString();
            }
            case List<?> list -> {
                StringBuilder text = new StringBuilder("[");
                int left = list.size();
                for (Object entry : list) {
                    text.append(indented(entry, depth + 1)).append(--left > 0 ? ", " : "");
                }
                yield text.append("]").toString();
            }
            case String text -> quoted(text);
            default -> String.valueOf(value);
        };
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
