package dev.monban.server.platform.outgoing;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A call brought no answer. The message says why, and holds neither body nor secret. */
public final class CallFailed extends IOException {

    private static final long serialVersionUID = 1L;

    private final Result result;

    CallFailed(Result result, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.result = result;
    }

    CallFailed(Result result, String message) {
        this(result, message, null);
    }

    public Result result() {
        return result;
    }
}
