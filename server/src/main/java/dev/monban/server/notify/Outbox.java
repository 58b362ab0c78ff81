package dev.monban.server.notify;

import dev.monban.server.notify.store.OutboxStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Messages to other systems. Each is written in the transaction of what caused it, and sent after
 * the commit, with growing waits, until the other side takes it. It survives restarts; several
 * nodes share it.
 */
public final class Outbox implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Outbox.class.getName());

    /** 5 s, 10 s, 20 s … an hour: about a day and a half in all. */
    private static final int MOST_TRIES = 40;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    /** While one node tries, no other does. Longer than any sender's timeout. */
    private static final Duration CLAIMED_FOR = Duration.ofSeconds(60);

    /** A report that a mail came back may take days (RFC 5321, section 4.5.4.1). */
    private static final Duration KEPT = Duration.ofDays(14);

    private static final Duration STOPPED_WITHIN = Duration.ofSeconds(8);

    private static final int AT_ONCE = 50;

    private final Database database;
    private final Ids ids;
    private final InstantSource clock;
    private final Map<String, Sender> senders = new HashMap<>();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

    public Outbox(Database database, Ids ids, InstantSource clock) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * A message as it waits.
     *
     * @param tries how often it was tried, this time included
     */
    public record Message(UUID id, String kind, String target, String payload, int tries) {}

    /** The other side will never take this one: it is not tried again. */
    public static final class Refused extends IOException {

        private static final long serialVersionUID = 1;

        public Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Sends messages of one kind. */
    public interface Sender {

        /**
         * Sends; returns once the other side has taken it.
         *
         * @throws IOException where it has not
         */
        void send(Message message) throws IOException, InterruptedException;

        /** Told when nothing more is tried. */
        void gaveUp(Message message, String error);
    }

    /** Has messages of this kind sent by that. Called while wiring. */
    public void register(String kind, Sender sender) {
        senders.put(kind, sender);
    }

    /** Puts a message in, in the transaction of what causes it. */
    public void put(Connection connection, String kind, String target, String payload)
            throws SQLException {
        OutboxStore.insert(connection, ids.next(), kind, target, payload, clock.instant());
    }

    /** Sends what is due. Asked every second. */
    public void turn() {
        Instant now = clock.instant();
        List<Message> due =
                database.query(connection ->
                        OutboxStore.claim(connection, now, now.plus(CLAIMED_FOR), AT_ONCE));
        due.forEach(message -> workers.execute(() -> attempt(message)));
    }

    @Override
    public void close() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(STOPPED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void attempt(Message message) {
        Sender sender = senders.get(message.kind());
        if (sender == null) {
            LOG.warning("nobody sends messages of kind " + message.kind());
            return;
        }
        try {
            sender.send(message);
            database.query(c -> OutboxStore.done(c, message.id(), clock.instant()));
        } catch (Refused e) {
            giveUp(message, sender, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            failed(message, sender, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warning("sending " + message.kind() + " failed: " + e);
            failed(message, sender, e);
        }
    }

    private void failed(Message message, Sender sender, Exception e) {
        String error = e.getClass().getSimpleName() + ": " + e.getMessage();
        LOG.info(
                "message of kind "
                        + message.kind()
                        + " not taken, try "
                        + message.tries()
                        + " of "
                        + MOST_TRIES
                        + ": "
                        + error);
        Instant now = clock.instant();
        if (message.tries() >= MOST_TRIES) {
            giveUp(message, sender, error);
            return;
        }
        database.query(
                c -> OutboxStore.retry(c, message.id(), error, now.plus(wait(message.tries()))));
    }

    private void giveUp(Message message, Sender sender, String error) {
        database.query(c -> OutboxStore.giveUp(c, message.id(), error, clock.instant()));
        sender.gaveUp(message, error);
    }

    /** Forgets what was sent, or given up, long ago. Asked from time to time. */
    public void sweep() {
        database.upkeep(c -> OutboxStore.sweep(c, clock.instant().minus(KEPT)));
    }

    /** Doubles with each try, up to an hour. */
    static Duration wait(int tries) {
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(tries - 1, 20));
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }
}
