package dev.monban.server.login;

import com.nimbusds.jose.util.Resource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls of organisations' servers: none takes more, or lasts longer, than it must, and one that is
 * slow holds up nobody else's.
 */
final class ProviderCalls {

    static final int OK = 200;

    private static final int MOST_BYTES = 500_000;

    /** So many calls of one organisation's at the same time. */
    private static final int MOST_CALLS = 50;

    /** So long one waits for its turn. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Nothing came, or what a server says that cannot. */
    static final class NoAnswer extends IOException {

        private static final long serialVersionUID = 1L;

        NoAnswer(String message) {
            super(message);
        }

        NoAnswer(Throwable cause) {
            super(cause);
        }
    }

    private final Duration timeout;
    private final Map<String, Semaphore> calls = new ConcurrentHashMap<>();
    private final HttpClient http;

    /**
     * @param timeout how long a call lasts at the most, its answer included
     */
    ProviderCalls(Duration timeout) {
        this.timeout = timeout;
        this.http =
                HttpClient.newBuilder()
                        .connectTimeout(timeout)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();
    }

    /**
     * Calls.
     *
     * @param tenant slug of the organisation
     * @throws NoAnswer where none comes
     * @throws IOException where there is too much of it, or too many wait for one
     */
    HttpResponse<String> send(String tenant, HttpRequest.Builder request) throws IOException {
        Semaphore call = calls.computeIfAbsent(tenant, t -> new Semaphore(MOST_CALLS));
        try {
            if (!call.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("too many wait for it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        try {
            return send(request);
        } finally {
            call.release();
        }
    }

    /** The same for what all share, which no number of others holds up. */
    HttpResponse<String> find(String tenant, HttpRequest.Builder request) throws IOException {
        return send(tenant + " itself", request);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        CompletableFuture<HttpResponse<String>> answer =
                http.sendAsync(
                        request.timeout(timeout).build(),
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8),
                                MOST_BYTES));
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new NoAnswer("it does not answer in time");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConnectException
                    || e.getCause() instanceof HttpTimeoutException) {
                throw new NoAnswer(e.getCause());
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Fetches keys. */
    Resource fetch(String tenant, URL address) throws IOException {
        HttpResponse<String> answer =
                find(tenant, HttpRequest.newBuilder(URI.create(address.toString())));
        if (answer.statusCode() != OK) {
            throw new IOException("its keys answer " + answer.statusCode());
        }
        return new Resource(answer.body(), "application/json");
    }
}
