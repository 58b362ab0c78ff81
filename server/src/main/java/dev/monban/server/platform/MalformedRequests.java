package dev.monban.server.platform;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers to what is not HTTP enough to reach a handler. */
final class MalformedRequests {

    private MalformedRequests() {}

    /** Says what is wrong, and repeats nothing of the request; the connection ends with it. */
    static boolean refuse(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Problem problem =
                switch (status) {
                    case 404 -> Problem.notFound();
                    case 413 -> Problem.tooLarge();
                    case 500 ->
                            new Problem(500, "failed", "something broke here; it is in the log");
                    default -> new Problem(status, "bad_request", "the request is not well-formed");
                };
        Reply reply = problem.asReply();
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        reply.headers().forEach(header -> response.getHeaders().put(header.name(), header.value()));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/problem+json");
        response.write(true, ByteBuffer.wrap(reply.body()), callback);
        return true;
    }
}
