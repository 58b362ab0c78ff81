package dev.monban.server.watch;

import dev.monban.core.watch.Policy;
import dev.monban.core.watch.Sizes;
import dev.monban.core.watch.Watch;
import dev.monban.server.platform.Database;
import dev.monban.server.watch.store.LogStore;
import dev.monban.server.watch.store.SnapshotStore;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** Keeps what the watch remembers, so that the next start is quick. */
final class Snapshots {

    private static final Logger LOG = Logger.getLogger(Snapshots.class.getName());
    private static final int BUFFER_BYTES = 1 << 16;

    /** What takes more in memory is written in parts. */
    private static final long IN_ONE_ROW_BYTES = 64_000_000;

    /** A snapshot is made so often; of a large memory as much less often as it is larger. */
    private static final Duration SNAPSHOT_EVERY = Duration.ofMinutes(5);

    /** What a gate judges from while it learns the log anew into a large memory. */
    private static final int ACCOUNTS_MEANWHILE = 131_072;

    /** Of other policies, sizes and formats; more were never kept. */
    private static final int MAX_LOOKED_AT = 100;

    /**
     * A transaction that is still open may have drawn a position before those that can be seen. To
     * begin so far back costs nothing but the reading: what was learnt is passed over exactly.
     */
    private static final long LOOKED_BACK = 100_000;

    /** Before the names of those that follow the log by position alone. */
    private static final String BY_POSITION = "position ";

    private static final Pattern SIZES = Pattern.compile("Sizes\\[([^\\]]*)\\]");
    private static final Pattern SIZE = Pattern.compile("(\\w+)=(\\d{1,9})");

    private final Database database;
    private final Policy policy;
    private final Sizes sizes;
    private final long key;

    /**
     * @param key that the fold hashes with
     */
    Snapshots(Database database, Policy policy, Sizes sizes, long key) {
        this.database = database;
        this.policy = policy;
        this.sizes = sizes;
        this.key = key;
    }

    /** The name that release 0.1.0 gives to the same policy, sizes and format. */
    private String nameBefore() {
        return policy.version() + " " + sizes + " " + Watch.FORMAT;
    }

    /** What the snapshots of this policy with these sizes are called. */
    String name() {
        return BY_POSITION + nameBefore();
    }

    /** One that remembers nothing yet. */
    Mind empty(long position, Instant lastSeen) {
        return new Mind(name(), new Watch(policy, sizes, key), position, lastSeen);
    }

    /** One that judges while another learns the log anew; the heap does not hold two large ones. */
    Mind meanwhile(long position, Instant lastSeen) {
        Sizes its =
                sizes.bytes() > IN_ONE_ROW_BYTES ? Sizes.forAccounts(ACCOUNTS_MEANWHILE) : sizes;
        return new Mind(name(), new Watch(policy, its, key), position, lastSeen);
    }

    /** Whether it is written in parts, and not at the end of the program. */
    static boolean isLarge(Mind mind) {
        return mind.fold().sizes().bytes() > IN_ONE_ROW_BYTES;
    }

    /** How often one is made. */
    static Duration period(Mind mind) {
        return SNAPSHOT_EVERY.multipliedBy(
                Math.max(1, mind.fold().sizes().bytes() / IN_ONE_ROW_BYTES));
    }

    /**
     * Begins a large one; empty where another node has just made it. Called, as its steps are, by
     * the thread that learns.
     */
    Optional<LargeSnapshot> begin(Mind mind, Instant now) {
        Instant late = now.minus(period(mind).dividedBy(2));
        boolean fresh =
                database.query(c -> SnapshotStore.find(c, mind.name()))
                        .filter(last -> last.takenAt().isAfter(late))
                        .isPresent();
        return fresh || mind.position() == 0
                ? Optional.empty()
                : Optional.of(new LargeSnapshot(database, mind));
    }

    /** The last one of this policy, sizes and format; empty where there is none. */
    Optional<Mind> restore() {
        return read(name(), sizes).or(() -> read(nameBefore(), sizes));
    }

    /** The last one of another policy, or of other sizes, that can be read. */
    Optional<Mind> restoreOther() {
        List<SnapshotStore.Name> names =
                database.query(c -> SnapshotStore.names(c, MAX_LOOKED_AT)).stream()
                        .sorted(Comparator.comparing(SnapshotStore.Name::takenAt).reversed())
                        .toList();
        for (SnapshotStore.Name one : names) {
            Optional<Mind> mind =
                    sizes(one.name())
                            .filter(its -> its.bytes() <= IN_ONE_ROW_BYTES)
                            .flatMap(its -> read(one.name(), its));
            if (mind.isPresent()) {
                return mind;
            }
        }
        return Optional.empty();
    }

    private Optional<Mind> read(String name, Sizes its) {
        Optional<SnapshotStore.Snapshot> found = database.query(c -> SnapshotStore.find(c, name));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        SnapshotStore.Snapshot snapshot = found.get();
        Mind mind =
                new Mind(
                        name.startsWith(BY_POSITION) ? name : BY_POSITION + name,
                        new Watch(policy, its, key),
                        snapshot.position(),
                        snapshot.takenAt());
        try {
            read(mind, snapshot.state());
        } catch (IOException e) {
            LOG.log(Level.WARNING, "snapshot " + name + " of the watch cannot be read", e);
            return Optional.empty();
        }
        if (!name.startsWith(BY_POSITION)) {
            goOnFromBefore(mind, snapshot);
        }
        return Optional.of(mind);
    }

    private void read(Mind mind, byte[] state) throws IOException {
        if (isLarge(mind)) {
            LargeSnapshot.restore(database, state, mind.fold(), mind.numbers()::read);
            return;
        }
        try (DataInputStream in =
                new DataInputStream(
                        new BufferedInputStream(
                                new InflaterInputStream(new ByteArrayInputStream(state)),
                                BUFFER_BYTES))) {
            mind.read(in);
        }
    }

    /**
     * Release 0.1.0 has learnt all up to a place in another order: what it had not learnt may have
     * lower positions than what it had.
     */
    private void goOnFromBefore(Mind mind, SnapshotStore.Snapshot snapshot) {
        BigInteger writtenBy = new BigInteger(snapshot.writtenBy());
        String next = database.query(LogStore::nextTransaction);
        if (writtenBy.compareTo(new BigInteger(next)) >= 0) {
            LOG.warning(
                    "the database was moved to a younger server since its snapshot of the watch was"
                            + " taken; the watch goes on by the position alone");
            return;
        }
        long last = database.query(LogStore::last);
        long first =
                database.query(c ->
                                LogStore.firstAfter(c, snapshot.writtenBy(), snapshot.position()))
                        .orElse(last + 1);
        mind.move(Math.max(0, Math.min(first, last + 1) - 1 - LOOKED_BACK));
        mind.goesOnFrom(new Mind.Before(writtenBy, snapshot.position(), last));
    }

    /** The sizes in a snapshot's name; empty where this release has others. */
    static Optional<Sizes> sizes(String name) {
        Matcher written = SIZES.matcher(name);
        if (!written.find()) {
            return Optional.empty();
        }
        Map<String, Integer> values = new HashMap<>();
        Matcher one = SIZE.matcher(written.group(1));
        while (one.find()) {
            values.put(one.group(1), Integer.valueOf(one.group(2)));
        }
        RecordComponent[] components = Sizes.class.getRecordComponents();
        if (values.size() != components.length
                || !Arrays.stream(components).allMatch(c -> values.containsKey(c.getName()))) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Sizes.class
                            .getDeclaredConstructor(
                                    Arrays.stream(components)
                                            .map(RecordComponent::getType)
                                            .toArray(Class<?>[]::new))
                            .newInstance(
                                    Arrays.stream(components)
                                            .map(c -> (Object) values.get(c.getName()))
                                            .toArray()));
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    /** All that is remembered, as it stands in the database. */
    static byte[] taken(Mind mind) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out =
                new DataOutputStream(
                        new BufferedOutputStream(
                                new DeflaterOutputStream(bytes, new Deflater(Deflater.BEST_SPEED)),
                                BUFFER_BYTES))) {
            mind.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void save(Mind mind, byte[] state) {
        boolean kept =
                mind.position() > 0
                        && database.query(c ->
                                SnapshotStore.save(
                                        c, mind.name(), mind.position(), mind.lastSeen(), state));
        LOG.fine(() -> "snapshot of the watch " + (kept ? "kept" : "not needed"));
    }
}
