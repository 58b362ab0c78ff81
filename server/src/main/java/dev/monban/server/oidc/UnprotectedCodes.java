package dev.monban.server.oidc;

import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import java.time.Duration;
import java.time.InstantSource;
import java.util.logging.Logger;

/**
 * Names the clients whose codes carry neither PKCE nor a nonce. Such a request is valid (RFC 6749,
 * section 4.1.1), and its client cannot notice a code that somebody injects (RFC 9700, section
 * 4.5); the operator who allowed it should know. The event {@code code_issued} says it of each
 * code; the log names each client once an hour.
 */
final class UnprotectedCodes {

    private static final Logger LOG = Logger.getLogger(UnprotectedCodes.class.getName());

    private static final Duration LINE_EACH = Duration.ofHours(1);

    private final RateLimit lines;

    UnprotectedCodes(InstantSource clock) {
        this.lines = new RateLimit(clock, 1.0 / LINE_EACH.toSeconds(), 1);
    }

    /**
     * Notes a code that was given.
     *
     * @param client the id of a declared client, so that there are as many keys as clients
     */
    void note(String client) {
        try {
            lines.count(client);
        } catch (Problem saidBefore) {
            return;
        }
        LOG.warning(
                "client "
                        + client
                        + " asks for codes with neither code_challenge nor nonce: it cannot notice"
                        + " a code that is injected (RFC 9700, section 4.5); let it send one of"
                        + " them");
    }
}
