package dev.monban.server.replay;

import dev.monban.core.watch.Attempt;
import org.jspecify.annotations.Nullable;

/** Turns a line of a log into an attempt. */
interface Importer {

    /** Most characters of a log that a message repeats. */
    int MOST_SHOWN = 60;

    /**
     * Reads a line.
     *
     * @param line UTF-8; only its first {@code length} bytes count
     * @param number of the line, from 1 on
     * @return {@code null} where the line tells of something else
     * @throws BadLine where it should tell of an attempt, and cannot be understood
     */
    @Nullable Attempt read(byte[] line, int length, long number) throws BadLine;

    /** So much of a text that it can stand in a message. */
    static String cut(String text) {
        return text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "…";
    }
}
