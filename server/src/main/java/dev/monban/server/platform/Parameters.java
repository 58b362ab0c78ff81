package dev.monban.server.platform;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Parameters of a query or of a form, {@code application/x-www-form-urlencoded} as the WHATWG URL
 * standard has it (section 5), but strict: what is not well-formed is refused, never guessed.
 */
public final class Parameters {

    /** More than any specification needs; keeps a hostile form cheap. */
    private static final int MOST = 200;

    public static final Parameters NONE = new Parameters(Map.of());

    private final Map<String, List<String>> values;

    private Parameters(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * @param encoded the part after the question mark, or the body of a form
     * @throws Malformed where a percent sign is not followed by two hexadecimal digits, the bytes
     *     are not UTF-8, a NUL is in them, or there are more than 200 parameters
     */
    public static Parameters parse(String encoded) throws Malformed {
        if (encoded.isEmpty()) {
            return NONE;
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        int count = 0;
        for (String pair : encoded.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            if (++count > MOST) {
                throw new Malformed("more than " + MOST + " parameters");
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            values.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
        }
        return new Parameters(values);
    }

    /** The parameter's value; empty where it is absent. The first where it was sent twice. */
    public Optional<String> get(String name) {
        List<String> all = values.get(name);
        return all == null ? Optional.empty() : Optional.of(all.getFirst());
    }

    /** The parameter's value, or an empty string where it is absent. */
    public String text(String name) {
        return get(name).orElse("");
    }

    /** All values of the parameter, in the order of sending. */
    public List<String> all(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }

    /** The name of a parameter that was sent more than once (forbidden by RFC 6749, 3.1). */
    public Optional<String> repeated() {
        return values.entrySet().stream()
                .filter(e -> e.getValue().size() > 1)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * The same without those that were sent without a value: they count as omitted (RFC 6749,
     * section 3.1).
     */
    public Parameters withoutEmpty() {
        Map<String, List<String>> sent = new LinkedHashMap<>();
        values.forEach((name, all) -> {
            List<String> some = all.stream().filter(value -> !value.isEmpty()).toList();
            if (!some.isEmpty()) {
                sent.put(name, some);
            }
        });
        return new Parameters(sent);
    }

    /** All of them, in the order of sending. */
    public Map<String, List<String>> asMap() {
        return values;
    }

    private static String decode(String encoded) throws Malformed {
        if (encoded.indexOf('%') < 0 && encoded.indexOf('+') < 0 && isAscii(encoded)) {
            return encoded;
        }
        ByteBuffer bytes = ByteBuffer.allocate(encoded.length() * 3);
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                if (i + 2 >= encoded.length()) {
                    throw new Malformed("a percent sign without two digits");
                }
                int high = Character.digit(encoded.charAt(i + 1), 16);
                int low = Character.digit(encoded.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    throw new Malformed("a percent sign without two hexadecimal digits");
                }
                bytes.put((byte) (high << 4 | low));
                i += 2;
            } else if (c == '+') {
                bytes.put((byte) ' ');
            } else if (c < 0x80) {
                bytes.put((byte) c);
            } else {
                throw new Malformed("a character that is not encoded");
            }
        }
        bytes.flip();
        try {
            String decoded =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)
                            .decode(bytes)
                            .toString();
            if (decoded.indexOf('\0') >= 0) {
                throw new Malformed("a NUL");
            }
            return decoded;
        } catch (CharacterCodingException e) {
            throw new Malformed("bytes that are not UTF-8");
        }
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80 || text.charAt(i) == 0) {
                return false;
            }
        }
        return true;
    }

    /** The parameters are not well-formed; the message says how, without repeating them. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String how) {
            super(how);
        }
    }
}
