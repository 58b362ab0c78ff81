package dev.monban.server.login;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.monban.server.platform.outgoing.Answer;
import dev.monban.server.platform.outgoing.CallFailed;
import dev.monban.server.platform.outgoing.Limits;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import dev.monban.server.platform.outgoing.OutgoingRequest;
import dev.monban.server.platform.outgoing.Purpose;
import dev.monban.server.platform.outgoing.Result;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Calls of organisations' OpenID Providers. */
final class ProviderCalls {

    private static final int SERVER_ERROR = 500;

    /** Documents, keys and tokens are some kilobytes. */
    private static final int MAX_BYTES = 128 * 1024;

    /** Of one organisation at one host. */
    private static final int MAX_AT_ONCE = 50;

    /** No answer came, whatever a browser had brought. */
    private static final Set<Result> NO_ANSWER =
            Set.of(Result.REFUSED, Result.UNREACHABLE, Result.TIMEOUT, Result.BREAKER_OPEN);

    private final OutgoingCalls.Caller calls;

    /**
     * @param timeout how long a call lasts at the most, its answer included
     */
    ProviderCalls(OutgoingCalls outgoing, Duration timeout) {
        calls =
                outgoing.caller(
                        Purpose.FEDERATION, new Limits(timeout, timeout, MAX_BYTES, MAX_AT_ONCE));
    }

    /** It answers that it fails. */
    private static final class ServerError extends IOException {

        private static final long serialVersionUID = 1L;

        ServerError(String message) {
            super(message);
        }
    }

    /** Whether the provider brought no answer of use, whatever the browser had brought. */
    static boolean isNoAnswer(Throwable failure) {
        return failure instanceof ServerError
                || (failure instanceof CallFailed failed && NO_ANSWER.contains(failed.result()));
    }

    /** Fetches what all people of an organisation share: no number of sign-ins holds it up. */
    Answer find(String tenant, URI document) throws CallFailed {
        return calls.get(tenant + " itself", document);
    }

    /** Fetches keys. */
    Resource keys(String tenant, URL address) throws IOException {
        Answer answer = find(tenant, URI.create(address.toString()));
        if (answer.status() != Answer.OK) {
            throw new IOException("its keys answer " + answer.status());
        }
        return new Resource(answer.text(), "application/json");
    }

    /** Sends what one sign-in needs. */
    Answer send(String tenant, OutgoingRequest request) throws CallFailed {
        return calls.send(tenant, request);
    }

    /** Sends a request of the library, and gives the answer as it knows it. */
    HTTPResponse post(String tenant, HTTPRequest request) throws IOException, ParseException {
        OutgoingRequest sent =
                OutgoingRequest.post(
                        request.getURI(),
                        "application/x-www-form-urlencoded; charset=UTF-8",
                        request.getBody());
        for (Map.Entry<String, List<String>> header : request.getHeaderMap().entrySet()) {
            sent = sent.with(header.getKey(), header.getValue().getFirst());
        }
        Answer answer = send(tenant, sent);
        if (answer.status() >= SERVER_ERROR) {
            throw new ServerError("its token endpoint answers " + answer.status());
        }
        HTTPResponse received = new HTTPResponse(answer.status());
        received.setHeader("Content-Type", answer.header("Content-Type"));
        received.setBody(answer.text());
        return received;
    }
}
