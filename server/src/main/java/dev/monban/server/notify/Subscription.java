package dev.monban.server.notify;

import java.util.Set;

/**
 * Who gets what: a channel, and what it wants to be told of.
 *
 * @param only kinds of findings, and {@code channel} for channels that fail; empty for everything
 */
public record Subscription(Channel channel, Set<String> only) {

    public Subscription {
        only = Set.copyOf(only);
    }

    boolean wants(Alert alert) {
        return only.isEmpty() || only.contains(alert.about());
    }
}
