package dev.monban.server.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.watch.Approach;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Policy;
import dev.monban.core.watch.Sizes;
import dev.monban.core.watch.Step;
import dev.monban.core.watch.Watch;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Tokens;
import dev.monban.server.watch.store.SnapshotStore;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A memory that is too large for one row is kept in parts while it goes on learning. */
class LargeSnapshotTest {

    private static final Instant NOW = Instant.parse("2027-01-01T00:00:00Z");
    private static final Sizes SIZES =
            new Sizes(1 << 19, 1 << 18, 1 << 10, 1 << 10, 1 << 10, 1 << 10, 1 << 5, 1 << 10);
    private static final int PEOPLE = 4_000;

    private final Database database = TestDatabase.get();

    @Test
    void whatIsRememberedComesBackAsItStoodWhenTheSnapshotWasBegun() throws IOException {
        Watch watch = watch();
        learn(watch, 0, PEOPLE);
        byte[] then = hash(watch);
        LargeSnapshot snapshot = begin("large one", watch, 1);
        int steps = 1;
        while (snapshot.step()) {
            learn(watch, PEOPLE * steps, PEOPLE * (steps + 1));
            steps++;
        }
        assertTrue(steps >= 3, steps + " steps");
        Watch other = watch();
        LargeSnapshot.restore(database, row("large one"), other, new Numbers()::read);
        assertEquals(text(then), text(hash(other)));
    }

    @Test
    void ofTwoNodesTheOneThatIsFurtherOnKeepsItsOwn() throws IOException {
        // A snapshot that lies ahead of what was ever drawn is of a log that is no more.
        boolean drawn = database.query(LargeSnapshotTest::drawPositions);
        assertTrue(drawn);
        Watch behind = watch();
        learn(behind, 0, 10);
        Watch ahead = watch();
        learn(ahead, 0, 20);
        LargeSnapshot slow = begin("large two", behind, 5);
        assertTrue(slow.step());
        assertDone(begin("large two", ahead, 9));
        // Its parts are gone, and so is its claim.
        assertDone(slow);
        // A later one whose parts another has swept is not kept either.
        LargeSnapshot swept = begin("large two", ahead, 12);
        database.transact(c ->
                execute(
                        c,
                        "delete from watch.snapshot_part where part = -1 and name = 'large two' and copy_id <> (select encode(state, 'hex')::uuid from watch.snapshot where name = 'large two')"));
        assertThrows(IllegalStateException.class, () -> assertDone(swept));
        swept.giveUp();
        Watch other = watch();
        LargeSnapshot.restore(database, row("large two"), other, new Numbers()::read);
        assertEquals(text(hash(ahead)), text(hash(other)));
        assertEquals(1, copies("large two"));
    }

    private static void assertDone(LargeSnapshot snapshot) {
        boolean more = true;
        while (more) {
            more = snapshot.step();
        }
        assertFalse(more);
    }

    private LargeSnapshot begin(String name, Watch watch, long position) {
        return new LargeSnapshot(database, new Mind(name, watch, position, NOW));
    }

    private byte[] row(String name) {
        return database.query(c -> SnapshotStore.find(c, name)).orElseThrow().state();
    }

    private long copies(String name) {
        return database.query(c -> {
            try (var statement =
                    c.prepareStatement(
                            "select count(distinct copy_id) from watch.snapshot_part where name = ?")) {
                statement.setString(1, name);
                try (var rows = statement.executeQuery()) {
                    return rows.next() ? rows.getLong(1) : -1L;
                }
            }
        });
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            assertFalse(statement.execute(sql));
        }
    }

    private static boolean drawPositions(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            return statement.execute(
                    "select nextval('watch.attempt_position') from generate_series(1, 20)");
        }
    }

    private static Watch watch() {
        return new Watch(Policy.standard(), SIZES, 1);
    }

    private static void learn(Watch watch, int from, int to) {
        for (int person = from; person < to; person++) {
            Approach approach =
                    new Approach(
                            "a-" + person,
                            NOW.plusSeconds(person),
                            "t-" + person / 20,
                            "p" + person + "@large.example",
                            "u-" + person,
                            "10." + (person >> 8 & 255) + "." + (person & 255) + ".1",
                            7,
                            "JP",
                            "Browser/1",
                            "d-" + person,
                            null,
                            Step.PASSWORD,
                            null,
                            false,
                            null);
            assertTrue(watch.take(new Attempt(approach, Check.accepted())).findings().isEmpty());
        }
    }

    private static byte[] hash(Watch watch) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        watch.write(new DataOutputStream(out));
        return Tokens.hash(
                java.util.HexFormat.of().formatHex(out.toByteArray(), 0, 64)
                        + java.util.Arrays.hashCode(out.toByteArray()));
    }

    private static String text(byte[] hash) {
        return Tokens.base64Url(hash);
    }
}
