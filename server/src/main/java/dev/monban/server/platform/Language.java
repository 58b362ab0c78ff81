package dev.monban.server.platform;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The languages of the pages. The first is the one for people who do not say. */
public enum Language {
    JA,
    EN;

    /** Browsers send fewer than a hundred. */
    private static final int MAX_HEADER_CHARACTERS = 256;

    /** The tag of BCP 47, as in {@code lang="ja"}. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The language of a tag such as {@code en-GB}; empty for one that Monban does not speak. */
    public static Optional<Language> ofTag(String tag) {
        String primary = tag.split("-", 2)[0].toLowerCase(Locale.ROOT);
        for (Language language : values()) {
            if (language.tag().equals(primary)) {
                return Optional.of(language);
            }
        }
        return Optional.empty();
    }

    /** The first of these tags that Monban speaks ({@code ui_locales}, most wanted first). */
    public static Optional<Language> firstOf(List<String> tags) {
        return tags.stream().map(Language::ofTag).flatMap(Optional::stream).findFirst();
    }

    /**
     * What the browser asks for (RFC 9110, section 12.5.4); Japanese where it does not say. Of a
     * header that is longer than a browser's, the beginning counts: to parse one of 31 KB took 0.4
     * seconds.
     */
    public static Language ofAcceptLanguage(String header) {
        if (header.length() > MAX_HEADER_CHARACTERS) {
            int end = header.lastIndexOf(',', MAX_HEADER_CHARACTERS);
            return end < 0 ? JA : ofAcceptLanguage(header.substring(0, end));
        }
        try {
            return firstOf(
                            Locale.LanguageRange.parse(header).stream()
                                    .map(Locale.LanguageRange::getRange)
                                    .toList())
                    .orElse(JA);
        } catch (IllegalArgumentException e) {
            return JA;
        }
    }
}
