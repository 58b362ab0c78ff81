package dev.monban.server.notify;

import java.util.Set;

/**
 * Who gets what: a channel, and what it wants to be told of.
 *
 * @param only kinds of findings, and {@code channel} for channels that fail; empty for everything
 *     but people who are stuck
 */
public record Subscription(Channel channel, Set<String> only) {

    /** What support is told of; operators sleep through it unless they ask for it. */
    public static final String STUCK = "stuck_person";

    public Subscription {
        only = Set.copyOf(only);
    }

    boolean wants(Alert alert) {
        return only.isEmpty() ? !alert.about().equals(STUCK) : only.contains(alert.about());
    }
}
