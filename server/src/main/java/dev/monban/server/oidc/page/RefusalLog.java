package dev.monban.server.oidc.page;

import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Request;
import java.time.InstantSource;
import java.util.logging.Logger;

/**
 * Tells the operator what clients get wrong: whoever connects a system looks here first. A few
 * lines a second at most, as strangers can cause them too.
 */
public final class RefusalLog {

    private static final Logger LOG = Logger.getLogger(RefusalLog.class.getName());
    private static final double LINES_PER_SECOND = 5;
    private static final int LINES_AT_ONCE = 50;

    /** Client ids are short words; what is not is not repeated. */
    private static final String CLIENT_ID = "[A-Za-z0-9._~-]{1,100}";

    private final RateLimit lines;

    public RefusalLog(InstantSource clock) {
        this.lines = new RateLimit(clock, LINES_PER_SECOND, LINES_AT_ONCE);
    }

    /**
     * @param detail what was wrong, in our own words
     */
    public void refused(Request request, String client, String code, String detail) {
        try {
            lines.count("all");
        } catch (Problem tooMany) {
            return;
        }
        String shown = client.matches(CLIENT_ID) ? client : "?";
        LOG.info("refused " + code + " at " + request.path() + ", client " + shown + ": " + detail);
    }
}
