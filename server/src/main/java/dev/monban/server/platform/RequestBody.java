package dev.monban.server.platform;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/** Reads the body of a request as it comes, without a thread that waits for it. */
final class RequestBody implements Invocable.Task {

    private final Request request;
    private final Consumer<byte[]> whole;
    private final Consumer<Reply> refuse;
    private final Callback callback;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);
    private long read;

    /**
     * @param whole is given the body once it is there
     * @param refuse is given the answer where the body is larger than {@link Limits#FORM_BYTES}
     * @param callback is told where the body cannot be read
     */
    RequestBody(
            Request request, Consumer<byte[]> whole, Consumer<Reply> refuse, Callback callback) {
        this.request = request;
        this.whole = whole;
        this.refuse = refuse;
        this.callback = callback;
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public void run() {
        if (request.getLength() > HttpServer.MAX_DRAINED_BYTES) {
            refuse.accept(Problem.tooLarge().asReply());
            return;
        }
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                callback.failed(chunk.getFailure());
                return;
            }
            boolean last = chunk.isLast();
            take(chunk.getByteBuffer());
            chunk.release();
            // Whoever sends a little too much reads the answer only once all is sent.
            if (last || read > HttpServer.MAX_DRAINED_BYTES) {
                if (read > Limits.FORM_BYTES) {
                    refuse.accept(Problem.tooLarge().asReply());
                } else {
                    whole.accept(bytes.toByteArray());
                }
                return;
            }
        }
    }

    private void take(ByteBuffer buffer) {
        read += buffer.remaining();
        if (read <= Limits.FORM_BYTES) {
            byte[] some = new byte[buffer.remaining()];
            buffer.get(some);
            bytes.writeBytes(some);
        }
    }
}
