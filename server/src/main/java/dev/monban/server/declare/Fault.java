package dev.monban.server.declare;

/**
 * What is wrong with a declared state.
 *
 * @param line counted from 1
 * @param place the way to it, such as {@code clients[0].redirectUris[1]}
 * @param mend what is wrong and what to do about it
 */
public record Fault(int line, String place, String mend) {

    String in(String file) {
        return file + ":" + line + ": " + (place.isEmpty() ? "" : place + ": ") + mend;
    }
}
