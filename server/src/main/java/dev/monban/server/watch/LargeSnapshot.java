package dev.monban.server.watch;

import dev.monban.core.watch.Watch;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Tokens;
import dev.monban.server.watch.store.SnapshotPartStore;
import dev.monban.server.watch.store.SnapshotStore;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.logging.Logger;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * A snapshot of a memory that is too large for one row: gigabytes. It is written in parts, a few at
 * a time, by the thread that learns and between what it learns; what is judged meanwhile does not
 * wait. All parts tell of the moment when it was begun. Its row in {@code watch.snapshot} is
 * written last.
 */
final class LargeSnapshot {

    private static final Logger LOG = Logger.getLogger(LargeSnapshot.class.getName());
    private static final int PART_BYTES = 1 << 22;
    private static final int BUFFER_BYTES = 1 << 16;

    /** Of half a megabyte each, between two looks at the log. */
    private static final int PIECES_AT_ONCE = 4;

    private final Database database;
    private final String name;
    private final Watch fold;
    private final UUID copy =
            UUID.nameUUIDFromBytes(Tokens.fresh().getBytes(StandardCharsets.US_ASCII));
    private final long position;
    private final Instant lastSeen;
    private final int pieces;
    private int next;
    private int heads;

    /** Reads what else there is. */
    @FunctionalInterface
    interface MoreRead {
        void read(DataInput in) throws IOException;
    }

    /** Begins one of what is remembered now; called by the thread that learns. */
    LargeSnapshot(Database database, Mind mind) {
        this.database = database;
        this.name = mind.name();
        this.fold = mind.fold();
        this.position = mind.position();
        this.lastSeen = mind.lastSeen();
        try (DataOutputStream out = deflated(new Head())) {
            pieces = fold.beginCopy(out);
            mind.numbers().write(out);
        } catch (IOException | RuntimeException e) {
            giveUp();
            throw e instanceof RuntimeException failed
                    ? failed
                    : new IllegalStateException("a snapshot of the watch cannot be begun", e);
        }
    }

    private static DataOutputStream deflated(OutputStream to) {
        return new DataOutputStream(
                new BufferedOutputStream(
                        new DeflaterOutputStream(to, new Deflater(Deflater.BEST_SPEED)),
                        BUFFER_BYTES));
    }

    /** Parts of one stream, each written as it is full. */
    private final class Head extends OutputStream {

        private final ByteArrayOutputStream part = new ByteArrayOutputStream(PART_BYTES);

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            part.write(bytes, from, length);
            if (part.size() >= PART_BYTES) {
                put();
            }
        }

        @Override
        public void close() {
            put();
        }

        private void put() {
            heads++;
            insert(-heads, part.toByteArray());
            part.reset();
        }
    }

    private void insert(int part, byte[] state) {
        int inserted = database.upkeep(c -> SnapshotPartStore.insert(c, copy, name, part, state));
        assert inserted == 1;
    }

    /** Writes a few more parts; false once it is done, or given up. */
    boolean step() {
        try {
            for (int i = 0; i < PIECES_AT_ONCE && next < pieces && fold.isCopyWhole(); i++) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (DataOutputStream out = deflated(bytes)) {
                    fold.copy(next, out);
                }
                insert(next, bytes.toByteArray());
                next++;
            }
        } catch (IOException | RuntimeException e) {
            giveUp();
            throw e instanceof RuntimeException failed
                    ? failed
                    : new IllegalStateException("a snapshot of the watch cannot be written", e);
        }
        if (next < pieces && fold.isCopyWhole()) {
            return true;
        }
        boolean kept = next == pieces && finish();
        giveUpUnless(kept);
        return false;
    }

    /** One of another node that is further on is the better one; what it has swept is none. */
    private boolean finish() {
        return database.upkeep(c -> {
            boolean further = SnapshotStore.save(c, name, position, lastSeen, id());
            if (further && SnapshotPartStore.count(c, copy) != pieces + (long) heads) {
                throw new IllegalStateException("parts of the snapshot are gone");
            }
            int swept = further ? SnapshotPartStore.sweep(c, name, copy) : 0;
            LOG.fine(() -> "swept " + swept + " parts of older snapshots");
            return further;
        });
    }

    private void giveUpUnless(boolean kept) {
        if (kept) {
            fold.endCopy();
            LOG.fine("snapshot of the watch kept");
        } else {
            LOG.info(
                    "the snapshot of the watch is given up: too much was learnt meanwhile, or"
                            + " another node's is further on");
            giveUp();
        }
    }

    /** Ends it; its parts are deleted. */
    void giveUp() {
        fold.endCopy();
        int dropped = database.upkeep(c -> SnapshotPartStore.drop(c, copy));
        LOG.fine(() -> "dropped " + dropped + " parts");
    }

    private byte[] id() {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(copy.getMostSignificantBits())
                .putLong(copy.getLeastSignificantBits())
                .array();
    }

    /**
     * Reads one.
     *
     * @param state of its row
     */
    static void restore(Database database, byte[] state, Watch fold, MoreRead more)
            throws IOException {
        if (state.length != 2 * Long.BYTES) {
            throw new IOException("it names no copy");
        }
        ByteBuffer id = ByteBuffer.wrap(state);
        UUID copy = new UUID(id.getLong(), id.getLong());
        int pieces;
        try (DataInputStream in = inflated(new Heads(database, copy))) {
            pieces = fold.readCopy(in);
            more.read(in);
        }
        for (int i = 0; i < pieces; i++) {
            try (DataInputStream in = inflated(new ByteArrayInputStream(part(database, copy, i)))) {
                fold.restore(i, in);
            }
        }
    }

    private static DataInputStream inflated(InputStream from) {
        return new DataInputStream(
                new BufferedInputStream(new InflaterInputStream(from), BUFFER_BYTES));
    }

    private static byte[] part(Database database, UUID copy, int part) throws IOException {
        return database.query(c -> SnapshotPartStore.find(c, copy, part))
                .orElseThrow(() -> new IOException("part " + part + " of it is missing"));
    }

    /** The parts of the stream, one after the other. */
    private static final class Heads extends InputStream {

        private final Database database;
        private final UUID copy;
        private InputStream part = InputStream.nullInputStream();
        private int read;

        Heads(Database database, UUID copy) {
            this.database = database;
            this.copy = copy;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int from, int length) throws IOException {
            int count = part.read(to, from, length);
            if (count < 0) {
                read++;
                part = new ByteArrayInputStream(part(database, copy, -read));
                count = part.read(to, from, length);
            }
            return count;
        }
    }
}
