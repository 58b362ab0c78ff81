package dev.monban.server.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;

/**
 * Commits what many requests want written at the same time in one transaction. A commit waits for
 * the disk; a hundred requests that wait for the same one cost what one does. Whoever hands
 * something in waits until it is committed.
 */
public final class GroupCommit<T, R> implements AutoCloseable {

    /** Handed in and not yet taken; more find the machine busy. */
    private static final int WAITING = 10_000;

    private static final int MOST_AT_ONCE = 500;
    private static final int RETRY_AFTER_SECONDS = 2;

    /** Longer than any statement may take. */
    private static final Duration DRAINED_WITHIN = Duration.ofSeconds(60);

    private static final Logger LOG = Logger.getLogger(GroupCommit.class.getName());

    /** Writes them all, and gives what became of each, in their order. */
    @FunctionalInterface
    public interface Writer<T, R> {
        List<R> write(Connection connection, List<T> items) throws SQLException;
    }

    private record Handed<T, R>(T item, CompletableFuture<R> done) {}

    private final BlockingQueue<Handed<T, R>> queue = new ArrayBlockingQueue<>(WAITING);
    private final Database database;
    private final Writer<T, R> writer;
    private final Supervised thread;
    private final CountDownLatch drained = new CountDownLatch(1);
    private volatile boolean closed;

    public GroupCommit(String name, Database database, Writer<T, R> writer) {
        this.database = database;
        this.writer = writer;
        this.thread = new Supervised("commit-" + name, this::runMarked);
    }

    /**
     * Hands in, waits for the commit, and gives what became of it.
     *
     * @throws Problem (503) where too many wait already
     * @throws Database.DatabaseFailed where it was not committed
     */
    public R commit(T item) {
        Handed<T, R> handed = new Handed<>(item, new CompletableFuture<>());
        if (closed || !queue.offer(handed)) {
            throw Problem.busy(RETRY_AFTER_SECONDS);
        }
        try {
            return handed.done().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Commits what was handed in, then ends. */
    @Override
    public void close() {
        closed = true;
        try {
            if (!drained.await(DRAINED_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                LOG.severe("what was handed in last is not committed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.close();
    }

    private void runMarked() throws InterruptedException {
        try (Scarce.Hold _ = Scarce.hold("the thread that commits for all")) {
            run();
        }
    }

    private void run() throws InterruptedException {
        List<Handed<T, R>> batch = new ArrayList<>();
        while (!closed || !queue.isEmpty()) {
            batch.clear();
            Handed<T, R> first = queue.poll(100, TimeUnit.MILLISECONDS);
            if (first == null) {
                continue;
            }
            batch.add(first);
            queue.drainTo(batch, MOST_AT_ONCE - 1);
            write(batch);
        }
        drained.countDown();
        // An end by itself would count as a fault.
        new CountDownLatch(1).await();
    }

    private void write(List<Handed<T, R>> batch) {
        List<T> items = batch.stream().map(Handed::item).toList();
        try {
            List<R> results = database.query(connection -> writer.write(connection, items));
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).done().complete(results.get(i));
            }
        } catch (RuntimeException | Error e) {
            batch.forEach(handed -> handed.done().completeExceptionally(e));
        }
    }
}
