package dev.monban.server.watch;

import dev.monban.core.watch.Watch;
import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.AttemptStore;
import dev.monban.server.watch.store.SnapshotStore;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import java.util.logging.Logger;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** Keeps what the watch remembers, so that the next start is quick. */
final class Snapshots {

    private static final Logger LOG = Logger.getLogger(Snapshots.class.getName());
    private static final int BUFFER_BYTES = 1 << 16;

    private final Database database;
    private final String name;
    private final Watch fold;
    private final Campaigns campaigns;

    /**
     * @param name of the policy and the sizes: another's snapshot is of no use
     */
    Snapshots(Database database, String name, Watch fold, Campaigns campaigns) {
        this.database = database;
        this.name = name;
        this.fold = fold;
        this.campaigns = campaigns;
    }

    /**
     * How far the log was followed.
     *
     * @param writtenBy the transaction, and {@code position} within it
     * @param lastSeen when the latest attempt was made that was learnt from
     */
    record Place(String writtenBy, long position, Instant lastSeen) {}

    /** Reads the last one; empty where there is none. */
    Optional<Place> restore() {
        Optional<SnapshotStore.Snapshot> snapshot =
                database.query(c -> SnapshotStore.find(c, name));
        if (snapshot.isEmpty()) {
            return Optional.empty();
        }
        try (DataInputStream in =
                new DataInputStream(
                        new BufferedInputStream(
                                new InflaterInputStream(
                                        new ByteArrayInputStream(snapshot.get().state())),
                                BUFFER_BYTES))) {
            fold.read(in);
            campaigns.read(in);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the watch's snapshot cannot be read; delete its row in watch.snapshot to"
                            + " begin from the log",
                    e);
        }
        String horizon = database.query(AttemptStore::horizon);
        if (new BigInteger(snapshot.get().writtenBy()).compareTo(new BigInteger(horizon)) > 0) {
            LOG.warning(
                    "the database was moved to a younger server; the watch follows its log from"
                            + " now on");
            return Optional.of(new Place(horizon, 0, snapshot.get().takenAt()));
        }
        return Optional.of(
                new Place(
                        snapshot.get().writtenBy(),
                        snapshot.get().position(),
                        snapshot.get().takenAt()));
    }

    /** All that is remembered, as it stands in the database. */
    byte[] taken() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out =
                new DataOutputStream(
                        new BufferedOutputStream(
                                new DeflaterOutputStream(bytes, new Deflater(Deflater.BEST_SPEED)),
                                BUFFER_BYTES))) {
            fold.write(out);
            campaigns.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void save(Place place, byte[] state) {
        boolean kept =
                place.position() > 0
                        && database.query(c ->
                                SnapshotStore.save(
                                        c,
                                        name,
                                        new SnapshotStore.Snapshot(
                                                place.writtenBy(),
                                                place.position(),
                                                place.lastSeen(),
                                                state)));
        LOG.fine(() -> "snapshot of the watch " + (kept ? "kept" : "not needed"));
    }
}
