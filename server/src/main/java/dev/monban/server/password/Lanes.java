package dev.monban.server.password;

/**
 * How a block of 128 words lies in memory, and the permutation P of RFC 9106, section 3.6, on its
 * rows and columns in that place. The wider a machine's vectors, the more lanes are mixed at once.
 */
interface Lanes {

    /** Where the word of this number, from 0 to 127, lies. The first lies first. */
    int place(int word);

    /** P on each row, then P on each column of pairs. */
    void permute(long[] block);
}
