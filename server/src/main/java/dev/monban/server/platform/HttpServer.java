package dev.monban.server.platform;

import dev.monban.server.platform.RouteTable.Mounted;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private static final byte[] NO_BODY = new byte[0];

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
     * @param limit what each source may send to all routes together; empty where no stranger comes
     */
    public record Settings(
            String host,
            int port,
            Optional<Certificate> certificate,
            Addresses addresses,
            int maxConnections,
            Optional<RateLimit> limit,
            Observer observer) {}

    /** PEM files with the certificate's chain and its private key (PKCS#8). */
    public record Certificate(Path chain, Path key) {}

    /** Is told of every answer, for the measures. */
    @FunctionalInterface
    public interface Observer {
        /** The route is the path as it was mounted, so that there are few. */
        void answered(String method, String route, int status, Duration took);
    }

    private final Settings settings;
    private final Connections connections;
    private final InWork inWork = new InWork(Limits.CONCURRENT_OF_SOURCE);
    private final Semaphore places = new Semaphore(Limits.CONCURRENT);
    private final RouteTable mounted = new RouteTable();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable Server server;
    private @Nullable Connector connector;
    private @Nullable Supervised sweeping;
    private boolean plainCookies;
    private String strictTransport = "";
    private Refusals refusals = Refusals.TO_PROGRAMS;

    /**
     * A route as it is mounted.
     *
     * @param unlimited the reason why it is not limited per source; empty where it is
     */
    public record Route(String method, String path, String unlimited) {}

    public HttpServer(Settings settings) {
        this.settings = settings;
        this.connections =
                new Connections(
                        Limits.connections(
                                settings.certificate().isPresent(), settings.maxConnections()),
                        System::nanoTime);
    }

    /** Allows {@link Reply#withPlainCookies}, where the issuer is plain HTTP on this machine. */
    public HttpServer keepPlainCookies() {
        plainCookies = true;
        return this;
    }

    /** Has requests refused in these words. Called while wiring. */
    public HttpServer refuseBy(Refusals words) {
        refusals = words;
        return this;
    }

    /** Has browsers come back over TLS alone ({@link StrictTransport}). Called while wiring. */
    public HttpServer keepToTls(String issuer, boolean subdomains) {
        strictTransport = StrictTransport.of(issuer, subdomains);
        return this;
    }

    @Override
    public HttpServer on(String method, String path, Handler handler) {
        mounted.put(method, path, new Mounted(handler, ""));
        return this;
    }

    @Override
    public HttpServer unlimited(String method, String path, String reason, Handler handler) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("why is " + path + " not limited per source?");
        }
        mounted.put(method, path, new Mounted(handler, reason));
        return this;
    }

    /** All routes, in the order in which their paths were mounted. */
    public List<Route> routes() {
        return mounted.routes();
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
        jetty.setErrorHandler(MalformedRequests::refuse);
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
        sweeping = new Supervised("connections", this::sweep);
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
        if (sweeping != null) {
            sweeping.close();
        }
        threads.shutdownNow();
    }

    private static void stop(Server jetty) {
        try {
            jetty.stop();
        } catch (Exception e) {
            LOG.log(Level.WARNING, "the listener did not stop in order", e);
        }
    }

    /** Each second, until it is interrupted. */
    private void sweep() throws InterruptedException {
        while (true) {
            TimeUnit.SECONDS.sleep(1);
            try {
                connections.sweep();
            } catch (RuntimeException e) {
                LOG.log(Level.SEVERE, "connections could not be looked through", e);
            }
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
            Map<String, Mounted> methods = path == null ? Map.of() : mounted.at(path);
            if (request.getHttpURI().getPathQuery() != null
                    && request.getHttpURI().getPathQuery().length() > Limits.REQUEST_LINE_BYTES) {
                refuse(new Problem(414, "address_too_long", "the address is too long"));
                return;
            }
            if (methods.isEmpty() || path == null) {
                refuse(Problem.notFound());
                return;
            }
            route = path;
            Mounted chosen =
                    methods.get(request.getMethod().equals("HEAD") ? "GET" : request.getMethod());
            if (chosen == null) {
                Problem problem =
                        new Problem(
                                405, "wrong_method", "the methods here are " + methods.keySet());
                String allow = String.join(", ", methods.keySet());
                work(
                        new Mounted(
                                asked -> refusals.refuse(asked, problem).header("Allow", allow),
                                ""),
                        NO_BODY);
                return;
            }
            new RequestBody(
                            request,
                            body -> {
                                bodyRead = true;
                                work(chosen, body);
                            },
                            this::send,
                            callback)
                    .run();
        }

        /** What no handler answers costs a source as much as what one answers. */
        private void refuse(Problem problem) {
            work(new Mounted(asked -> refusals.refuse(asked, problem), ""), NO_BODY);
        }

        /** The whole request is there, or as much as its answer needs. */
        private void work(Mounted chosen, byte[] body) {
            connections.arrived(place);
            if (!places.tryAcquire()) {
                // Said on Jetty's own thread: it waits for nothing.
                send(full(request));
                return;
            }
            threads.execute(() -> {
                Reply reply;
                try {
                    reply = reply(chosen, request, body);
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

    /** Too many requests are in work already. */
    private Reply full(org.eclipse.jetty.server.Request jetty) {
        Problem problem = Problem.busy(RETRY_AFTER_SECONDS);
        try {
            return refusals.refuse(request(jetty, NO_BODY), problem);
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "a refusal could not be put into words", e);
            return problem.asReply();
        }
    }

    private Reply reply(Mounted chosen, org.eclipse.jetty.server.Request jetty, byte[] body) {
        Request request = request(jetty, body);
        Reply reply;
        try {
            reply =
                    inWork.within(
                            request.sourceKey(),
                            () -> {
                                if (chosen.unlimited().isEmpty()) {
                                    settings.limit().ifPresent(limit -> limit.count(request));
                                }
                                return chosen.handler().handle(request);
                            });
        } catch (Problem problem) {
            reply = refusals.refuse(request, problem);
        } catch (Database.DatabaseFailed e) {
            LOG.log(Level.SEVERE, "database failed at " + request.path(), e);
            reply = refusals.refuse(request, Problem.busy(5));
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
}
