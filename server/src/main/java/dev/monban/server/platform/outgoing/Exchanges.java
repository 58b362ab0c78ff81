package dev.monban.server.platform.outgoing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** The HTTP of the calls: one connection each, to an address that is given. */
final class Exchanges implements AutoCloseable {

    /** Bytes of a line of the head, and lines of it: 100 of 8 KiB at the most. */
    private static final int MAX_LINE = 8 * 1024;

    private static final int MAX_HEADERS = 100;

    /**
     * For the connection, and again for TLS, to one address; the time of the whole holds besides.
     */
    private static final Timeout MAX_CONNECT = Timeout.ofSeconds(5);

    private static final int CHUNK = 8 * 1024;

    private final CloseableHttpClient client;

    Exchanges(int maxConnections, @Nullable SSLContext tls) {
        var connections =
                PoolingHttpClientConnectionManagerBuilder.create()
                        .setConnectionFactory(
                                ManagedHttpClientConnectionFactory.builder()
                                        .http1Config(
                                                Http1Config.custom()
                                                        .setMaxLineLength(MAX_LINE)
                                                        .setMaxHeaderCount(MAX_HEADERS)
                                                        .setMaxEmptyLineCount(10)
                                                        .build())
                                        .build())
                        .setMaxConnTotal(maxConnections)
                        .setMaxConnPerRoute(maxConnections)
                        .setDefaultConnectionConfig(
                                ConnectionConfig.custom().setConnectTimeout(MAX_CONNECT).build())
                        .setDefaultTlsConfig(
                                TlsConfig.custom().setHandshakeTimeout(MAX_CONNECT).build())
                        // No name is resolved here: each route comes with its address.
                        .setDnsResolver(NoNames.INSTANCE);
        if (tls != null) {
            connections.setTlsSocketStrategy(new DefaultClientTlsStrategy(tls));
        }
        client =
                HttpClientBuilder.create()
                        .setConnectionManager(connections.build())
                        .setConnectionReuseStrategy((request, response, context) -> false)
                        .disableRedirectHandling()
                        .disableAutomaticRetries()
                        .disableContentCompression()
                        .disableCookieManagement()
                        .disableAuthCaching()
                        .setUserAgent("Monban")
                        .build();
    }

    private enum NoNames implements org.apache.hc.client5.http.DnsResolver {
        INSTANCE;

        @Override
        public InetAddress[] resolve(String host) throws java.net.UnknownHostException {
            throw new java.net.UnknownHostException("names are resolved before");
        }

        @Override
        public String resolveCanonicalHostname(String host) throws java.net.UnknownHostException {
            throw new java.net.UnknownHostException("names are resolved before");
        }
    }

    /** One call, made and not yet sent. */
    Exchange prepare(Destinations.Target target, OutgoingRequest request, Limits limits) {
        return new Exchange(client, target, request, limits);
    }

    @Override
    public void close() {
        client.close(CloseMode.IMMEDIATE);
    }

    /** One call. */
    static final class Exchange {

        private final CloseableHttpClient client;
        private final Destinations.Target target;
        private final Limits limits;
        private final HttpUriRequestBase message;

        private Exchange(
                CloseableHttpClient client,
                Destinations.Target target,
                OutgoingRequest request,
                Limits limits) {
            this.client = client;
            this.target = target;
            this.limits = limits;
            this.message =
                    new HttpUriRequestBase(
                            request.body().isPresent() ? "POST" : "GET", request.target());
            request.headers().forEach(message::setHeader);
            request.body().ifPresent(body -> message.setEntity(new ByteArrayEntity(body, null)));
            message.setConfig(
                    RequestConfig.custom()
                            .setResponseTimeout(Timeout.of(limits.firstByte()))
                            .setConnectionRequestTimeout(Timeout.of(limits.firstByte()))
                            .setExpectContinueEnabled(false)
                            .setAuthenticationEnabled(false)
                            .setRedirectsEnabled(false)
                            .setProtocolUpgradeEnabled(false)
                            .build());
        }

        /** Ends it, wherever it is; returns at once. */
        void cancel() {
            // Closing a TLS connection may itself wait.
            Thread closing = Thread.ofVirtual().name("outgoing-close").unstarted(message::cancel);
            closing.start();
        }

        /**
         * Sends, and reads the answer whole.
         *
         * @param addresses checked ones; tried in their order until one takes the connection
         */
        Answer run(List<InetAddress> addresses) throws CallFailed {
            CallFailed last = new CallFailed(Result.UNREACHABLE, "its name has no address");
            for (InetAddress address : addresses) {
                try {
                    return run(address);
                } catch (CallFailed e) {
                    // Nothing was sent where there was no connection.
                    if (e.result() != Result.UNREACHABLE || message.isCancelled()) {
                        throw e;
                    }
                    last = e;
                }
            }
            throw last;
        }

        private Answer run(InetAddress address) throws CallFailed {
            HttpHost host =
                    new HttpHost(
                            target.secure() ? "https" : "http",
                            address,
                            target.host(),
                            target.port());
            try {
                return client.execute(host, message, this::read);
            } catch (TooLarge e) {
                throw new CallFailed(
                        Result.TOO_LARGE,
                        "its answer has more than " + limits.maxBytes() + " bytes",
                        e);
            } catch (IOException e) {
                throw OutgoingCalls.failed(e);
            }
        }

        private Answer read(ClassicHttpResponse response) throws IOException {
            Map<String, String> headers = new HashMap<>();
            for (Header header : response.getHeaders()) {
                headers.putIfAbsent(
                        header.getName().toLowerCase(Locale.ROOT),
                        String.valueOf(header.getValue()));
            }
            return new Answer(response.getCode(), headers, body(response.getEntity()));
        }

        private byte[] body(@Nullable HttpEntity entity) throws IOException {
            if (entity == null) {
                return new byte[0];
            }
            if (limits.maxBytes() == 0) {
                message.cancel();
                return new byte[0];
            }
            if (entity.getContentLength() > limits.maxBytes()) {
                throw tooLarge();
            }
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            byte[] chunk = new byte[CHUNK];
            try (InputStream in = entity.getContent()) {
                int read = in.read(chunk);
                while (read >= 0) {
                    if (body.size() + read > limits.maxBytes()) {
                        throw tooLarge();
                    }
                    body.write(chunk, 0, read);
                    read = in.read(chunk);
                }
            }
            return body.toByteArray();
        }

        /** The rest is not read: a close in order would read it to its end. */
        private TooLarge tooLarge() {
            message.cancel();
            return new TooLarge();
        }
    }

    private static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
