package dev.monban.server.platform.outgoing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which addresses belong to the public Internet. IPv4: all but the special-purpose networks of
 * IANA's registry (RFC 6890). IPv6: global unicast alone (2000::/3, RFC 4291), without the
 * special-purpose networks in it, and IPv4 behind NAT64 (RFC 6052) as the IPv4 address that it is.
 */
final class PublicAddresses {

    private static final int IPV4_BYTES = 4;
    private static final int NAT64_BITS = 96;

    private record Special(Network network, String what) {}

    private static final List<Special> IPV4 =
            List.of(
                    special("0.0.0.0/8", "unspecified"),
                    special("10.0.0.0/8", "private (RFC 1918)"),
                    special("100.64.0.0/10", "of a carrier's NAT (RFC 6598)"),
                    special("127.0.0.0/8", "loopback"),
                    special("169.254.0.0/16", "link-local"),
                    special("172.16.0.0/12", "private (RFC 1918)"),
                    special("192.0.0.0/24", "reserved (RFC 6890)"),
                    special("192.0.2.0/24", "for documentation"),
                    special("192.88.99.0/24", "reserved (RFC 7526)"),
                    special("192.168.0.0/16", "private (RFC 1918)"),
                    special("198.18.0.0/15", "for benchmarks"),
                    special("198.51.100.0/24", "for documentation"),
                    special("203.0.113.0/24", "for documentation"),
                    special("224.0.0.0/4", "multicast"),
                    special("240.0.0.0/4", "reserved or broadcast"));

    private static final Network GLOBAL_UNICAST = Network.parse("2000::/3");

    private static final List<Special> IPV6 =
            List.of(
                    special("2001::/23", "reserved (RFC 2928), Teredo among it"),
                    special("2001:db8::/32", "for documentation"),
                    special("2002::/16", "6to4"),
                    special("3fff::/20", "for documentation"));

    /** Said of addresses outside global unicast, so that the message is of use. */
    private static final List<Special> OTHER_IPV6 =
            List.of(
                    special("::1/128", "loopback"),
                    special("::/128", "unspecified"),
                    special("fc00::/7", "private (RFC 4193)"),
                    special("fe80::/10", "link-local"),
                    special("ff00::/8", "multicast"));

    private static final Network NAT64 = Network.parse("64:ff9b::/96");

    /** RFC 4291, section 2.5.5.2; Java reads the text as IPv4. */
    private static final Network IPV4_MAPPED =
            new Network(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0}, NAT64_BITS);

    /** Where clouds give out their machines' credentials, whatever network it is in. */
    private static final Set<InetAddress> METADATA =
            Set.of(
                    InetAddress.ofLiteral("169.254.169.254"),
                    InetAddress.ofLiteral("169.254.170.2"),
                    InetAddress.ofLiteral("169.254.170.23"),
                    InetAddress.ofLiteral("168.63.129.16"),
                    InetAddress.ofLiteral("100.100.100.200"),
                    InetAddress.ofLiteral("192.0.0.192"),
                    InetAddress.ofLiteral("fd00:ec2::254"),
                    InetAddress.ofLiteral("fd00:ec2::23"),
                    InetAddress.ofLiteral("fd20:ce::254"));

    private PublicAddresses() {}

    private static Special special(String network, String what) {
        return new Special(Network.parse(network), what);
    }

    /** Whether a cloud's metadata service answers there. */
    static boolean isMetadata(InetAddress address) {
        return METADATA.contains(embedded(address).orElse(address));
    }

    /** What the address is, where it is none of the public Internet; empty where it is one. */
    static Optional<String> whyNotPublic(InetAddress address) {
        if (isMetadata(address)) {
            return Optional.of("of a cloud's metadata service");
        }
        Optional<InetAddress> inner = embedded(address);
        if (inner.isPresent()) {
            return whyNotPublic(inner.get());
        }
        if (address.getAddress().length == IPV4_BYTES) {
            return found(IPV4, address);
        }
        if (!GLOBAL_UNICAST.contains(address)) {
            return found(OTHER_IPV6, address).or(() -> Optional.of("not global unicast"));
        }
        return found(IPV6, address);
    }

    private static Optional<String> found(List<Special> networks, InetAddress address) {
        return networks.stream()
                .filter(special -> special.network().contains(address))
                .map(Special::what)
                .findFirst();
    }

    /** The IPv4 address in an IPv6 one that leads to it. */
    private static Optional<InetAddress> embedded(InetAddress address) {
        if (!NAT64.contains(address) && !IPV4_MAPPED.contains(address)) {
            return Optional.empty();
        }
        byte[] bytes = address.getAddress();
        try {
            return Optional.of(
                    InetAddress.getByAddress(
                            Arrays.copyOfRange(bytes, NAT64_BITS / Byte.SIZE, bytes.length)));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
