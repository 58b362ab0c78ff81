package dev.monban.server.replay;

/** A line that cannot be used; the message says where in it and why. */
final class BadLine extends Exception {

    private static final long serialVersionUID = 1L;

    BadLine(String message) {
        super(message);
    }
}
