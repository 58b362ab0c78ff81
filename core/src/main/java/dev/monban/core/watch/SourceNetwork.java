package dev.monban.core.watch;

import java.net.InetAddress;

/**
 * What counts as one source: an IPv4 address, or the /64 of an IPv6 address, in which one machine
 * has as many addresses as it likes.
 */
public final class SourceNetwork {

    private static final int PREFIX_BYTES = 8;

    private SourceNetwork() {}

    /**
     * The source that an address belongs to.
     *
     * @param address in digits; anything else is its own source
     * @return an IPv4 address as it is, an IPv6 network such as {@code 2001:db8:0:1::/64}
     */
    public static String of(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        byte[] bytes;
        try {
            bytes = InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException e) {
            return address;
        }
        if (bytes.length < 2 * PREFIX_BYTES) {
            return address;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < PREFIX_BYTES; i += 2) {
            text.append(Integer.toHexString(((bytes[i] & 0xff) << 8) | (bytes[i + 1] & 0xff)))
                    .append(':');
        }
        return text.append(":/64").toString();
    }
}
