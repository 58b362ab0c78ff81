package dev.monban.server.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.monban.server.audit.LogUpkeep;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.notify.Alerts;
import dev.monban.server.notify.Channel;
import dev.monban.server.notify.Outbox;
import dev.monban.server.notify.Subscription;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Sql;
import dev.monban.server.platform.Texts;
import dev.monban.server.platform.outgoing.Destinations;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The hour whose sign-ins do not come, against the weeks before. */
class DropWatchTest {

    private static final Instant NINE = Instant.parse("2027-02-15T00:00:00Z");
    private static final int EACH_QUARTER = 60;

    private volatile Instant now = NINE;

    private static void signIns(Database database, Instant until, int many) {
        int written =
                database.query(c ->
                        Sql.update(
                                c,
                                """
                                insert into watch.attempt (attempt_id, at, identifier, address,
                                                           step, outcome, session_id)
                                select gen_random_uuid(), ?::timestamptz - interval '14 minutes' * i / ?,
                                       'somebody', '203.0.113.1', 'password', 'accepted',
                                       gen_random_uuid()
                                from generate_series(1, ?) i
                                """,
                                until,
                                many,
                                many));
        assertEquals(many, written);
    }

    private static long told(Database database) {
        return database.query(c ->
                Sql.one(
                                c,
                                "select count(*) as count from notify.outbox where payload like '%login_drop%'",
                                row -> row.bigNumber("count"))
                        .orElse(0L));
    }

    @Test
    void isToldOnceAnHourAndOnlyWhereTheyShouldHaveCome() {
        Database database = TestDatabase.fresh("drop");
        for (int week = 0; week <= 4; week++) {
            Instant then = NINE.minus(Duration.ofDays(7L * week));
            new LogUpkeep(database, () -> then).turn();
        }
        Outbox outbox = new Outbox(database, new Ids(() -> now), () -> now);
        Alerts alerts =
                new Alerts(
                        List.of(
                                new Subscription(
                                        new Channel.ByWebhook(
                                                "hook", "http://127.0.0.1:1/", new byte[32]),
                                        Set.of())),
                        Optional.empty(),
                        outbox,
                        database,
                        new OutgoingCalls(Destinations.PUBLIC),
                        () -> now);
        DropWatch drops = new DropWatch(database, alerts, Texts.in(Language.EN), () -> now);
        // A gate without a past misses nobody.
        drops.turn();
        assertEquals(0, told(database));
        for (int week = 1; week <= 4; week++) {
            Instant then = NINE.minus(Duration.ofDays(7L * week));
            signIns(database, then.minus(Duration.ofHours(3)), 1);
            signIns(database, then, EACH_QUARTER);
        }
        signIns(database, NINE, EACH_QUARTER / 2);
        drops.turn();
        assertEquals(0, told(database));
        // A quarter of an hour later as many should have come, and only two did.
        now = NINE.plus(Duration.ofMinutes(15));
        for (int week = 1; week <= 4; week++) {
            signIns(database, now.minus(Duration.ofDays(7L * week)), EACH_QUARTER);
        }
        signIns(database, now, 2);
        drops.turn();
        assertEquals(1, told(database));
        now = now.plus(Duration.ofMinutes(1));
        drops.turn();
        assertEquals(1, told(database));
        outbox.close();
        database.close();
    }
}
