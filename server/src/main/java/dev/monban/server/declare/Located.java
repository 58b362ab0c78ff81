package dev.monban.server.declare;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value that was read, with the line where it stands.
 *
 * @param value a text, a whole number, a flag, a list of {@link Located} or a map from key to
 *     {@link Located}
 * @param line counted from 1
 */
record Located(Object value, int line) {

    String text() {
        return (String) value;
    }

    boolean flag() {
        return (Boolean) value;
    }

    int number() {
        return (Integer) value;
    }

    @SuppressWarnings("unchecked") // Checker makes nothing else of a list
    List<Located> list() {
        return (List<Located>) value;
    }

    @SuppressWarnings("unchecked") // Checker makes nothing else of an object
    Map<String, Located> keys() {
        return (Map<String, Located>) value;
    }

    Optional<Located> get(String key) {
        return Optional.ofNullable(keys().get(key));
    }

    /** The list under this key; empty where the key is absent. */
    List<Located> listOf(String key) {
        return get(key).map(Located::list).orElse(List.of());
    }

    /** The texts under this key; empty where the key is absent. */
    List<String> textsOf(String key) {
        return listOf(key).stream().map(Located::text).toList();
    }

    Optional<String> textOf(String key) {
        return get(key).map(Located::text);
    }

    boolean flagOf(String key) {
        return get(key).map(Located::flag).orElse(false);
    }
}
