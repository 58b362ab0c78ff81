package dev.monban.core.watch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A copy tells of the moment when it was begun, whatever is learnt while it is made. */
class CopyTest {

    private static final Sizes SIZES =
            new Sizes(1 << 18, 1 << 18, 1 << 10, 1 << 10, 1 << 10, 1 << 10, 1 << 5, 1 << 10);
    private static final int BEFORE = 300;

    @Test
    void whatIsLearntWhileACopyIsMadeIsNotInIt() throws IOException {
        List<Attempt> attempts = new Town(5).days(8).attempts();
        Watch watch = new Watch(Policy.standard(), SIZES, 1);
        attempts.subList(0, BEFORE).forEach(watch::take);
        byte[] then = bytes(watch);
        List<byte[]> parts = new ArrayList<>();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int pieces = watch.beginCopy(new DataOutputStream(head));
        assertEquals(8, pieces);
        int each = (attempts.size() - BEFORE) / pieces;
        for (int piece = 0; piece < pieces; piece++) {
            attempts.subList(BEFORE + piece * each, BEFORE + (piece + 1) * each)
                    .forEach(watch::take);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            watch.copy(piece, new DataOutputStream(out));
            parts.add(out.toByteArray());
        }
        assertTrue(watch.isCopyWhole());
        watch.endCopy();
        Watch other = new Watch(Policy.standard(), SIZES, 1);
        assertEquals(pieces, other.readCopy(in(head.toByteArray())));
        for (int piece = 0; piece < pieces; piece++) {
            other.restore(piece, in(parts.get(piece)));
        }
        assertArrayEquals(then, bytes(other));
        // It goes on as the first one did.
        attempts.subList(BEFORE, BEFORE + each * pieces).forEach(other::take);
        assertArrayEquals(bytes(watch), bytes(other));
    }

    @Test
    void aCopyDuringWhichTooMuchIsLearntIsGivenUp() {
        Familiar pairs = new Familiar(1 << 20);
        pairs.beginCopy();
        int added = 0;
        while (pairs.isCopyWhole()) {
            pairs.add(Hash.mix(added++), 1);
            assertTrue(added < 1 << 21, "the copy is never given up");
        }
        assertTrue(added > Undo.MAX, added + " changes");
        pairs.endCopy();
        assertFalse(pairs.isCopyWhole());
        assertEquals(1, pairs.count(Hash.mix(0), 1));
    }

    private static DataInputStream in(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    private static byte[] bytes(Watch watch) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        watch.write(new DataOutputStream(out));
        return out.toByteArray();
    }
}
