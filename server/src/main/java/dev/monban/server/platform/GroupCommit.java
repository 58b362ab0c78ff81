package dev.monban.server.platform;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Commits what many requests want written at the same time in one transaction. A commit waits for
 * the disk; a hundred requests that wait for the same one cost what one does. Whoever hands
 * something in waits until it is committed.
 */
public final class GroupCommit<T> implements AutoCloseable {

    /** Handed in and not yet taken; more find the machine busy. */
    private static final int WAITING = 10_000;

    private static final int MOST_AT_ONCE = 500;
    private static final int RETRY_AFTER_SECONDS = 2;

    /** Writes them all. */
    @FunctionalInterface
    public interface Writer<T> {
        void write(Connection connection, List<T> items) throws SQLException;
    }

    private record Handed<T>(T item, CompletableFuture<Void> done) {}

    private final BlockingQueue<Handed<T>> queue = new ArrayBlockingQueue<>(WAITING);
    private final Database database;
    private final Writer<T> writer;
    private final Thread thread;
    private volatile boolean closed;

    public GroupCommit(String name, Database database, Writer<T> writer) {
        this.database = database;
        this.writer = writer;
        this.thread = Thread.ofPlatform().daemon().name("commit-" + name).start(this::run);
    }

    /**
     * Hands in and waits for the commit.
     *
     * @throws Problem (503) where too many wait already
     * @throws Database.DatabaseFailed where it was not committed
     */
    public void commit(T item) {
        Handed<T> handed = new Handed<>(item, new CompletableFuture<>());
        if (closed || !queue.offer(handed)) {
            throw Problem.busy(RETRY_AFTER_SECONDS);
        }
        try {
            handed.done().join();
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
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Handed<T>> batch = new ArrayList<>();
        while (!closed || !queue.isEmpty()) {
            batch.clear();
            try {
                Handed<T> first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first == null) {
                    continue;
                }
                batch.add(first);
                queue.drainTo(batch, MOST_AT_ONCE - 1);
                write(batch);
            } catch (InterruptedException e) {
                closed = true;
            }
        }
    }

    private void write(List<Handed<T>> batch) {
        List<T> items = batch.stream().map(Handed::item).toList();
        try {
            database.query(connection -> {
                writer.write(connection, items);
                return Boolean.TRUE;
            });
            batch.forEach(handed -> handed.done().complete(null));
        } catch (RuntimeException e) {
            batch.forEach(handed -> handed.done().completeExceptionally(e));
        }
    }
}
