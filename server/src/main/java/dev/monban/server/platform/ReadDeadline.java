package dev.monban.server.platform;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cuts connections on which a request was begun and does not arrive: a client that sends a byte a
 * minute would hold a place for ever. A connection has one virtual thread, which carries its timer.
 */
final class ReadDeadline implements Http1ConnectionListener {

    private static final ScheduledThreadPoolExecutor TIMER =
            new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().daemon().name("read-deadline").factory());
    private static final ThreadLocal<@Nullable ScheduledFuture<?>> ARMED = new ThreadLocal<>();

    static {
        TIMER.setRemoveOnCancelPolicy(true);
    }

    private final Duration most;

    ReadDeadline(Duration most) {
        this.most = most;
    }

    @Override
    public void prologue(ConnectionContext context, HttpPrologue prologue) {
        met();
        HelidonSocket socket = context.serverSocket();
        ARMED.set(
                TIMER.schedule(
                        () -> Thread.startVirtualThread(() -> cut(socket)),
                        most.toMillis(),
                        TimeUnit.MILLISECONDS));
    }

    /** The request has arrived. */
    static void met() {
        ScheduledFuture<?> armed = ARMED.get();
        if (armed != null) {
            armed.cancel(false);
            ARMED.remove();
        }
    }

    private static void cut(HelidonSocket socket) {
        try {
            socket.close();
        } catch (RuntimeException e) {
            // It was closed already.
        }
    }
}
