package dev.monban.server.replay;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** The lines of a stream as bytes, in one buffer that is used again for each. */
final class Lines implements Closeable {

    /** A longer line is broken. */
    static final int MOST_BYTES = 1 << 20;

    private static final int READ_AT_ONCE = 1 << 16;

    private final InputStream in;
    private final byte[] read = new byte[READ_AT_ONCE];
    private byte[] line = new byte[4096];
    private int at;
    private int end;
    private int length;
    private long number;
    private long bytes;
    private boolean tooLong;

    Lines(InputStream in) {
        this.in = in;
    }

    /** Goes to the next line; says whether there is one. */
    boolean next() throws IOException {
        length = 0;
        tooLong = false;
        boolean any = false;
        while (true) {
            if (at == end) {
                end = in.read(read);
                at = 0;
                if (end <= 0) {
                    end = 0;
                    number += any ? 1 : 0;
                    return any;
                }
                bytes += end;
            }
            any = true;
            int from = at;
            while (at < end && read[at] != '\n') {
                at++;
            }
            append(from, at);
            if (at < end) {
                at++;
                number++;
                if (length > 0 && line[length - 1] == '\r') {
                    length--;
                }
                return true;
            }
        }
    }

    private void append(int from, int to) {
        int more = to - from;
        if (length + more > MOST_BYTES) {
            tooLong = true;
            return;
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, line.length * 2));
        }
        System.arraycopy(read, from, line, length, more);
        length += more;
    }

    byte[] line() {
        return line;
    }

    int length() {
        return length;
    }

    /** Of the line, from 1 on. */
    long number() {
        return number;
    }

    /** Read so far. */
    long bytes() {
        return bytes;
    }

    boolean isTooLong() {
        return tooLong;
    }

    boolean isBlank() {
        for (int i = 0; i < length; i++) {
            if (line[i] != ' ' && line[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
