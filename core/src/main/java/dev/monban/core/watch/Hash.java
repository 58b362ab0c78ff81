package dev.monban.core.watch;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Keyed 64-bit hashes: what is remembered is remembered as these, never as text. */
final class Hash {

    private static final long PRIME = 0x9e3779b97f4a7c15L;
    private static final int IPV6_SITE_BYTES = 8;
    private static final int IPV6_NEIGHBOURHOOD_BYTES = 6;

    private final long key;

    Hash(long key) {
        this.key = mix(key ^ PRIME);
    }

    /** Of a text; 0 for none. */
    long of(@Nullable String text) {
        return text == null ? 0 : of(text, 0, text.length());
    }

    private long of(String text, int from, int to) {
        long h = key;
        for (int i = from; i < to; i++) {
            h = (h ^ text.charAt(i)) * PRIME;
            h ^= h >>> 29;
        }
        return nonZero(mix(h ^ (to - from)));
    }

    /** Of what stands behind the last {@code @}; of the whole where there is none. */
    long ofDomain(String identifier) {
        return of(identifier, identifier.lastIndexOf('@') + 1, identifier.length());
    }

    /** Of a browser's name without its versions, which change every month. */
    long ofFamily(@Nullable String userAgent) {
        if (userAgent == null) {
            return 0;
        }
        long h = key;
        for (int i = 0; i < userAgent.length(); i++) {
            char c = userAgent.charAt(i);
            if ((c >= '0' && c <= '9') || c == '.') {
                continue;
            }
            h = (h ^ c) * PRIME;
            h ^= h >>> 29;
        }
        return nonZero(mix(h));
    }

    /** Of a source: an IPv4 address, or the /64 of an IPv6 address. */
    long ofSource(String address) {
        if (address.indexOf(':') < 0) {
            return of(address);
        }
        return ofBytes(address, IPV6_SITE_BYTES);
    }

    private long ofBytes(String address, int first) {
        byte[] bytes;
        try {
            bytes = InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException e) {
            return of(address);
        }
        long h = key;
        for (int i = 0; i < Math.min(bytes.length, first); i++) {
            h = (h ^ bytes[i]) * PRIME;
            h ^= h >>> 29;
        }
        return nonZero(mix(h));
    }

    /** Of a source's neighbourhood: the /24 of an IPv4 address, the /48 of an IPv6 address. */
    long ofNeighbourhood(String address) {
        int dot = address.lastIndexOf('.');
        if (address.indexOf(':') < 0 && dot > 0) {
            return of(address, 0, dot);
        }
        return ofBytes(address, IPV6_NEIGHBOURHOOD_BYTES);
    }

    /** Of two things together, in this order. */
    static long pair(long kind, long a, long b) {
        return nonZero(mix(mix(a + kind * PRIME) ^ b * PRIME));
    }

    private static long nonZero(long h) {
        return h == 0 ? 1 : h;
    }

    static long mix(long z) {
        long x = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        x = (x ^ x >>> 27) * 0x94d049bb133111ebL;
        return x ^ x >>> 31;
    }
}
