package dev.monban.server.declare;

import static dev.monban.server.declare.Shape.optional;

import dev.monban.server.audit.Retention;
import dev.monban.server.declare.Shape.Keys;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What {@code monban.yaml} may hold for the whole gate. */
final class OptionsShape {

    static final Shape.Key VERSION =
            optional(
                    new Shape.WholeNumber(1, Integer.MAX_VALUE, ""),
                    "Number of this file, raised with each change: a node with a lower one does not"
                            + " undo a higher one.");

    static final Shape.Key PASSKEYS =
            optional(
                    keys(
                            Map.entry(
                                    "rpId",
                                    optional(
                                            new Shape.Text(
                                                    Pattern.compile("[a-z0-9-]+(\\.[a-z0-9-]+)*"),
                                                    "a domain such as example.com",
                                                    253),
                                            "The domain that passkeys belong to: the issuer's host,"
                                                    + " or one above it, within which the issuer"
                                                    + " may move. When it changes, all passkeys are"
                                                    + " lost; the issuer's host unless given."))),
                    "Passkeys of this gate.");

    static final Keys RETENTION =
            keys(
                    Map.entry(
                            "attemptsDays",
                            days(
                                    "Attempts to sign in, what became known of them, campaigns and"
                                            + " decisions about them; at least 60, and 400 unless"
                                            + " given. Whole months are dropped.")),
                    Map.entry(
                            "eventsDays",
                            days(
                                    "Events of the audit log; at least 60, and 400 unless given."
                                            + " Whole months are dropped.")),
                    Map.entry(
                            "casesDays",
                            days("Cases of the desk; at least 10, and 400 unless given.")),
                    Map.entry(
                            "formerPasswordsDays",
                            days("Hashes of passwords that were replaced; 180 unless given.")));

    private OptionsShape() {}

    /** What is too short is refused by {@link Retention}, which says why. */
    private static Shape.Key days(String about) {
        return optional(new Shape.WholeNumber(0, (int) Retention.MAX.toDays(), "days"), about);
    }

    @SafeVarargs
    private static Keys keys(Map.Entry<String, Shape.Key>... entries) {
        Map<String, Shape.Key> map = new LinkedHashMap<>();
        for (Map.Entry<String, Shape.Key> entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return new Keys(map);
    }
}
