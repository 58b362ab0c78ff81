package dev.monban.server.password;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of eight longs, as AVX-512 has them. Two rows lie interleaved by fours, so that one
 * vector holds the same four columns of both: what a diagonal needs is then a shuffle within one
 * vector, for rows and for columns alike. Small methods, for the reason that {@link FourLanes}
 * gives.
 */
final class EightLanes implements Lanes {

    private static final VectorSpecies<Long> EIGHT = LongVector.SPECIES_512;
    private static final long LOW = 0xffff_ffffL;

    // Rows: each half of a vector is rotated by itself.
    private static final VectorShuffle<Long> ROTATE_1 = shuffle(1, 2, 3, 0, 5, 6, 7, 4);
    private static final VectorShuffle<Long> ROTATE_2 = shuffle(2, 3, 0, 1, 6, 7, 4, 5);
    private static final VectorShuffle<Long> ROTATE_3 = shuffle(3, 0, 1, 2, 7, 4, 5, 6);

    // Columns: v5, v6 come below v0, v1, and v7, v4 below v2, v3; and so on. Each is the other's
    // way
    // back, or its own.
    private static final VectorShuffle<Long> SECOND = shuffle(1, 4, 3, 6, 5, 0, 7, 2);
    private static final VectorShuffle<Long> THIRD = shuffle(4, 5, 6, 7, 0, 1, 2, 3);
    private static final VectorShuffle<Long> FOURTH = shuffle(5, 0, 7, 2, 1, 4, 3, 6);

    /** The vectors of a pair of rows follow each other. */
    private static final int IN_ROW = 8;

    /** Pairs of rows follow each other. */
    private static final int TO_NEXT_ROWS = 32;

    private static final int WORDS = 128;

    /** Whether the machine has such vectors. */
    static boolean areThere() {
        return LongVector.SPECIES_PREFERRED.length() >= EIGHT.length();
    }

    @Override
    public int place(int word) {
        int row = word / 16;
        int column = word % 16;
        return row / 2 * TO_NEXT_ROWS + column / 4 * IN_ROW + row % 2 * 4 + column % 4;
    }

    @Override
    public void permute(long[] z) {
        mix(z, WORDS, TO_NEXT_ROWS, IN_ROW);
        cross(z, WORDS, TO_NEXT_ROWS, IN_ROW, ROTATE_1, ROTATE_2, ROTATE_3);
        mix(z, TO_NEXT_ROWS, IN_ROW, TO_NEXT_ROWS);
        cross(z, TO_NEXT_ROWS, IN_ROW, TO_NEXT_ROWS, SECOND, THIRD, FOURTH);
    }

    /** G on the diagonals: shuffled below each other, mixed, and shuffled back. */
    private static void cross(
            long[] z,
            int to,
            int step,
            int apart,
            VectorShuffle<Long> second,
            VectorShuffle<Long> third,
            VectorShuffle<Long> fourth) {
        for (int i = 0; i < to; i += step) {
            LongVector a = load(z, i);
            LongVector b = load(z, i + apart).rearrange(second);
            LongVector c = load(z, i + 2 * apart).rearrange(third);
            LongVector d = load(z, i + 3 * apart).rearrange(fourth);
            a = add(a, b);
            d = turn(d, a, 32);
            c = add(c, d);
            b = turn(b, c, 24);
            a = add(a, b);
            d = turn(d, a, 16);
            c = add(c, d);
            b = turn(b, c, 63);
            a.intoArray(z, i);
            b.rearrange(fourth).intoArray(z, i + apart);
            c.rearrange(third).intoArray(z, i + 2 * apart);
            d.rearrange(second).intoArray(z, i + 3 * apart);
        }
    }

    /** Eight lanes of G at a time, on four vectors that lie {@code apart} from each other. */
    private static void mix(long[] z, int to, int step, int apart) {
        for (int i = 0; i < to; i += step) {
            LongVector a = load(z, i);
            LongVector b = load(z, i + apart);
            LongVector c = load(z, i + 2 * apart);
            LongVector d = load(z, i + 3 * apart);
            a = add(a, b);
            d = turn(d, a, 32);
            c = add(c, d);
            b = turn(b, c, 24);
            a = add(a, b);
            d = turn(d, a, 16);
            c = add(c, d);
            b = turn(b, c, 63);
            a.intoArray(z, i);
            b.intoArray(z, i + apart);
            c.intoArray(z, i + 2 * apart);
            d.intoArray(z, i + 3 * apart);
        }
    }

    private static LongVector load(long[] array, int at) {
        return LongVector.fromArray(EIGHT, array, at);
    }

    private static LongVector add(LongVector a, LongVector b) {
        LongVector product = a.and(LOW).mul(b.and(LOW));
        return a.add(b).add(product).add(product);
    }

    private static LongVector turn(LongVector d, LongVector a, int bits) {
        return d.lanewise(VectorOperators.XOR, a).lanewise(VectorOperators.ROR, bits);
    }

    private static VectorShuffle<Long> shuffle(int... from) {
        return VectorShuffle.fromValues(EIGHT, from);
    }
}
