package dev.monban.server.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** The catalogue of all words on pages, in one language. */
public final class Texts {

    /** The product's first users are in Japan; people may set another for themselves. */
    public static final ZoneId ZONE = ZoneId.of("Asia/Tokyo");

    private static final Map<Language, Texts> ALL = new EnumMap<>(Language.class);

    static {
        for (Language language : Language.values()) {
            ALL.put(language, new Texts(language, load(language)));
        }
    }

    private final Language language;
    private final Map<String, String> texts;

    private Texts(Language language, Map<String, String> texts) {
        this.language = language;
        this.texts = texts;
    }

    public static Texts in(Language language) {
        Texts texts = ALL.get(language);
        if (texts == null) {
            throw new IllegalStateException("every language has its catalogue");
        }
        return texts;
    }

    public Language language() {
        return language;
    }

    /** All texts by their keys. */
    public Map<String, String> all() {
        return texts;
    }

    /**
     * The text of this key, with {@code {0}}, {@code {1}} … replaced by the values.
     *
     * @throws IllegalArgumentException where the catalogue has no such key
     */
    public String get(String key, Object... values) {
        String text = texts.get(key);
        if (text == null) {
            throw new IllegalArgumentException("no text " + key + " in " + language.tag());
        }
        for (int i = 0; i < values.length; i++) {
            text = text.replace("{" + i + "}", String.valueOf(values[i]));
        }
        return text;
    }

    /**
     * The text of this key; where there is none, as a later release has made the code, the code.
     */
    public String ofCode(String key, String code) {
        return texts.getOrDefault(key, code);
    }

    /** A time as people of this language write it, with its zone. */
    public String time(Instant instant) {
        return time(instant, ZONE);
    }

    /** The same in another zone. */
    public String time(Instant instant, ZoneId zone) {
        DateTimeFormatter format =
                language == Language.JA
                        ? DateTimeFormatter.ofPattern("yyyy年M月d日(E)H:mm", Locale.JAPANESE)
                        : DateTimeFormatter.ofPattern("d MMM yyyy, H:mm", Locale.ENGLISH);
        DateTimeFormatter name = DateTimeFormatter.ofPattern("z", Locale.ENGLISH);
        return format.format(instant.atZone(zone)) + " " + name.format(instant.atZone(zone));
    }

    private static Map<String, String> load(Language language) {
        String name = "/texts/" + language.tag() + ".properties";
        Properties properties = new Properties();
        try (InputStream in = Texts.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no catalogue " + name);
            }
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.entrySet().stream()
                .collect(
                        Collectors.toUnmodifiableMap(
                                e -> (String) e.getKey(), e -> (String) e.getValue()));
    }
}
