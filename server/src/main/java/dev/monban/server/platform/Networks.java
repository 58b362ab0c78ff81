package dev.monban.server.platform;

import com.maxmind.db.CHMCache;
import com.maxmind.db.Reader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells which network and which country an address belongs to, from files in MaxMind's format
 * (.mmdb). Several files complete each other; without any, nothing is known.
 */
public final class Networks implements AutoCloseable {

    private static final String AUTONOMOUS_SYSTEM = "AS";
    private static final int COUNTRY_CHARACTERS = 2;

    private final List<Reader> files;

    private Networks(List<Reader> files) {
        this.files = files;
    }

    /**
     * Opens the files.
     *
     * @throws BadInput where one cannot be read
     */
    public static Networks of(List<Path> paths) {
        List<Reader> files = new ArrayList<>();
        for (Path path : paths) {
            try {
                files.add(new Reader(path.toFile(), new CHMCache()));
            } catch (IOException | RuntimeException e) {
                files.forEach(Networks::close);
                throw new BadInput(
                        path
                                + " is no database of networks: give a file in MaxMind's format,"
                                + " such as GeoLite2-ASN.mmdb ("
                                + e.getMessage()
                                + ")");
            }
        }
        return new Networks(List.copyOf(files));
    }

    /**
     * Where an address is.
     *
     * @param network number of the autonomous system; 0 where it is not known
     * @param country ISO 3166-1 alpha-2; {@code null} where it is not known
     */
    public record Origin(long network, @Nullable String country) {
        static final Origin UNKNOWN = new Origin(0, null);
    }

    /**
     * Looks an address up.
     *
     * @param address an IP address as text
     */
    public Origin origin(String address) {
        if (files.isEmpty()) {
            return Origin.UNKNOWN;
        }
        long network = 0;
        String country = null;
        for (Reader file : files) {
            Map<?, ?> found = find(file, address);
            if (found != null) {
                network = network == 0 ? network(found) : network;
                country = country == null ? country(found) : country;
            }
        }
        return new Origin(network, country);
    }

    private static @Nullable Map<?, ?> find(Reader file, String address) {
        try {
            return file.get(InetAddress.ofLiteral(address), Map.class);
        } catch (IOException | IllegalArgumentException e) {
            // An address of the other version, or none: nothing is known of it.
            return null;
        }
    }

    /** As GeoLite2 writes it, or as others do: AS2516. */
    private static long network(Map<?, ?> found) {
        Object number = found.get("autonomous_system_number");
        if (number == null) {
            number = found.get("asn");
        }
        return switch (number) {
            case Number n -> n.longValue();
            case String text when text.startsWith(AUTONOMOUS_SYSTEM) && text.length() < 13 ->
                    Long.parseUnsignedLong(text.substring(AUTONOMOUS_SYSTEM.length()));
            case null, default -> 0;
        };
    }

    /** As GeoLite2 writes it, or as others do: country_code. */
    private static @Nullable String country(Map<?, ?> found) {
        Object code =
                found.get("country") instanceof Map<?, ?> country
                        ? country.get("iso_code")
                        : found.get("country_code");
        return code instanceof String text && text.length() == COUNTRY_CHARACTERS ? text : null;
    }

    @Override
    public void close() {
        files.forEach(Networks::close);
    }

    private static void close(Reader file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new IllegalStateException("a file that is only read can be closed", e);
        }
    }
}
