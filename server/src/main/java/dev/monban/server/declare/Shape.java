package dev.monban.server.declare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a value in the declared state may look like. One description serves the check, with its
 * words for people, and the JSON schema for editors.
 */
sealed interface Shape {

    /**
     * A text.
     *
     * @param mend what it has to look like, in words
     */
    record Text(Pattern pattern, String mend, int mostCharacters) implements Shape {}

    /** One of these words. */
    record Choice(List<String> words) implements Shape {}

    /** {@code true} or {@code false}. */
    record Flag() implements Shape {}

    /** A whole number within these bounds, both included. */
    record WholeNumber(int least, int most, String unit) implements Shape {}

    /** Any number of these, at most so many. */
    record ListOf(Shape of, int most) implements Shape {}

    /** An object with these keys and no others. */
    record Keys(Map<String, Key> keys) implements Shape {

        public Keys {
            keys = new LinkedHashMap<>(keys);
        }
    }

    /** An object with exactly one of these keys. */
    record OneOf(Map<String, Shape> keys) implements Shape {

        public OneOf {
            keys = new LinkedHashMap<>(keys);
        }
    }

    /** Any object, kept as JSON. */
    record Anything() implements Shape {}

    /**
     * A key of an object.
     *
     * @param about what it means, in one sentence
     */
    record Key(Shape shape, boolean required, String about) {}

    static Key required(Shape shape, String about) {
        return new Key(shape, true, about);
    }

    static Key optional(Shape shape, String about) {
        return new Key(shape, false, about);
    }
}
