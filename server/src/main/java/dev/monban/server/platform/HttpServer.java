package dev.monban.server.platform;

import io.helidon.common.configurable.Resource;
import io.helidon.common.pki.Keys;
import io.helidon.common.tls.Tls;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One listening address: takes requests off the wire, bounds them, hands them to handlers as values
 * and writes the answers.
 */
public final class HttpServer implements Routes, AutoCloseable {

    /** So much of a body that is too large is read on, so that its sender can read the answer. */
    private static final int MOST_DRAINED_BYTES = 1 << 20;

    private static final Logger LOG = Logger.getLogger(HttpServer.class.getName());

    /** Answers to a client's malformed bytes are not worth a line in the log each. */
    private static final Logger QUIET =
            Logger.getLogger("io.helidon.webserver.http1.Http1Connection");

    static {
        QUIET.setLevel(Level.OFF);
    }

    /** How a listener is set up. */
    public record Settings(
            String host,
            int port,
            Optional<Certificate> certificate,
            Addresses addresses,
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
    private final InWork inWork = new InWork(Limits.CONCURRENT_OF_SOURCE);
    private final Map<String, Map<String, Handler>> handlers = new LinkedHashMap<>();
    private @Nullable WebServer server;
    private boolean plainCookies;

    public HttpServer(Settings settings) {
        this.settings = settings;
    }

    /**
     * Has browsers on this machine keep cookies over plain HTTP ({@link Reply#withPlainCookies}).
     * Called while wiring, and only where the issuer is plain HTTP on this machine.
     */
    public HttpServer keepPlainCookies() {
        plainCookies = true;
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
        HttpRouting.Builder routing = HttpRouting.builder().addFilter(HttpServer::closing);
        handlers.forEach((path, methods) ->
                routing.any(path, (request, response) -> answer(path, methods, request, response)));
        routing.error(HttpException.class, HttpServer::refuse)
                .error(Throwable.class, HttpServer::fail)
                .any((request, response) -> write(request, response, Problem.notFound().asReply()));

        Http1Config http1 =
                Http1Config.builder()
                        .maxPrologueLength(Limits.REQUEST_LINE_BYTES)
                        .maxHeadersSize(Limits.HEADER_BYTES)
                        .sendKeepAliveHeader(false)
                        .addReceiveListener(new ReadDeadline(Limits.READ))
                        .log(log -> log.receiveLog(false).sendLog(false))
                        .build();
        WebServerConfig.Builder config =
                WebServer.builder()
                        .featuresDiscoverServices(false)
                        .protocolsDiscoverServices(false)
                        .addProtocol(http1)
                        .shutdownHook(false)
                        .shutdownGracePeriod(Limits.STOP)
                        .address(address())
                        .port(settings.port())
                        .maxPayloadSize(Limits.FORM_BYTES)
                        .maxTcpConnections(Limits.CONNECTIONS)
                        .idleConnectionTimeout(Limits.IDLE)
                        .idleConnectionPeriod(Duration.ofSeconds(5))
                        .directHandlers(directHandlers())
                        .routing(routing);
        settings.certificate().ifPresent(certificate -> config.tls(tls(certificate)));
        WebServer started = config.build().start();
        if (!started.isRunning()) {
            throw new BadInput(
                    settings.host()
                            + ":"
                            + settings.port()
                            + " cannot be listened on; something else may be there, choose another"
                            + " --port");
        }
        server = started;
        return this;
    }

    /** The port that it listens on. */
    public int port() {
        if (server == null) {
            throw new IllegalStateException("not started");
        }
        return server.port();
    }

    /** Takes no more connections and waits until the requests in work are answered. */
    @Override
    public void close() {
        if (server != null) {
            server.stop();
        }
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(settings.host());
        } catch (UnknownHostException e) {
            throw new BadInput(settings.host() + " is not an address of this machine");
        }
    }

    private static Tls tls(Certificate certificate) {
        try {
            Keys keys =
                    Keys.builder()
                            .pem(pem ->
                                    pem.key(Resource.create(certificate.key()))
                                            .certChain(Resource.create(certificate.chain())))
                            .build();
            return Tls.builder()
                    .privateKey(keys.privateKey().orElseThrow())
                    .privateKeyCertChain(keys.certChain())
                    .enabledProtocols(List.of("TLSv1.3", "TLSv1.2"))
                    .build();
        } catch (RuntimeException e) {
            throw new BadInput(
                    certificate.chain()
                            + " and "
                            + certificate.key()
                            + " are not a certificate chain and its private key in PEM (PKCS#8)");
        }
    }

    private void answer(
            String path,
            Map<String, Handler> methods,
            ServerRequest request,
            ServerResponse response) {
        long began = System.nanoTime();
        Reply reply = reply(methods, request);
        write(request, response, reply);
        settings.observer()
                .answered(
                        request.prologue().method().text(),
                        path,
                        reply.status(),
                        Duration.ofNanos(System.nanoTime() - began));
    }

    private Reply reply(Map<String, Handler> methods, ServerRequest helidon) {
        String method = helidon.prologue().method().text();
        Handler handler = methods.get(method.equals("HEAD") ? "GET" : method);
        if (handler == null) {
            return new Problem(405, "bad_request", "the methods here are " + methods.keySet())
                    .asReply()
                    .header("Allow", String.join(", ", methods.keySet()));
        }
        Request request = request(helidon);
        Reply reply;
        try {
            reply =
                    inWork.within(
                            Addresses.network(request.address()), () -> handler.handle(request));
        } catch (Problem problem) {
            reply = problem.asReply();
        } catch (Database.DatabaseFailed e) {
            LOG.log(Level.SEVERE, "database failed at " + helidon.prologue().uriPath().path(), e);
            reply = Problem.busy(5).asReply();
        }
        // Browsers come back over TLS for a year once they came over it (RFC 6797).
        Reply answered =
                request.secure()
                        ? reply.header("Strict-Transport-Security", "max-age=31536000")
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

    private Request request(ServerRequest helidon) {
        Request.Source source =
                new Request.Source() {
                    @Override
                    public List<String> headers(String name) {
                        return helidon.headers().all(HeaderNames.create(name), List::of);
                    }

                    @Override
                    public byte[] body(int mostBytes) {
                        return read(helidon, mostBytes);
                    }
                };
        InetAddress peer = ((InetSocketAddress) helidon.remotePeer().address()).getAddress();
        Addresses.Origin origin = settings.addresses().origin(peer, helidon.isSecure(), source);
        return new Request(
                helidon.prologue().method().text(),
                helidon.path().path(),
                helidon.query().rawValue(),
                origin.address(),
                origin.secure(),
                plainCookies
                        && !origin.secure()
                        && source.headers("Host").stream().anyMatch(Loopback::isHostHeader),
                source);
    }

    private static byte[] read(ServerRequest request, int mostBytes) {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        if (request.headers().contentLength().orElse(0) > MOST_DRAINED_BYTES) {
            throw Problem.tooLarge();
        }
        try {
            // Never closed: closing would read on, for as long as the client sends.
            @SuppressWarnings("resource")
            InputStream in = request.content().inputStream();
            byte[] body = in.readNBytes(mostBytes + 1);
            if (body.length > mostBytes) {
                // Whoever sends a little too much reads the answer only once all is sent.
                long drained = in.skip(MOST_DRAINED_BYTES);
                LOG.fine(() -> "a body was too large; drained " + drained);
                throw Problem.tooLarge();
            }
            ReadDeadline.met();
            return body;
        } catch (NumberFormatException e) {
            throw Problem.badRequest("the chunks of the body are not well-formed");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(ServerRequest request, ServerResponse response, Reply reply) {
        ReadDeadline.met();
        response.status(reply.status());
        if (mustClose(request)) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        response.header("X-Content-Type-Options", "nosniff");
        for (Reply.Header header : reply.headers()) {
            response.headers()
                    .add(HeaderValues.create(HeaderNames.create(header.name()), header.value()));
        }
        if (reply.contentType() != null) {
            response.header(HeaderNames.CONTENT_TYPE, reply.contentType());
        }
        if (request.prologue().method().equals(Method.HEAD)) {
            response.contentLength(reply.body().length);
            response.send();
        } else if (reply.body().length == 0) {
            response.send();
        } else {
            response.send(reply.body());
        }
    }

    /**
     * Closes the connection after an answer to a request whose body was not read: what is left of
     * it must never be taken for the next request. And where the client asked for it.
     */
    private static void closing(
            FilterChain chain, RoutingRequest request, RoutingResponse response) {
        try {
            chain.proceed();
        } finally {
            ReadDeadline.met();
        }
        if (mustClose(request) && response.isSent()) {
            throw new CloseConnectionException("not to be used further");
        }
    }

    private static boolean mustClose(ServerRequest request) {
        boolean unread = request.content().hasEntity() && !request.content().consumed();
        return unread || request.headers().containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    private static void refuse(
            ServerRequest request, ServerResponse response, HttpException exception) {
        response.headers().clear();
        int status = exception.status().code();
        Problem problem =
                switch (status) {
                    case 404 -> Problem.notFound();
                    case 413 -> Problem.tooLarge();
                    default -> new Problem(status, "bad_request", "the request is not well-formed");
                };
        write(request, response, problem.asReply());
    }

    private static void fail(ServerRequest request, ServerResponse response, Throwable thrown) {
        LOG.log(Level.SEVERE, "failed at " + request.prologue().uriPath().path(), thrown);
        if (thrown instanceof VirtualMachineError error) {
            throw error;
        }
        if (!response.isSent()) {
            response.headers().clear();
            write(
                    request,
                    response,
                    new Problem(500, "failed", "something broke here; it is in the log").asReply());
        }
    }

    /** Answers to what is not HTTP enough to reach a handler; they repeat nothing of it. */
    private static DirectHandlers directHandlers() {
        DirectHandler handler =
                (request, type, status, headers, message) ->
                        DirectHandler.TransportResponse.builder()
                                .status(clientFault(type, status))
                                .keepAlive(false)
                                .header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                                .entity(status.reasonPhrase())
                                .build();
        DirectHandlers.Builder all = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            all.addHandler(type, handler);
        }
        return all.build();
    }

    private static io.helidon.http.Status clientFault(
            DirectHandler.EventType type, io.helidon.http.Status status) {
        return type == DirectHandler.EventType.INTERNAL_ERROR
                ? io.helidon.http.Status.BAD_REQUEST_400
                : status;
    }
}
