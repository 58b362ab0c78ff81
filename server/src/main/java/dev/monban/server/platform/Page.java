package dev.monban.server.platform;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What every template needs besides its own content. */
public final class Page {

    private final Texts texts;
    private final Assets assets;
    private final String formToken;
    private final String path;
    private final String rawQuery;

    Page(Texts texts, Assets assets, String formToken, String path, String rawQuery) {
        this.texts = texts;
        this.assets = assets;
        this.formToken = formToken;
        this.path = path;
        this.rawQuery = rawQuery;
    }

    public String language() {
        return texts.language().tag();
    }

    /** The text of this key in the reader's language. */
    public String text(String key, Object... values) {
        return texts.get(key, values);
    }

    /**
     * The text of a code that stands in the database; the code itself where this release does not
     * know it.
     *
     * @param kind of the code, before it in the key
     */
    public String code(String kind, String code) {
        return texts.ofCode(kind + "." + code, code);
    }

    /** The same, where there are several texts for it. */
    public String code(String kind, String code, String text) {
        return texts.ofCode(kind + "." + code + "." + text, code);
    }

    /** Whether there is such a text. */
    public boolean has(String key) {
        return texts.all().containsKey(key);
    }

    /** The text of this key, or where there is none, of the other with this value in it. */
    public String textOr(String key, String other, Object value) {
        return texts.all().containsKey(key) ? texts.get(key) : texts.get(other, value);
    }

    /**
     * Where an address is: its network and the name of its country, as far as they are known.
     *
     * @param network number of the autonomous system; 0 where it is not known
     * @param country ISO 3166-1
     */
    public String origin(long network, @Nullable String country) {
        String place =
                country == null
                        ? ""
                        : Locale.of("", country).getDisplayCountry(Locale.of(language()));
        String number = network == 0 ? "" : "AS" + network;
        return (number + " " + place).strip();
    }

    public String asset(String name) {
        return assets.path(name);
    }

    public String formToken() {
        return formToken;
    }

    /** This page in the other language. */
    public String inLanguage(String tag) {
        StringBuilder query = new StringBuilder();
        for (String pair : rawQuery.split("&", -1)) {
            if (!pair.isEmpty() && !pair.startsWith("lang=")) {
                query.append(pair).append('&');
            }
        }
        return path + "?" + query + "lang=" + tag;
    }

    /** A time as people of this language write it, with its zone. */
    public String time(Instant instant) {
        return time(instant, Texts.ZONE);
    }

    /** The same in another zone. */
    public String time(Instant instant, ZoneId zone) {
        // Held together by word joiners and hard spaces: no line ends within a time.
        return texts.time(instant, zone)
                .replace(' ', '\u00a0')
                .replace("(", "\u2060(\u2060")
                .replace(")", "\u2060)\u2060");
    }
}
