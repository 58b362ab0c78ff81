package dev.monban.server.platform.outgoing;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the gate may call: https at addresses of the public Internet, and what the operator has
 * declared besides. Only what is declared may be plain http.
 */
public final class Destinations {

    /** None but the public Internet. */
    public static final Destinations PUBLIC = new Destinations(List.of());

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_NAME = 253;

    /** RFC 1123, section 2.1; the last label begins with a letter, so that it is no number. */
    private static final Pattern NAME =
            Pattern.compile(
                    "([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)*[a-z]([a-z0-9-]*[a-z0-9])?");

    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern WITH_PORT = Pattern.compile("(\\[[^\\]]+]|[^:]+):(\\d{1,5})");

    private final List<Exemption> exemptions;

    private Destinations(List<Exemption> exemptions) {
        this.exemptions = List.copyOf(exemptions);
    }

    /** What the operator has declared. */
    private sealed interface Exemption {
        /** Empty for every port. */
        Optional<Integer> port();

        /** All the addresses of a name. */
        record OfName(String name, Optional<Integer> port) implements Exemption {}

        record OfNetwork(Network network, Optional<Integer> port) implements Exemption {}

        default boolean fits(int asked) {
            return port().isEmpty() || port().get() == asked;
        }
    }

    /**
     * Reads what is declared: networks ({@code 10.0.5.0/24}, {@code fd00::/8}), addresses and
     * names, the latter two with a port where only that is meant ({@code 10.0.5.7:8443}, {@code
     * [fd00::7]:8443}, {@code idp.internal:8443}).
     *
     * @throws IllegalArgumentException where one of them is none of these; the message names it
     */
    public static Destinations allowing(List<String> declared) {
        List<Exemption> exemptions = new ArrayList<>();
        for (String one : declared) {
            exemptions.add(exemption(one.toLowerCase(Locale.ROOT)));
        }
        return new Destinations(exemptions);
    }

    private static Exemption exemption(String text) {
        Matcher withPort = WITH_PORT.matcher(text);
        String host = text;
        Optional<Integer> port = Optional.empty();
        if (withPort.matches()) {
            host = withPort.group(1);
            int number = Integer.parseInt(withPort.group(2));
            if (number < 1 || number > MAX_PORT) {
                throw new IllegalArgumentException("'" + text + "': no such port");
            }
            port = Optional.of(number);
        }
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        if (isName(bare)) {
            return new Exemption.OfName(bare, port);
        }
        try {
            String address = bare.split("/", 2)[0];
            if (!address.contains(":") && !isIpv4(address)) {
                throw new IllegalArgumentException("not four numbers");
            }
            return new Exemption.OfNetwork(Network.parse(bare), port);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'"
                            + text
                            + "' is no host and no network; write it as idp.internal,"
                            + " idp.internal:8443, 10.0.5.7:8443, [fd00::7]:8443 or 10.0.5.0/24",
                    e);
        }
    }

    private static boolean isName(String host) {
        return host.length() <= MAX_NAME && NAME.matcher(host).matches();
    }

    /**
     * A target before its name is resolved.
     *
     * @param host in lower case; an IPv6 literal without brackets
     */
    record Target(boolean secure, String host, int port) {

        /** As the line of the call is known by. */
        String key() {
            return host + ":" + port;
        }
    }

    /**
     * Takes an address apart.
     *
     * @throws CallFailed (REFUSED) where it is no plain http or https address of a host
     */
    static Target target(URI uri) throws CallFailed {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw new CallFailed(Result.REFUSED, "only https addresses are called");
        }
        if (uri.getRawUserInfo() != null) {
            throw new CallFailed(Result.REFUSED, "an address with a user name is not called");
        }
        String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
        boolean literal = host.startsWith("[") && host.endsWith("]");
        String bare = literal ? host.substring(1, host.length() - 1) : host;
        // Numbers in other forms (decimal, hex, octal) are read as addresses by some resolvers.
        if (uri.getHost() == null
                || bare.contains("%")
                || !(literal || isName(bare) || isIpv4(bare))) {
            throw new CallFailed(
                    Result.REFUSED,
                    "the address has no host name and no address in its usual form");
        }
        boolean secure = scheme.equals("https");
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? HTTPS_PORT : HTTP_PORT;
        if (port < 1 || port > MAX_PORT) {
            throw new CallFailed(Result.REFUSED, "there is no port " + port);
        }
        return new Target(secure, bare, port);
    }

    /** Four decimal numbers without leading zeros, which some read as octal. */
    private static boolean isIpv4(String host) {
        if (!IPV4.matcher(host).matches()) {
            return false;
        }
        for (String number : host.split("\\.", -1)) {
            if (Integer.parseInt(number) > 255 || (number.length() > 1 && number.startsWith("0"))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a target may be called at the addresses that its name has come to. All of them count:
     * where one is refused, none is called.
     *
     * @throws CallFailed (REFUSED) naming what is wrong and what the operator can do
     */
    void check(Target target, List<InetAddress> addresses) throws CallFailed {
        for (InetAddress address : addresses) {
            if (isExempt(target, address)) {
                continue;
            }
            Optional<String> why = PublicAddresses.whyNotPublic(address);
            if (why.isPresent()) {
                throw new CallFailed(
                        Result.REFUSED,
                        target.key()
                                + " is not called: "
                                + address.getHostAddress()
                                + " is "
                                + why.get()
                                + "; where it is meant, declare it under outgoing: allow:");
            }
            if (!target.secure()) {
                throw new CallFailed(
                        Result.REFUSED,
                        target.key()
                                + " is not called: over the network it must be https; where plain"
                                + " http is meant, declare it under outgoing: allow:");
            }
        }
    }

    /** A metadata service is exempt only where its very address is declared. */
    private boolean isExempt(Target target, InetAddress address) {
        boolean metadata = PublicAddresses.isMetadata(address);
        for (Exemption one : exemptions) {
            boolean covers =
                    one.fits(target.port())
                            && switch (one) {
                                case Exemption.OfName(String name, var port) ->
                                        !metadata && name.equals(target.host());
                                case Exemption.OfNetwork(Network network, var port) ->
                                        network.contains(address)
                                                && (!metadata || network.isOneAddress());
                            };
            if (covers) {
                return true;
            }
        }
        return false;
    }
}
