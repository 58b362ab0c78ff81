package dev.monban.server.platform.outgoing;

import java.net.InetAddress;
import java.util.Arrays;

/**
 * A network (RFC 4632, RFC 4291).
 *
 * @param bits that all its addresses have in common
 */
record Network(byte[] prefix, int bits) {

    /**
     * Reads {@code 10.0.0.0/8}, {@code fd00::/8}, or an address alone.
     *
     * @throws IllegalArgumentException where it is none
     */
    static Network parse(String text) {
        String[] parts = text.split("/", 2);
        byte[] prefix = InetAddress.ofLiteral(parts[0]).getAddress();
        int most = prefix.length * Byte.SIZE;
        int bits = parts.length == 1 ? most : Integer.parseInt(parts[1]);
        if (bits < 0 || bits > most) {
            throw new IllegalArgumentException("a network of " + bits + " bits");
        }
        return new Network(prefix, bits);
    }

    /** Whether it is one address alone. */
    boolean isOneAddress() {
        return bits == prefix.length * Byte.SIZE;
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != prefix.length) {
            return false;
        }
        int whole = bits / Byte.SIZE;
        if (!Arrays.equals(bytes, 0, whole, prefix, 0, whole)) {
            return false;
        }
        int rest = bits % Byte.SIZE;
        return rest == 0 || ((bytes[whole] ^ prefix[whole]) & 0xff) >>> (Byte.SIZE - rest) == 0;
    }
}
