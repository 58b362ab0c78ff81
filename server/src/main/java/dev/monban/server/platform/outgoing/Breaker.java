package dev.monban.server.platform.outgoing;

import java.time.Duration;

/**
 * Stops calls of a host that brings no answer: after some failures in a row none is tried for a
 * time, then one; that one decides.
 */
final class Breaker {

    static final int MAX_FAILURES = 5;
    static final Duration OPEN_FOR = Duration.ofSeconds(10);

    private int failures;
    private long openUntilNanos;
    private boolean trying;

    /** Whether a call may go on now; whoever is let in says afterwards what became of it. */
    synchronized boolean enter(long nowNanos) {
        if (failures < MAX_FAILURES) {
            return true;
        }
        if (trying || nowNanos - openUntilNanos < 0) {
            return false;
        }
        trying = true;
        return true;
    }

    synchronized void succeeded() {
        failures = 0;
        trying = false;
    }

    synchronized void failed(long nowNanos) {
        failures = Math.min(failures + 1, MAX_FAILURES);
        trying = false;
        if (failures >= MAX_FAILURES) {
            openUntilNanos = nowNanos + OPEN_FOR.toNanos();
        }
    }

    /** The call ended in a way that says nothing about the host. */
    synchronized void left() {
        trying = false;
    }
}
