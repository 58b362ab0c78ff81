package dev.monban.server.measure;

import dev.monban.server.platform.Database;
import dev.monban.server.platform.Supervised;
import java.time.Duration;

/**
 * Asks the database again and again whether it answers, so that whoever asks for readiness is
 * answered at once and no crowd of them waits for a database that does not.
 */
final class DatabaseProbe implements AutoCloseable {

    private static final Duration ASKED_EVERY = Duration.ofMillis(500);

    private final Database database;
    private final Supervised thread;
    private volatile long answeredAt = System.nanoTime();

    DatabaseProbe(Database database) {
        this.database = database;
        this.thread = new Supervised("database probe", this::run);
    }

    private void run() throws InterruptedException {
        while (true) {
            if (database.answers()) {
                answeredAt = System.nanoTime();
            }
            Thread.sleep(ASKED_EVERY);
        }
    }

    /** How long ago it answered. */
    Duration sinceAnswer() {
        return Duration.ofNanos(System.nanoTime() - answeredAt);
    }

    @Override
    public void close() {
        thread.close();
    }
}
