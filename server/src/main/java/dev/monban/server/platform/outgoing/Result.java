package dev.monban.server.platform.outgoing;

import java.util.Locale;

/** What became of a call; a label of the metrics. */
public enum Result {
    /** An answer came, whatever its status. */
    OK,
    /** The target is none that the gate calls; nothing was sent. */
    REFUSED,
    /** No connection: the name is unknown, the port is closed, TLS fails. */
    UNREACHABLE,
    /** The connection, the first byte or the whole answer took too long. */
    TIMEOUT,
    /** The answer, or its head, has more bytes than it may. */
    TOO_LARGE,
    /** The exchange broke off, or was not HTTP. */
    FAILED,
    /** As many calls as may be are under way already. */
    BUSY,
    /** The calls before failed in a row; nothing was sent. */
    BREAKER_OPEN;

    /** As metrics and logs write it. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }
}
