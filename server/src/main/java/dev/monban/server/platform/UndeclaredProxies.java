package dev.monban.server.platform;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.logging.Logger;

/**
 * Notices peers that act as a proxy though no {@code --trusted-proxy} declares them, and says how
 * to mend it: one line for each peer an hour, and no more lines than the tables have places,
 * whatever strangers send.
 */
final class UndeclaredProxies {

    /** Peers of the own network that are named in an hour. */
    static final int MAX_LOCAL = 64;

    /** Peers of the Internet that are named in an hour; anybody there can send the headers. */
    static final int MAX_PUBLIC = 4;

    private static final long NAMED_AGAIN_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final Logger LOG = Logger.getLogger(UndeclaredProxies.class.getName());

    private final LongSupplier nanoTime;
    private final Map<String, Long> localPeers = new HashMap<>();
    private final Map<String, Long> publicPeers = new HashMap<>();
    private final AtomicLong requests = new AtomicLong();

    UndeclaredProxies(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** How many requests came from such peers. */
    long requests() {
        return requests.get();
    }

    /**
     * Counts a request, and logs where that is due.
     *
     * @param sign what shows that the peer is a proxy
     */
    void seen(InetAddress peer, String sign) {
        requests.incrementAndGet();
        String address = Addresses.text(peer);
        boolean local = isLocal(peer);
        if (isDue(local ? localPeers : publicPeers, local ? MAX_LOCAL : MAX_PUBLIC, address)) {
            LOG.warning(
                    sign
                            + " from "
                            + address
                            + " is not believed, as nothing declares it as a proxy; if it is"
                            + " yours, start with --trusted-proxy "
                            + address
                            + (local
                                    ? "; until then all people behind it count as one address that"
                                            + " says nothing about them"
                                    : ""));
        }
    }

    private synchronized boolean isDue(Map<String, Long> named, int max, String address) {
        long now = nanoTime.getAsLong();
        named.values().removeIf(at -> now - at >= NAMED_AGAIN_NANOS);
        return named.size() < max && named.putIfAbsent(address, now) == null;
    }

    /**
     * Whether the peer is of this machine or of a private network (RFC 1918, RFC 4193, RFC 6598,
     * link-local), where no stranger on the Internet can be.
     */
    static boolean isLocal(InetAddress peer) {
        byte[] bytes = peer.getAddress();
        boolean uniqueLocal = peer instanceof Inet6Address && (bytes[0] & 0xfe) == 0xfc;
        boolean sharedByCarrier = bytes.length == 4 && bytes[0] == 100 && (bytes[1] & 0xc0) == 0x40;
        return peer.isLoopbackAddress()
                || peer.isSiteLocalAddress()
                || peer.isLinkLocalAddress()
                || uniqueLocal
                || sharedByCarrier;
    }
}
