package dev.monban.server.console;

import dev.monban.core.trouble.Drop;
import dev.monban.server.console.store.FunnelStore;
import dev.monban.server.notify.Alert;
import dev.monban.server.notify.Alerts;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Texts;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Tells the operators where the sign-ins of the usual hour do not come. */
public final class DropWatch {

    private static final Duration LOOKED_AT = Duration.ofMinutes(15);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final int WEEKS = 4;

    private final Database database;
    private final Alerts alerts;
    private final Texts texts;
    private final InstantSource clock;

    public DropWatch(Database database, Alerts alerts, Texts texts, InstantSource clock) {
        this.database = database;
        this.alerts = alerts;
        this.texts = texts;
        this.clock = clock;
    }

    /** Looks at the last quarter of an hour. Asked every minute; tells of each hour once. */
    public void turn() {
        Instant now = clock.instant();
        database.transact(connection -> look(connection, now));
    }

    private void look(Connection connection, Instant now) throws SQLException {
        List<Long> earlier = new ArrayList<>();
        for (int week = 1; week <= WEEKS; week++) {
            Instant then = now.minus(WEEK.multipliedBy(week));
            // Where nothing at all is on record for a day, there was no gate yet.
            if (FunnelStore.isOnRecord(connection, then.minus(Duration.ofDays(1)), then)) {
                earlier.add(FunnelStore.signIns(connection, then.minus(LOOKED_AT), then));
            }
        }
        long came = FunnelStore.signIns(connection, now.minus(LOOKED_AT), now);
        if (!Drop.isMissing(came, earlier)) {
            return;
        }
        String hour = "login_drop " + now.truncatedTo(ChronoUnit.HOURS);
        alerts.putOnce(
                connection,
                new Alert(
                        "login_drop.opened",
                        "login_drop",
                        UUID.nameUUIDFromBytes(hour.getBytes(StandardCharsets.UTF_8)),
                        now,
                        texts.get("alert.drop"),
                        texts.get(
                                "alert.drop.text",
                                String.valueOf(came),
                                String.valueOf(Math.round(Drop.expected(earlier))))));
    }
}
