package dev.monban.server.oidc.page;

import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.CallFacts;
import dev.monban.server.oidc.Clients;
import dev.monban.server.oidc.RefusalBudget;
import dev.monban.server.oidc.RefusalCause;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Request;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Tells the operator what clients get wrong: a line in the log and an event for each refusal, with
 * the client and the cause. Strangers can cause refusals too; {@link RefusalBudget} says how many
 * are written, and what is left out is counted and told.
 */
public final class RefusalLog {

    private static final Logger LOG = Logger.getLogger(RefusalLog.class.getName());

    /**
     * A client id that nobody declared is shown where it is a short word: secrets have 16
     * characters at least, and one that stands in the wrong place is not to be written down.
     */
    private static final String SHOWN_ID = "[A-Za-z0-9._~-]{1,15}";

    private final Clients clients;
    private final EventLog events;
    private final InstantSource clock;
    private final RefusalBudget budget = new RefusalBudget();

    public RefusalLog(Clients clients, EventLog events, InstantSource clock) {
        this.clients = clients;
        this.events = events;
        this.clock = clock;
    }

    /**
     * Writes a refusal down.
     *
     * @param client as the request names it; it may have proved nothing
     * @param code what the client or the person was told: an error code, or the name of a problem
     * @param detail what was wrong, in our own words
     */
    public void refused(Request request, String client, String code, String detail) {
        refused(request, client, code, RefusalCause.ofError(code), detail);
    }

    /**
     * The same where its cause is known more exactly than the code tells.
     *
     * @param cause is not told to the client
     */
    public void refused(
            Request request, String client, String code, RefusalCause cause, String detail) {
        if (cause.isOrdinary()) {
            return;
        }
        boolean declared = clients.find(client).isPresent();
        RefusalBudget.Key key = new RefusalBudget.Key(declared ? client : null, cause);
        if (!budget.admits(key, clock.instant())) {
            return;
        }
        String shown =
                declared ? client : client.matches(SHOWN_ID) ? client + " (not declared)" : "?";
        LOG.info(
                "refused "
                        + code
                        + " at "
                        + request.path()
                        + ", client "
                        + shown
                        + ", cause "
                        + cause.code()
                        + ": "
                        + detail);
        Map<String, Object> details = new LinkedHashMap<>(CallFacts.of(request));
        details.remove(CallFacts.ADDRESS);
        details.put("cause", cause.code());
        details.put("error", code);
        details.put("kind", CallFacts.kind(request));
        record(key, Event.of(EventKind.TOKEN_REFUSED).address(request.address()).details(details));
    }

    /** Tells what was left out. Asked every few seconds. */
    public void turn() {
        for (RefusalBudget.LeftOut left : budget.ended(clock.instant())) {
            RefusalBudget.Key key = left.key();
            LOG.info(
                    "refused "
                            + left.count()
                            + " times more since "
                            + left.since()
                            + ", client "
                            + (key.client() == null ? "?" : key.client())
                            + ", cause "
                            + key.cause().code());
            record(
                    key,
                    Event.of(EventKind.TOKEN_REFUSED)
                            .details(
                                    Map.of(
                                            "cause", key.cause().code(),
                                            "left_out", left.count(),
                                            "since", left.since().toString())));
        }
    }

    /** The answer to the client does not depend on it. */
    private void record(RefusalBudget.Key key, Event event) {
        try {
            events.record(event.client(key.client()));
        } catch (Database.DatabaseFailed e) {
            LOG.log(Level.WARNING, "a refusal is in no event, as the database does not take it", e);
        }
    }
}
