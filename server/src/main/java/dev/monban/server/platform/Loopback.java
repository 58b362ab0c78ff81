package dev.monban.server.platform;

import java.util.Locale;
import java.util.regex.Pattern;

/** Names and addresses of this machine. */
public final class Loopback {

    private static final Pattern ADDRESS = Pattern.compile("127(\\.\\d{1,3}){3}|\\[::1]");
    private static final Pattern PORT = Pattern.compile(":\\d{0,5}$");

    private Loopback() {}

    /**
     * Whether this is the machine itself: {@code localhost} and names below it (RFC 6761, section
     * 6.3), 127.0.0.0/8 and {@code [::1]}.
     *
     * @param host without a port, as URIs write it
     */
    public static boolean isHost(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.equals("localhost")
                || lower.endsWith(".localhost")
                || ADDRESS.matcher(lower).matches();
    }

    /**
     * The same for a header.
     *
     * @param header {@code Host}, with or without a port
     */
    static boolean isHostHeader(String header) {
        return isHost(PORT.matcher(header.strip()).replaceFirst(""));
    }
}
