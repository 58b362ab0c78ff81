package dev.monban.server.oidc.page;

import dev.monban.server.oidc.ClientAuthenticator;
import dev.monban.server.oidc.Clients;
import dev.monban.server.oidc.Dpop;
import dev.monban.server.oidc.OAuthError;
import dev.monban.server.oidc.RefusalCause;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.RateLimit;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.platform.Routes;
import java.util.Optional;
import java.util.function.Function;

/**
 * Hangs in what programs call: answers in the protocol's own words, and lets the browsers of
 * declared origins in (the Fetch standard's CORS).
 */
public final class Endpoints {

    private final Clients clients;
    private final Routes routes;
    private final RefusalLog refusals;
    private final Dpop dpop;
    private final RateLimit failures;

    /**
     * @param failures how often a source may fail before it has shown who it is
     */
    public Endpoints(
            Clients clients, Routes routes, RefusalLog refusals, Dpop dpop, RateLimit failures) {
        this.failures = failures;
        this.dpop = dpop;
        this.refusals = refusals;
        this.clients = clients;
        this.routes = routes;
    }

    /** An endpoint that clients call with a secret of theirs, or naming themselves. */
    public void protect(String method, String path, Handler handler) {
        protect(method, path, handler, ClientAuthenticator::named);
    }

    /**
     * An endpoint that clients call.
     *
     * @param named the client that a request means, for the log
     */
    public void protect(
            String method, String path, Handler handler, Function<Request, String> named) {
        routes.unlimited(
                method,
                path,
                "clients that prove themselves come as often as they need; here and in the handler"
                        + " the failures of a source are limited, and clients without a proof",
                request ->
                        withOrigin(
                                request,
                                dpop.answering(request, answered(request, handler, named))));
    }

    /** The browser's question before it calls; once for each path. */
    public void preflight(String path, String methods) {
        routes.on(
                "OPTIONS",
                path,
                request ->
                        withOrigin(
                                request,
                                Reply.empty(204)
                                        .header("Access-Control-Allow-Methods", methods)
                                        .header(
                                                "Access-Control-Allow-Headers",
                                                "Authorization, Content-Type, DPoP")
                                        .header("Access-Control-Max-Age", "3600")));
    }

    private Reply answered(Request request, Handler handler, Function<Request, String> named) {
        try {
            failures.require(request);
            return handler.handle(request);
        } catch (OAuthError e) {
            Optional<Problem> tooOften = countFailure(request);
            if (tooOften.isPresent()) {
                return refused(request, named, tooOften.get());
            }
            refusals.refused(
                    request,
                    named.apply(request),
                    e.code(),
                    e.refusal(),
                    String.valueOf(e.getMessage()));
            return e.asReply();
        } catch (Problem e) {
            return refused(request, named, e.status() >= 429 ? e : countFailure(request).orElse(e));
        }
    }

    private Reply refused(Request request, Function<Request, String> named, Problem problem) {
        refusals.refused(
                request,
                named.apply(request),
                problem.code(),
                cause(problem),
                String.valueOf(problem.getMessage()));
        return asProtocolError(problem);
    }

    /**
     * Counts what is refused before its sender has shown who it is, whatever was wrong.
     *
     * @return the answer instead of the refusal, where the source has failed too often
     */
    private Optional<Problem> countFailure(Request request) {
        if (request.isKnown()) {
            return Optional.empty();
        }
        try {
            failures.count(request);
            return Optional.empty();
        } catch (Problem tooOften) {
            return Optional.of(tooOften);
        }
    }

    private static RefusalCause cause(Problem problem) {
        return switch (problem.status()) {
            case 413 -> RefusalCause.REQUEST_TOO_LARGE;
            case 429, 503 -> RefusalCause.TOO_OFTEN;
            default -> RefusalCause.REQUEST_INVALID;
        };
    }

    /** RFC 6749, section 5.2, for what was wrong before the protocol was reached. */
    private static Reply asProtocolError(Problem problem) {
        if (problem.status() >= 429) {
            return problem.withRetryAfter(
                    Reply.json(
                            problem.status(),
                            java.util.Map.of(
                                    "error",
                                    "temporarily_unavailable",
                                    "error_description",
                                    String.valueOf(problem.getMessage()))));
        }
        Reply reply = OAuthError.invalidRequest(String.valueOf(problem.getMessage())).asReply();
        return new Reply(problem.status(), reply.contentType(), reply.headers(), reply.body());
    }

    private Reply withOrigin(Request request, Reply reply) {
        Optional<String> origin = request.header("Origin").filter(clients::knowsOrigin);
        Reply varied = reply.header("Vary", "Origin");
        return origin.map(known ->
                        varied.header("Access-Control-Allow-Origin", known)
                                .header(
                                        "Access-Control-Expose-Headers",
                                        "DPoP-Nonce, WWW-Authenticate, Retry-After"))
                .orElse(varied);
    }
}
