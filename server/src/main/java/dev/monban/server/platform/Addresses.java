package dev.monban.server.platform;

import dev.monban.core.watch.SourceNetwork;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a request comes from. Behind proxies the connection's other end is not the client; only
 * proxies that the operator trusts are believed when they say who is ({@code X-Forwarded-For},
 * {@code Forwarded} of RFC 7239).
 */
public final class Addresses {

    /** What proxies add and browsers do not send. */
    private static final List<String> PROXY_HEADERS =
            List.of("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto");

    private final List<Network> trusted;
    private final ProxyHeader header;
    private final UndeclaredProxies undeclared;

    /**
     * The header that the trusted proxies write. Only that one is read: another would be the
     * client's own word.
     */
    public enum ProxyHeader {
        X_FORWARDED_FOR,
        FORWARDED
    }

    /**
     * @param trusted networks of proxies, such as {@code 10.0.0.0/8} or {@code ::1}
     * @throws BadInput where one of them is not a network
     */
    public Addresses(List<String> trusted, ProxyHeader header) {
        this(trusted, header, new UndeclaredProxies(System::nanoTime));
    }

    Addresses(List<String> trusted, ProxyHeader header, UndeclaredProxies undeclared) {
        this.undeclared = undeclared;
        this.header = header;
        this.trusted = trusted.stream().map(Network::parse).toList();
    }

    /**
     * The client's end of a request.
     *
     * @param source what it is counted as
     */
    public record Origin(String address, SourceKey source, boolean secure) {}

    /** How many requests came through proxies that nobody has declared. */
    public long undeclaredRequests() {
        return undeclared.requests();
    }

    /**
     * @param peer the other end of the connection
     * @param secure whether the connection itself is TLS
     * @param http10 whether it speaks HTTP/1.0, as nginx does by default and browsers do not
     */
    public Origin origin(InetAddress peer, boolean secure, boolean http10, Request.Source headers) {
        if (!isTrusted(peer)) {
            return new Origin(text(peer), source(peer, http10, headers), secure);
        }
        List<Hop> hops = hops(headers);
        InetAddress client = peer;
        boolean clientSecure = secure;
        for (int i = hops.size() - 1; i >= 0 && isTrusted(client); i--) {
            Hop hop = hops.get(i);
            Optional<InetAddress> address = literal(hop.address());
            if (address.isEmpty()) {
                break;
            }
            client = address.get();
            clientSecure = hop.secure().orElse(clientSecure);
        }
        return new Origin(text(client), SourceKey.of(text(client)), clientSecure);
    }

    /**
     * What a peer that is not trusted counts as. A stranger on the Internet is never a local peer:
     * there, signs of a proxy mean that the operator has forgotten to declare it.
     */
    private SourceKey source(InetAddress peer, boolean http10, Request.Source headers) {
        boolean local = UndeclaredProxies.isLocal(peer);
        String sign =
                PROXY_HEADERS.stream()
                        .filter(name -> !headers.headers(name).isEmpty())
                        .findFirst()
                        .orElse(local && http10 ? "a request in HTTP/1.0" : "");
        if (sign.isEmpty()) {
            return SourceKey.of(text(peer));
        }
        undeclared.seen(peer, sign);
        if (!local) {
            return SourceKey.of(text(peer));
        }
        return SourceKey.behind(
                text(peer), named(headers).flatMap(Addresses::literal).map(Addresses::text));
    }

    /** The client that an undeclared proxy names: the last, as that is what proxies add. */
    private static Optional<String> named(Request.Source headers) {
        List<String> forwardedFor = headers.headers("X-Forwarded-For");
        if (!forwardedFor.isEmpty()) {
            String last = forwardedFor.getLast();
            return Optional.of(last.substring(last.lastIndexOf(',') + 1).strip());
        }
        List<String> forwarded = headers.headers("Forwarded");
        if (!forwarded.isEmpty()) {
            String last = forwarded.getLast();
            return Optional.of(forwarded(last.substring(last.lastIndexOf(',') + 1)).address());
        }
        return headers.headers("X-Real-IP").stream().findFirst().map(String::strip);
    }

    /** The address itself for IPv4, its /64 for IPv6: one household or one office. */
    public static String network(String address) {
        return literal(address)
                .filter(Inet6Address.class::isInstance)
                .map(found -> SourceNetwork.of(text(found)))
                .orElse(address);
    }

    private record Hop(String address, Optional<Boolean> secure) {}

    private List<Hop> hops(Request.Source headers) {
        return switch (header) {
            case FORWARDED ->
                    headers.headers("Forwarded").stream()
                            .flatMap(line -> Stream.of(line.split(",", -1)))
                            .map(Addresses::forwarded)
                            .toList();
            case X_FORWARDED_FOR -> forwardedFor(headers);
        };
    }

    private static List<Hop> forwardedFor(Request.Source headers) {
        List<Hop> hops = new ArrayList<>();
        Optional<Boolean> secure =
                headers.headers("X-Forwarded-Proto").stream()
                        .findFirst()
                        .map(proto -> proto.strip().equalsIgnoreCase("https"));
        for (String line : headers.headers("X-Forwarded-For")) {
            for (String address : line.split(",", -1)) {
                hops.add(new Hop(address.strip(), secure));
            }
        }
        return hops;
    }

    /** One element of RFC 7239, section 4: {@code for=192.0.2.60;proto=https}. */
    private static Hop forwarded(String element) {
        String address = "";
        Optional<Boolean> secure = Optional.empty();
        for (String pair : element.split(";", -1)) {
            String[] parts = pair.strip().split("=", 2);
            if (parts.length != 2) {
                continue;
            }
            String value = parts[1].strip().replace("\"", "");
            if (parts[0].equalsIgnoreCase("for")) {
                address = value;
            } else if (parts[0].equalsIgnoreCase("proto")) {
                secure = Optional.of(value.equalsIgnoreCase("https"));
            }
        }
        return new Hop(address, secure);
    }

    private boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    static String text(InetAddress address) {
        return address.getHostAddress().split("%", 2)[0];
    }

    /** An address written in digits, perhaps with brackets and a port; never looks a name up. */
    private static Optional<InetAddress> literal(String text) {
        String bare = text;
        if (bare.startsWith("[")) {
            int end = bare.indexOf(']');
            if (end < 0) {
                return Optional.empty();
            }
            bare = bare.substring(1, end);
        } else if (bare.indexOf(':') == bare.lastIndexOf(':') && bare.indexOf(':') >= 0) {
            bare = bare.substring(0, bare.indexOf(':'));
        }
        try {
            return Optional.of(InetAddress.ofLiteral(bare));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private record Network(byte[] prefix, int bits) {

        static Network parse(String text) {
            String[] parts = text.split("/", 2);
            try {
                byte[] prefix = InetAddress.ofLiteral(parts[0]).getAddress();
                int most = prefix.length * 8;
                int bits = parts.length == 1 ? most : Integer.parseInt(parts[1]);
                if (bits < 0 || bits > most) {
                    throw new IllegalArgumentException();
                }
                return new Network(prefix, bits);
            } catch (IllegalArgumentException e) {
                throw new BadInput(
                        "'" + text + "' is not a network; write it as 10.0.0.0/8 or 2001:db8::/32");
            }
        }

        boolean contains(InetAddress address) {
            byte[] bytes = address.getAddress();
            if (bytes.length != prefix.length) {
                return false;
            }
            int whole = bits / 8;
            if (!Arrays.equals(bytes, 0, whole, prefix, 0, whole)) {
                return false;
            }
            int rest = bits % 8;
            return rest == 0 || ((bytes[whole] ^ prefix[whole]) & 0xff) >>> (8 - rest) == 0;
        }
    }
}
