package dev.monban.server.platform;

/** Answers one request. Blocking is fine: each request has a virtual thread of its own. */
@FunctionalInterface
public interface Handler {

    /**
     * Answers.
     *
     * @throws Problem where the request cannot be answered as asked
     */
    Reply handle(Request request);
}
