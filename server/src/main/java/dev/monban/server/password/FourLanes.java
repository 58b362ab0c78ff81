package dev.monban.server.password;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of four longs, as AVX2 has them. Words lie in their order.
 *
 * <p>It goes in small methods over a block of 1 KiB, which stays in the first cache: C2 keeps
 * vectors in registers only as long as the calls inlined into one method stay below its limit of
 * nodes. For the same reason the launcher keeps {@code mix} from being inlined.
 */
final class FourLanes implements Lanes {

    private static final int WORDS = 128;
    private static final VectorSpecies<Long> FOUR = LongVector.SPECIES_256;
    private static final long LOW = 0xffff_ffffL;
    private static final VectorShuffle<Long> ROTATE_1 = VectorShuffle.fromValues(FOUR, 1, 2, 3, 0);
    private static final VectorShuffle<Long> ROTATE_2 = VectorShuffle.fromValues(FOUR, 2, 3, 0, 1);
    private static final VectorShuffle<Long> ROTATE_3 = VectorShuffle.fromValues(FOUR, 3, 0, 1, 2);
    private static final VectorShuffle<Long> SWAP = VectorShuffle.fromValues(FOUR, 1, 0, 3, 2);
    private static final VectorMask<Long> ODD =
            VectorMask.fromValues(FOUR, false, true, false, true);

    @Override
    public int place(int word) {
        return word;
    }

    @Override
    public void permute(long[] z) {
        permuteRows(z);
        permuteColumns(z);
    }

    /** The words v0 to v15 lie in a row; the diagonals come below each other by rotating. */
    private static void permuteRows(long[] z) {
        mix(z, 0, WORDS, 16, 4, 8, 12);
        rotate(z, ROTATE_1, ROTATE_2, ROTATE_3);
        mix(z, 0, WORDS, 16, 4, 8, 12);
        rotate(z, ROTATE_3, ROTATE_2, ROTATE_1);
    }

    private static void rotate(
            long[] z,
            VectorShuffle<Long> second,
            VectorShuffle<Long> third,
            VectorShuffle<Long> fourth) {
        for (int row = 0; row < WORDS; row += 16) {
            load(z, row + 4).rearrange(second).intoArray(z, row + 4);
            load(z, row + 8).rearrange(third).intoArray(z, row + 8);
            load(z, row + 12).rearrange(fourth).intoArray(z, row + 12);
        }
    }

    /**
     * Two columns of pairs at once: v0, v1 lie in the first row, v2, v3 in the second, and so on.
     * For the diagonals v5, v6 come below v0, v1, and v7, v4 below v2, v3.
     */
    private static void permuteColumns(long[] z) {
        mix(z, 0, 32, 4, 32, 64, 96);
        cross(z, 48, 32);
        cross(z, 96, 112);
        mix(z, 0, 16, 4, 48, 80, 96);
        mix(z, 16, 32, 4, 16, 48, 96);
        uncross(z, 48, 32);
        uncross(z, 96, 112);
    }

    /** Of two rows of pairs (p, q) and (r, s), makes (s, p) and (q, r). */
    private static void cross(long[] z, int first, int second) {
        for (int i = 0; i < 16; i += 4) {
            LongVector a = load(z, first + i);
            LongVector b = load(z, second + i);
            a.blend(b, ODD).rearrange(SWAP).intoArray(z, first + i);
            b.blend(a, ODD).rearrange(SWAP).intoArray(z, second + i);
        }
    }

    private static void uncross(long[] z, int first, int second) {
        for (int i = 0; i < 16; i += 4) {
            LongVector a = load(z, first + i).rearrange(SWAP);
            LongVector b = load(z, second + i).rearrange(SWAP);
            a.blend(b, ODD).intoArray(z, first + i);
            b.blend(a, ODD).intoArray(z, second + i);
        }
    }

    /** Four lanes of G at a time, on words that lie {@code toB}, {@code toC}, {@code toD} apart. */
    private static void mix(long[] z, int from, int to, int step, int toB, int toC, int toD) {
        for (int i = from; i < to; i += step) {
            LongVector a = load(z, i);
            LongVector b = load(z, i + toB);
            LongVector c = load(z, i + toC);
            LongVector d = load(z, i + toD);
            a = add(a, b);
            d = turn(d, a, 32);
            c = add(c, d);
            b = turn(b, c, 24);
            a = add(a, b);
            d = turn(d, a, 16);
            c = add(c, d);
            b = turn(b, c, 63);
            a.intoArray(z, i);
            b.intoArray(z, i + toB);
            c.intoArray(z, i + toC);
            d.intoArray(z, i + toD);
        }
    }

    private static LongVector load(long[] array, int at) {
        return LongVector.fromArray(FOUR, array, at);
    }

    /** a + b + 2 * trunc(a) * trunc(b). */
    private static LongVector add(LongVector a, LongVector b) {
        LongVector product = a.and(LOW).mul(b.and(LOW));
        return a.add(b).add(product).add(product);
    }

    /** (d xor a) >>> bits. */
    private static LongVector turn(LongVector d, LongVector a, int bits) {
        return d.lanewise(VectorOperators.XOR, a).lanewise(VectorOperators.ROR, bits);
    }
}
