package dev.monban.server.login;

import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.server.login.store.ChallengeStore;
import dev.monban.server.notify.Bounces;
import dev.monban.server.platform.Database;
import dev.monban.server.watch.Remarks;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Codes that were asked for from known places, and that nobody typed: because the mail came back,
 * or because nothing was there to read them from. Each is an attempt in the log of its own.
 */
public final class Unanswered implements Bounces.Listener {

    /** Mail servers try for a while before they give a mail back. */
    private static final Duration BOUNCES_WITHIN = Duration.ofHours(1);

    /** What ran out longer ago than this was cut off by a stop. */
    private static final Duration LOOKED_BACK = Duration.ofMinutes(30);

    private final Database database;
    private final Remarks remarks;
    private final InstantSource clock;

    public Unanswered(Database database, Remarks remarks, InstantSource clock) {
        this.database = database;
        this.remarks = remarks;
        this.clock = clock;
    }

    /** Notes the codes that ran out. Asked every minute, before they are swept. */
    public void turn() {
        Instant now = clock.instant();
        database.transact(connection -> {
            for (UUID attempt :
                    ChallengeStore.unanswered(connection, now.minus(LOOKED_BACK), now)) {
                remarks.follow(connection, attempt, Step.TOTP, Rejection.NO_ANSWER);
            }
        });
    }

    @Override
    public void bounced(Connection connection, String address) throws SQLException {
        Optional<UUID> attempt =
                ChallengeStore.askedByMail(
                        connection,
                        address.toLowerCase(Locale.ROOT),
                        clock.instant().minus(BOUNCES_WITHIN));
        if (attempt.isPresent()) {
            remarks.follow(connection, attempt.get(), Step.RESET_REQUEST, Rejection.MAIL_BOUNCED);
        }
    }
}
