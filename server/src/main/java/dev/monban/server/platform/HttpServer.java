package dev.monban.server.platform;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler.Abstract.NonBlocking;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * One listening address: takes requests off the wire, bounds them, hands them to handlers as values
 * and writes the answers.
 *
 * <p>Jetty reads and writes without blocking, so that a connection that waits costs no thread. A
 * handler gets a virtual thread once its whole request is there.
 */
public final class HttpServer implements Routes, AutoCloseable {

    /** So much of a body that is too large is read on, so that its sender can read the answer. */
    static final int MAX_DRAINED_BYTES = 1 << 20;

    /** Connections that the kernel accepts while the gate is busy. */
    private static final int BACKLOG = 4_096;

    /** Buffers of Jetty; a request that is larger than one gets several. */
    private static final int BUFFER_BYTES = 8 * 1024;

    private static final int MAX_BUFFER_BYTES = 64 * 1024;
    private static final long MAX_POOLED_BYTES = 4 << 20;

    /** Threads of Jetty: one accepts, one selects, the others take over while those work. */
    private static final int JETTY_THREADS = 8;

    private static final int RETRY_AFTER_SECONDS = 2;

    /** Connections at once, however large the heap is. */
    public static final int MAX_CONNECTIONS = 20_000;

    /** Connections at once where probes and scrapers come. */
    public static final int MAX_MANAGEMENT_CONNECTIONS = 500;

    private static final Logger LOG = Logger.getLogger(HttpServer.class.getName());

    /** What clients send is not worth a line in the log each. Held, so that it keeps its level. */
    private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

    static {
        JETTY.setLevel(Level.SEVERE);
    }

    /**
     * How a listener is set up.
     *
     * @param maxConnections connections at once, where heap and open files allow for so many
     */
    public record Settings(
            String host,
            int port,
            Optional<Certificate> certificate,
            Addresses addresses,
            int maxConnections,
            Observer observer) {}

    /** PEM files with the certificate's chain and its private key (PKCS#8). */
    public record Certificate(Path chain, Path key) {}

    /** Is told of every answer, for the measures. */
    @FunctionalInterface
    public interface Observer {
        /**
         * @param route the path as it was hung in, so that there are few
         */
        void answered(String method, String route, int status, Duration took);
    }

    private final Settings settings;
    private final Connections connections;
    private final InWork inWork = new InWork(Limits.CONCURRENT_OF_SOURCE);
    private final Semaphore places = new Semaphore(Limits.CONCURRENT);
    private final Map<String, Map<String, Handler>> handlers = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Server server;
    private @Nullable Connector connector;
    private boolean plainCookies;
    private String strictTransport = "";

    public HttpServer(Settings settings) {
        this.settings = settings;
        this.connections =
                new Connections(
                        Limits.connections(
                                settings.certificate().isPresent(), settings.maxConnections()),
                        System::nanoTime);
    }

    /**
     * Has browsers on this machine keep cookies over plain HTTP ({@link Reply#withPlainCookies}).
     * Called while wiring, and only where the issuer is plain HTTP on this machine.
     */
    public HttpServer keepPlainCookies() {
        plainCookies = true;
        return this;
    }

    /**
     * Has browsers come back over TLS alone for a year, once they came over it (RFC 6797). It
     * depends on the issuer, never on a request's {@code Host}, which proxies rewrite and strangers
     * choose. Nothing is sent for a name of this machine: its other ports, such as a client's
     * callback, may be plain HTTP. Called while wiring.
     *
     * @param issuer the gate's own address
     * @param subdomains whether all names below the issuer's host are held to TLS, too
     */
    public HttpServer keepToTls(String issuer, boolean subdomains) {
        URI uri = URI.create(issuer);
        String host = uri.getHost() == null ? "" : uri.getHost();
        if ("https".equals(uri.getScheme()) && !Loopback.isHost(host)) {
            strictTransport = "max-age=31536000" + (subdomains ? "; includeSubDomains" : "");
        }
        return this;
    }

    @Override
    public HttpServer on(String method, String path, Handler handler) {
        Handler other =
                handlers.computeIfAbsent(path, p -> new LinkedHashMap<>())
                        .putIfAbsent(method, handler);
        if (other != null) {
            throw new IllegalStateException(method + " " + path + " is answered already");
        }
        return this;
    }

    /**
     * Begins to listen.
     *
     * @throws BadInput where the address cannot be had, or the certificate not be read
     */
    public HttpServer start() {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(Limits.HEADER_BYTES);
        http.setInputBufferSize(BUFFER_BYTES);
        http.setUseInputDirectByteBuffers(false);
        http.setUseOutputDirectByteBuffers(false);
        QueuedThreadPool pool = new QueuedThreadPool(JETTY_THREADS, JETTY_THREADS / 2);
        pool.setName("http");
        pool.setDaemon(true);
        Server jetty =
                new Server(
                        pool,
                        null,
                        new ArrayByteBufferPool(
                                0,
                                BUFFER_BYTES / 4,
                                MAX_BUFFER_BYTES,
                                Integer.MAX_VALUE,
                                MAX_POOLED_BYTES,
                                MAX_POOLED_BYTES));
        Connector listening =
                new Connector(jetty, connections, factories(new HttpConnectionFactory(http)));
        listening.setHost(settings.host());
        listening.setPort(settings.port());
        listening.setAcceptQueueSize(BACKLOG);
        // The connections' own deadlines hold; a timer for each would cost memory.
        listening.setIdleTimeout(-1);
        jetty.addConnector(listening);
        jetty.setHandler(
                new NonBlocking() {
                    @Override
                    public boolean handle(
                            org.eclipse.jetty.server.Request request,
                            Response response,
                            Callback callback) {
                        new Exchange(request, response, callback).begin();
                        return true;
                    }
                });
        jetty.setErrorHandler(HttpServer::refuse);
        try {
            jetty.start();
        } catch (BadInput e) {
            throw e;
        } catch (Exception e) {
            stop(jetty);
            throw new BadInput(
                    settings.host()
                            + ":"
                            + settings.port()
                            + " cannot be listened on; something else may be there, choose another"
                            + " --port");
        }
        server = jetty;
        connector = listening;
        Thread.ofPlatform().daemon().name("connections").start(this::sweep);
        return this;
    }

    /** The port that it listens on. */
    public int port() {
        if (connector == null) {
            throw new IllegalStateException("not started");
        }
        return connector.getLocalPort();
    }

    /** Takes no more connections and waits until the requests in work are answered. */
    @Override
    public void close() {
        if (server != null && connector != null) {
            connector.close();
            try {
                connections.drain(Limits.STOP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            stop(server);
        }
        closed.countDown();
        threads.shutdownNow();
    }

    private static void stop(Server jetty) {
        try {
            jetty.stop();
        } catch (Exception e) {
            LOG.log(Level.WARNING, "the listener did not stop in order", e);
        }
    }

    /** Each second, until the listener is closed. */
    private void sweep() {
        try {
            while (!closed.await(1, TimeUnit.SECONDS)) {
                try {
                    connections.sweep();
                } catch (RuntimeException e) {
                    LOG.log(Level.SEVERE, "connections could not be looked through", e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ConnectionFactory[] factories(HttpConnectionFactory http) {
        if (settings.certificate().isEmpty()) {
            return new ConnectionFactory[] {http};
        }
        SslConnectionFactory tls =
                new SslConnectionFactory(
                        Certificates.tls(settings.certificate().get()), http.getProtocol());
        tls.setDirectBuffersForDecryption(false);
        tls.setDirectBuffersForEncryption(false);
        return new ConnectionFactory[] {tls, http};
    }

    /** One request on its way to its answer. */
    private final class Exchange {
        private final org.eclipse.jetty.server.Request request;
        private final Response response;
        private final Callback callback;
        private final Connections.Place place;
        private final long began = System.nanoTime();
        private String route = "";
        private boolean bodyRead;

        Exchange(org.eclipse.jetty.server.Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
            this.place = Connector.place(request);
        }

        /** Refuses what no handler would answer; of the rest, the body is read before all else. */
        void begin() {
            String path = request.getHttpURI().getDecodedPath();
            Map<String, Handler> methods = path == null ? null : handlers.get(path);
            if (request.getHttpURI().getPathQuery() != null
                    && request.getHttpURI().getPathQuery().length() > Limits.REQUEST_LINE_BYTES) {
                send(new Problem(414, "bad_request", "the address is too long").asReply());
                return;
            }
            if (methods == null || path == null) {
                send(Problem.notFound().asReply());
                return;
            }
            route = path;
            Handler handler =
                    methods.get(request.getMethod().equals("HEAD") ? "GET" : request.getMethod());
            if (handler == null) {
                send(
                        new Problem(405, "bad_request", "the methods here are " + methods.keySet())
                                .asReply()
                                .header("Allow", String.join(", ", methods.keySet())));
                return;
            }
            new RequestBody(request, body -> work(handler, body), this::send, callback).run();
        }

        /** The whole request is there. */
        private void work(Handler handler, byte[] body) {
            bodyRead = true;
            connections.arrived(place);
            if (!places.tryAcquire()) {
                send(Problem.busy(RETRY_AFTER_SECONDS).asReply());
                return;
            }
            threads.execute(() -> {
                Reply reply;
                try {
                    reply = reply(handler, request, body);
                } finally {
                    places.release();
                }
                send(reply);
            });
        }

        private void send(Reply reply) {
            connections.answering(place);
            response.setStatus(reply.status());
            if (connections.draining() || mustClose()) {
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            response.getHeaders().put("X-Content-Type-Options", "nosniff");
            for (Reply.Header header : reply.headers()) {
                response.getHeaders().add(header.name(), header.value());
            }
            if (reply.contentType() != null) {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.contentType());
            }
            if (reply.body().length > 0) {
                response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().length);
            }
            response.write(
                    true, ByteBuffer.wrap(reply.body()), Callback.from(this::sent, this::lost));
        }

        private boolean mustClose() {
            // What is left of a body is never taken for the next request.
            return !bodyRead && !request.consumeAvailable();
        }

        private void sent() {
            if (!route.isEmpty()) {
                settings.observer()
                        .answered(
                                request.getMethod(),
                                route,
                                response.getStatus(),
                                Duration.ofNanos(System.nanoTime() - began));
            }
            connections.answered(place);
            callback.succeeded();
        }

        private void lost(Throwable cause) {
            callback.failed(cause);
        }
    }

    private Reply reply(Handler handler, org.eclipse.jetty.server.Request jetty, byte[] body) {
        Request request = request(jetty, body);
        Reply reply;
        try {
            reply = inWork.within(request.sourceKey(), () -> handler.handle(request));
        } catch (Problem problem) {
            reply = problem.asReply();
        } catch (Database.DatabaseFailed e) {
            LOG.log(Level.SEVERE, "database failed at " + request.path(), e);
            reply = Problem.busy(5).asReply();
        } catch (RuntimeException | AssertionError e) {
            LOG.log(Level.SEVERE, "failed at " + request.path(), e);
            reply = new Problem(500, "failed", "something broke here; it is in the log").asReply();
        }
        Reply answered =
                request.secure() && !strictTransport.isEmpty()
                        ? reply.header("Strict-Transport-Security", strictTransport)
                        : reply;
        Reply inLanguage =
                request.languageSwitch()
                        .map(language ->
                                answered.cookie(
                                        Request.LANGUAGE_COOKIE,
                                        language.tag(),
                                        Duration.ofDays(365)))
                        .orElse(answered);
        return request.plainCookies() ? inLanguage.withPlainCookies() : inLanguage;
    }

    private Request request(org.eclipse.jetty.server.Request jetty, byte[] body) {
        Request.Source source =
                new Request.Source() {
                    @Override
                    public List<String> headers(String name) {
                        return jetty.getHeaders().getValuesList(name);
                    }

                    @Override
                    public byte[] body(int mostBytes) {
                        if (body.length > mostBytes) {
                            throw Problem.tooLarge();
                        }
                        return body;
                    }
                };
        InetSocketAddress peer =
                (InetSocketAddress) jetty.getConnectionMetaData().getRemoteSocketAddress();
        Addresses.Origin origin =
                settings.addresses()
                        .origin(
                                peer.getAddress(),
                                jetty.isSecure(),
                                jetty.getConnectionMetaData().getHttpVersion()
                                        == HttpVersion.HTTP_1_0,
                                source);
        String query = jetty.getHttpURI().getQuery();
        return new Request(
                jetty.getMethod(),
                jetty.getHttpURI().getDecodedPath(),
                query == null ? "" : query,
                origin.address(),
                origin.source(),
                origin.secure(),
                plainCookies
                        && !origin.secure()
                        && source.headers("Host").stream().anyMatch(Loopback::isHostHeader),
                source);
    }

    /** Answers to what is not HTTP enough to reach a handler; they repeat nothing of it. */
    private static boolean refuse(
            org.eclipse.jetty.server.Request request, Response response, Callback callback) {
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
