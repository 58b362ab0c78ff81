package dev.monban.server.notify.page;

import dev.monban.server.notify.Bounces;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;

/**
 * Takes reports of mail that did not arrive (RFC 3464) from the house's own mail server, on the
 * port that nobody outside reaches.
 */
public final class BounceEndpoint {

    /** A report holds the message that came back, and ours are short. */
    private static final int MOST_BYTES = 1 << 20;

    private final Bounces bounces;

    public BounceEndpoint(Bounces bounces) {
        this.bounces = bounces;
    }

    public void hang(Routes management) {
        management.post("/mail/bounces", this::take);
    }

    private Reply take(Request request) {
        return switch (bounces.report(request.body(MOST_BYTES))) {
            case NOTED, NOT_FAILED -> Reply.empty(204);
            case NOT_OURS ->
                    throw new Problem(
                            422,
                            "bad_request",
                            "not a delivery report (RFC 3464) of a message that this gate sent;"
                                    + " send the whole message, headers included");
        };
    }
}
