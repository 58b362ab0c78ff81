package dev.monban.server.password;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import jdk.incubator.vector.LongVector;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/**
 * Argon2id for one lane on the JDK's vectors, which C2 turns into the machine's own. It gives the
 * same bytes as Bouncy Castle in less than half of the time. The sections are those of RFC 9106.
 *
 * <p>The memory is kept between hashes, so that a flood of sign-ins does not become a flood of
 * garbage; as many areas exist as hashes run at once.
 */
final class VectorArgon2 implements Argon2 {

    private static final int WORDS = 128;
    private static final int BLOCK_BYTES = 1024;
    private static final int SLICES = 4;
    private static final int VERSION = 0x13;
    private static final int TYPE_ID = 2;
    private static final int BLAKE2B_BYTES = 64;

    /** More areas than this are given to the garbage collector. */
    private static final int KEPT_AREAS = 64;

    private static final long LOW = 0xffff_ffffL;

    private static final VarHandle LITTLE_ENDIAN_LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final Lanes lanes;
    private final BlockingQueue<long[]> areas = new ArrayBlockingQueue<>(KEPT_AREAS);

    /** As wide as the machine's vectors are. */
    VectorArgon2() {
        this(EightLanes.areThere() ? new EightLanes() : new FourLanes());
    }

    VectorArgon2(Lanes lanes) {
        this.lanes = lanes;
    }

    /** Whether the machine has vectors of four longs at least; else Bouncy Castle is faster. */
    static boolean isWorthwhile() {
        return LongVector.SPECIES_PREFERRED.length() >= LongVector.SPECIES_256.length();
    }

    @Override
    public byte[] hash(byte[] password, byte[] salt, Argon2Parameters parameters, int length) {
        if (parameters.lanes() != 1) {
            throw new IllegalArgumentException("one lane only");
        }
        int blocks = parameters.memoryKib() / SLICES * SLICES;
        long[] memory = areas.poll();
        if (memory == null || memory.length != blocks * WORDS) {
            memory = new long[blocks * WORDS];
        }
        // 3.2, steps 1 to 4: the first two blocks come from the input.
        byte[] seed = seed(password, salt, parameters, length);
        for (int i = 0; i < 2; i++) {
            byte[] block = longHash(concat(seed, i, 0), BLOCK_BYTES);
            for (int word = 0; word < WORDS; word++) {
                memory[i * WORDS + lanes.place(word)] =
                        (long) LITTLE_ENDIAN_LONG.get(block, word * 8);
            }
        }
        new Filler(lanes, memory, blocks, parameters.iterations()).fill();
        // 3.2, steps 7 and 8: the tag comes from the last block.
        byte[] last = new byte[BLOCK_BYTES];
        for (int word = 0; word < WORDS; word++) {
            LITTLE_ENDIAN_LONG.set(
                    last, word * 8, memory[(blocks - 1) * WORDS + lanes.place(word)]);
        }
        boolean kept = areas.offer(memory);
        assert kept || areas.remainingCapacity() == 0;
        return longHash(last, length);
    }

    /** 3.2, step 1: H_0. */
    private static byte[] seed(byte[] password, byte[] salt, Argon2Parameters p, int length) {
        Blake2bDigest digest = new Blake2bDigest(BLAKE2B_BYTES * 8);
        update(digest, p.lanes());
        update(digest, length);
        update(digest, p.memoryKib());
        update(digest, p.iterations());
        update(digest, VERSION);
        update(digest, TYPE_ID);
        update(digest, password.length);
        digest.update(password, 0, password.length);
        update(digest, salt.length);
        digest.update(salt, 0, salt.length);
        update(digest, 0); // no secret value
        update(digest, 0); // no associated data
        byte[] hash = new byte[BLAKE2B_BYTES];
        digest.doFinal(hash, 0);
        return hash;
    }

    /** 3.3: the variable-length hash H'. */
    private static byte[] longHash(byte[] input, int length) {
        byte[] output = new byte[length];
        int first = Math.min(length, BLAKE2B_BYTES);
        Blake2bDigest digest = new Blake2bDigest(first * 8);
        update(digest, length);
        digest.update(input, 0, input.length);
        byte[] hash = new byte[first];
        digest.doFinal(hash, 0);
        if (length <= BLAKE2B_BYTES) {
            return hash;
        }
        int half = BLAKE2B_BYTES / 2;
        int at = 0;
        System.arraycopy(hash, 0, output, at, half);
        at += half;
        while (length - at > BLAKE2B_BYTES) {
            digest = new Blake2bDigest(BLAKE2B_BYTES * 8);
            digest.update(hash, 0, BLAKE2B_BYTES);
            digest.doFinal(hash, 0);
            System.arraycopy(hash, 0, output, at, half);
            at += half;
        }
        Blake2bDigest rest = new Blake2bDigest((length - at) * 8);
        rest.update(hash, 0, BLAKE2B_BYTES);
        rest.doFinal(output, at);
        return output;
    }

    private static void update(Blake2bDigest digest, int value) {
        for (int shift = 0; shift < 32; shift += 8) {
            digest.update((byte) (value >>> shift));
        }
    }

    private static byte[] concat(byte[] seed, int column, int lane) {
        byte[] all = Arrays.copyOf(seed, seed.length + 8);
        for (int i = 0; i < 4; i++) {
            all[seed.length + i] = (byte) (column >>> (8 * i));
            all[seed.length + 4 + i] = (byte) (lane >>> (8 * i));
        }
        return all;
    }

    /** Fills the memory of one hash, block after block. */
    private static final class Filler {

        private final Lanes lanes;
        private final long[] memory;
        private final int blocks;
        private final int passes;
        private final int segment;

        private final long[] mixed = new long[WORDS];
        private final long[] rows = new long[WORDS];

        /** Blocks zero, input and addresses of the data-independent part (3.4.1.1), in a row. */
        private final long[] side = new long[3 * WORDS];

        Filler(Lanes lanes, long[] memory, int blocks, int passes) {
            this.lanes = lanes;
            this.memory = memory;
            this.blocks = blocks;
            this.passes = passes;
            this.segment = blocks / SLICES;
        }

        void fill() {
            for (int pass = 0; pass < passes; pass++) {
                for (int slice = 0; slice < SLICES; slice++) {
                    fillSegment(pass, slice);
                }
            }
        }

        private void fillSegment(int pass, int slice) {
            // 3.4.1.3: Argon2id takes its first half from addresses that do not depend on the data.
            boolean independent = pass == 0 && slice < SLICES / 2;
            if (independent) {
                startAddresses(pass, slice);
            }
            int start = pass == 0 && slice == 0 ? 2 : 0;
            if (independent && start > 0) {
                nextAddresses();
            }
            for (int i = start; i < segment; i++) {
                if (independent && i % WORDS == 0) {
                    nextAddresses();
                }
                int current = slice * segment + i;
                int previous = current == 0 ? blocks - 1 : current - 1;
                long pseudo =
                        independent
                                ? side[2 * WORDS + lanes.place(i % WORDS)]
                                : memory[previous * WORDS];
                int reference = reference(pass, slice, i, pseudo & LOW);
                compress(
                        memory,
                        previous * WORDS,
                        memory,
                        reference * WORDS,
                        memory,
                        current * WORDS,
                        pass > 0);
            }
        }

        /** 3.4.1.2 and 3.4.2: the block that J_1 points to, among those filled already. */
        private int reference(int pass, int slice, int index, long j1) {
            int area = pass == 0 ? slice * segment + index - 1 : blocks - segment + index - 1;
            long x = (j1 * j1) >>> 32;
            long y = (area * x) >>> 32;
            int from = pass == 0 || slice == SLICES - 1 ? 0 : (slice + 1) * segment;
            return (int) ((from + area - 1 - y) % blocks);
        }

        private void startAddresses(int pass, int slice) {
            Arrays.fill(side, 0);
            side[WORDS] = pass;
            side[WORDS + lanes.place(1)] = 0; // lane
            side[WORDS + lanes.place(2)] = slice;
            side[WORDS + lanes.place(3)] = blocks;
            side[WORDS + lanes.place(4)] = passes;
            side[WORDS + lanes.place(5)] = TYPE_ID;
        }

        private void nextAddresses() {
            side[WORDS + lanes.place(6)]++;
            compress(side, 0, side, WORDS, side, 2 * WORDS, false);
            compress(side, 0, side, 2 * WORDS, side, 2 * WORDS, false);
        }

        /** 3.5: the compression function G, xored onto the old block from the second pass on. */
        private void compress(
                long[] x, int xAt, long[] y, int yAt, long[] out, int outAt, boolean onto) {
            long[] r = mixed;
            long[] z = rows;
            for (int i = 0; i < WORDS; i++) {
                long word = x[xAt + i] ^ y[yAt + i];
                r[i] = word;
                z[i] = word;
            }
            lanes.permute(z);
            if (onto) {
                for (int i = 0; i < WORDS; i++) {
                    out[outAt + i] ^= r[i] ^ z[i];
                }
            } else {
                for (int i = 0; i < WORDS; i++) {
                    out[outAt + i] = r[i] ^ z[i];
                }
            }
        }
    }
}
