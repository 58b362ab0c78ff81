package dev.monban.server.oidc;

import dev.monban.server.platform.outgoing.Answer;
import dev.monban.server.platform.outgoing.Limits;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import dev.monban.server.platform.outgoing.OutgoingRequest;
import dev.monban.server.platform.outgoing.Purpose;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Fetches key sets by the one place from which the gate calls other hosts. */
public final class KeySetByHttp implements KeySetFetch {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** {@link ClientKeys} fetches one at a time; another may end slowly meanwhile. */
    private static final Limits LIMITS = new Limits(TIMEOUT, TIMEOUT, MAX_BYTES, 2);

    private final OutgoingCalls.Caller calls;

    public KeySetByHttp(OutgoingCalls calls) {
        this.calls = calls.caller(Purpose.CLIENT_KEYS, LIMITS);
    }

    @Override
    public byte[] fetch(String client, URI uri) throws IOException {
        Answer answer =
                calls.send(
                        client,
                        OutgoingRequest.get(uri)
                                .with("Accept", "application/jwk-set+json, application/json"));
        if (answer.status() != Answer.OK) {
            throw new IOException("it answers " + answer.status());
        }
        return answer.body();
    }
}
