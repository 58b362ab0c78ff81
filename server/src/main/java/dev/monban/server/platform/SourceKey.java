package dev.monban.server.platform;

import java.util.Optional;

/**
 * What counts as one source of requests wherever requests are counted: an IPv4 address, or the /64
 * of an IPv6 address (one household or one office). Behind a proxy that nobody has declared, many
 * share one address; then the client that the proxy names counts, and the proxy as a whole has a
 * bound of its own, so that nobody escapes the limits by names that they make up.
 *
 * @param text the key; at most some hundred characters, whatever a client sends
 * @param proxy the undeclared proxy as a whole; empty where the source is the client's own address
 */
public record SourceKey(String text, Optional<String> proxy) {

    /** The source that an address belongs to. */
    public static SourceKey of(String address) {
        return new SourceKey(Addresses.network(address), Optional.empty());
    }

    /**
     * A client behind a proxy that nobody has declared.
     *
     * @param peer the proxy's address
     * @param named the address that it names last; empty where it names none
     */
    static SourceKey behind(String peer, Optional<String> named) {
        String proxy = "proxy " + Addresses.network(peer);
        return new SourceKey(
                named.map(address -> proxy + " for " + Addresses.network(address)).orElse(proxy),
                Optional.of(proxy));
    }

    /** Whether many may be behind the address, and nothing says who. */
    public boolean isShared() {
        return proxy.isPresent();
    }
}
