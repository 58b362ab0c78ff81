package dev.monban.server.platform.outgoing;

import java.time.Duration;

/**
 * How much of the gate a call may take.
 *
 * @param firstByte how long a connection, or the next byte of an answer, may take; at least 1 ms
 * @param whole how long the whole call may last, from the look-up of the name to the last byte; at
 *     least {@code firstByte}
 * @param maxBytes of the body of an answer; 0 where the status alone matters: then what follows the
 *     head is neither kept nor waited for
 * @param maxAtOnce calls at the same time for one owner at one host; at least 1
 */
public record Limits(Duration firstByte, Duration whole, int maxBytes, int maxAtOnce) {

    public Limits {
        if (firstByte.toMillis() < 1
                || whole.compareTo(firstByte) < 0
                || maxBytes < 0
                || maxAtOnce < 1) {
            throw new IllegalArgumentException("not a limit");
        }
    }
}
