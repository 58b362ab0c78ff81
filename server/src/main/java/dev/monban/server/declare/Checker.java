package dev.monban.server.declare;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Holds a YAML document against its shape and finds all faults at once. */
final class Checker {

    private final List<Fault> faults = new ArrayList<>();

    /** The faults found, in the order of the file. */
    List<Fault> faults() {
        return faults;
    }

    void fault(int line, String place, String mend) {
        faults.add(new Fault(line, place, mend));
    }

    /** The value, if it has its shape; empty, and faults, where it has not. */
    Optional<Located> check(Node node, Shape shape, String place) {
        return switch (shape) {
            case Shape.Text text -> text(node, text, place);
            case Shape.Choice choice -> choice(node, choice, place);
            case Shape.Flag() -> flag(node, place);
            case Shape.WholeNumber number -> number(node, number, place);
            case Shape.ListOf list -> list(node, list, place);
            case Shape.Keys keys -> keys(node, keys, place);
            case Shape.OneOf oneOf -> oneOf(node, oneOf, place);
            case Shape.Anything() -> Optional.of(new Located(plain(node), line(node)));
        };
    }

    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    private Optional<Located> wrong(Node node, String place, String mend) {
        fault(line(node), place, mend);
        return Optional.empty();
    }

    private Optional<Located> text(Node node, Shape.Text shape, String place) {
        if (!(node instanceof ScalarNode scalar) || scalar.getTag().equals(Tag.NULL)) {
            return wrong(node, place, "write " + shape.mend());
        }
        String value = scalar.getValue();
        if (value.length() > shape.mostCharacters()) {
            return wrong(node, place, "at most " + shape.mostCharacters() + " characters");
        }
        if (!shape.pattern().matcher(value).matches()) {
            return wrong(node, place, "write " + shape.mend());
        }
        return Optional.of(new Located(value, line(node)));
    }

    private Optional<Located> choice(Node node, Shape.Choice shape, String place) {
        if (node instanceof ScalarNode scalar && shape.words().contains(scalar.getValue())) {
            return Optional.of(new Located(scalar.getValue(), line(node)));
        }
        return wrong(node, place, "write one of " + String.join(", ", shape.words()));
    }

    private Optional<Located> flag(Node node, String place) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
            return Optional.of(
                    new Located(
                            scalar.getValue().toLowerCase(Locale.ROOT).equals("true"), line(node)));
        }
        return wrong(node, place, "write true or false");
    }

    private Optional<Located> number(Node node, Shape.WholeNumber shape, String place) {
        String mend =
                "write a whole number of "
                        + shape.unit()
                        + " from "
                        + shape.least()
                        + " to "
                        + shape.most();
        if (!(node instanceof ScalarNode scalar) || !scalar.getTag().equals(Tag.INT)) {
            return wrong(node, place, mend);
        }
        try {
            int value = Integer.parseInt(scalar.getValue());
            return value >= shape.least() && value <= shape.most()
                    ? Optional.of(new Located(value, line(node)))
                    : wrong(node, place, mend);
        } catch (NumberFormatException e) {
            return wrong(node, place, mend);
        }
    }

    private Optional<Located> list(Node node, Shape.ListOf shape, String place) {
        if (!(node instanceof SequenceNode sequence)) {
            return wrong(node, place, "write a list");
        }
        if (sequence.getValue().size() > shape.most()) {
            return wrong(node, place, "at most " + shape.most() + " entries");
        }
        List<Located> values = new ArrayList<>();
        int index = 0;
        for (Node entry : sequence.getValue()) {
            check(entry, shape.of(), place + "[" + index++ + "]").ifPresent(values::add);
        }
        return Optional.of(new Located(values, line(node)));
    }

    private Optional<Located> keys(Node node, Shape.Keys shape, String place) {
        if (!(node instanceof MappingNode mapping)) {
            return wrong(
                    node,
                    place,
                    "write an object with " + String.join(", ", shape.keys().keySet()));
        }
        int before = faults.size();
        Map<String, Located> values = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
            Shape.Key known = shape.keys().get(key);
            if (!seen.add(key)) {
                fault(line(tuple.getKeyNode()), place, "the key '" + shown(key) + "' stands twice");
                continue;
            }
            if (known == null) {
                fault(
                        line(tuple.getKeyNode()),
                        place,
                        "there is no key '"
                                + shown(key)
                                + "' here"
                                + meant(key, shape.keys().keySet()));
                continue;
            }
            check(tuple.getValueNode(), known.shape(), below(place, key))
                    .ifPresent(value -> values.put(key, value));
        }
        shape.keys()
                .forEach((key, known) -> {
                    if (known.required() && !has(mapping, key)) {
                        fault(line(node), place, "the key '" + key + "' is missing");
                    }
                });
        return faults.size() == before
                ? Optional.of(new Located(values, line(node)))
                : Optional.empty();
    }

    private Optional<Located> oneOf(Node node, Shape.OneOf shape, String place) {
        String mend = "write one of {" + String.join(": …}, {", shape.keys().keySet()) + ": …}";
        if (!(node instanceof MappingNode mapping) || mapping.getValue().size() != 1) {
            return wrong(node, place, mend);
        }
        NodeTuple tuple = mapping.getValue().getFirst();
        String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
        Shape of = shape.keys().get(key);
        if (of == null) {
            return wrong(node, place, mend);
        }
        return check(tuple.getValueNode(), of, below(place, key))
                .map(value -> new Located(Map.of(key, value), line(node)));
    }

    /** As plain maps, lists and scalars, for what is JSON within the YAML. */
    private static Object plain(Node node) {
        return switch (node) {
            case MappingNode mapping -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (NodeTuple tuple : mapping.getValue()) {
                    if (tuple.getKeyNode() instanceof ScalarNode key) {
                        map.put(key.getValue(), plain(tuple.getValueNode()));
                    }
                }
                yield map;
            }
            case SequenceNode sequence -> sequence.getValue().stream().map(Checker::plain).toList();
            case ScalarNode scalar -> scalar.getValue();
            default -> "";
        };
    }

    private static boolean has(MappingNode mapping, String key) {
        return mapping.getValue().stream()
                .anyMatch(tuple ->
                        tuple.getKeyNode() instanceof ScalarNode scalar
                                && scalar.getValue().equals(key));
    }

    private static String below(String place, String key) {
        return place.isEmpty() ? key : place + "." + key;
    }

    private static String shown(String key) {
        return key.length() <= 40 ? key : key.substring(0, 40) + "…";
    }

    private static String meant(String key, Set<String> known) {
        return known.stream()
                .filter(other -> distance(key, other) <= 2)
                .findFirst()
                .map(other -> "; did you mean '" + other + "'?")
                .orElse("; there are " + String.join(", ", known));
    }

    /** Levenshtein's distance, without regard to case. */
    private static int distance(String one, String other) {
        String a = one.toLowerCase(Locale.ROOT);
        String b = other.toLowerCase(Locale.ROOT);
        if (Math.abs(a.length() - b.length()) > 2) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
