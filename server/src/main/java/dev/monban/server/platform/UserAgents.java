package dev.monban.server.platform;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names browsers so that people know their own again. */
public final class UserAgents {

    /** What is sent, and its name; the first that fits is right, as most claim to be several. */
    private static final List<List<String>> BROWSERS =
            List.of(
                    List.of("Edg", "Edge"),
                    List.of("OPR/", "Opera"),
                    List.of("Firefox/", "Firefox"),
                    List.of("FxiOS/", "Firefox"),
                    List.of("CriOS/", "Chrome"),
                    List.of("Chrome/", "Chrome"),
                    List.of("Safari/", "Safari"));

    private static final List<List<String>> SYSTEMS =
            List.of(
                    List.of("iPhone", "iPhone"),
                    List.of("iPad", "iPad"),
                    List.of("Android", "Android"),
                    List.of("Windows", "Windows"),
                    List.of("Mac OS X", "macOS"),
                    List.of("CrOS", "ChromeOS"),
                    List.of("Linux", "Linux"));

    private UserAgents() {}

    /** Such as {@code Edge · Windows}; an empty text where nothing is known. */
    public static String name(@Nullable String userAgent) {
        if (userAgent == null) {
            return "";
        }
        String browser = first(BROWSERS, userAgent);
        String system = first(SYSTEMS, userAgent);
        return browser.isEmpty() || system.isEmpty() ? browser + system : browser + " · " + system;
    }

    private static String first(List<List<String>> names, String userAgent) {
        return names.stream()
                .filter(name -> userAgent.contains(name.getFirst()))
                .findFirst()
                .map(List::getLast)
                .orElse("");
    }
}
