package dev.monban.server.platform;

/**
 * Something given from outside cannot be used. The message names the place and the mend, and is
 * shown to whoever gave it; the command line ends with exit code 2.
 */
public final class BadInput extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public BadInput(String message) {
        super(message);
    }
}
