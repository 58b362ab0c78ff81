package dev.monban.server.platform;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6797, behind a proxy that ends TLS and, as nginx does by default, rewrites the host. */
class StrictTransportTest {

    @ParameterizedTest(name = "{0}, {1}: {3}")
    @CsvSource({
        "https://login.example.jp,       https, false, max-age=31536000",
        "https://login.example.jp:8443/, https, true,  max-age=31536000; includeSubDomains",
        "https://login.example.jp,       http,  true,",
        "https://localhost:8443,         https, true,",
        "https://app.localhost,          https, false,",
        "https://127.0.0.1:8443,         https, false,",
        "https://[::1]:8443,             https, false,",
        "http://localhost:8080,          https, false,"
    })
    void dependsOnTheIssuerAndNotOnTheHostThatIsAsked(
            String issuer, String proto, boolean subdomains, String expected) throws Exception {
        Addresses addresses =
                new Addresses(List.of("127.0.0.1"), Addresses.ProxyHeader.X_FORWARDED_FOR);
        try (HttpServer server =
                        new HttpServer(
                                        new HttpServer.Settings(
                                                "127.0.0.1",
                                                0,
                                                Optional.empty(),
                                                addresses,
                                                HttpServer.MAX_MANAGEMENT_CONNECTIONS,
                                                Optional.empty(),
                                                (method, route, status, took) -> {}))
                                .keepToTls(issuer, subdomains);
                HttpClient http = HttpClient.newHttpClient()) {
            server.on("GET", "/", request -> Reply.text(200, "here"));
            server.start();
            HttpResponse<String> answer =
                    http.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + server.port() + "/"))
                                    .header("X-Forwarded-For", "192.0.2.7")
                                    .header("X-Forwarded-Proto", proto)
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(
                    Optional.ofNullable(expected),
                    answer.headers().firstValue("Strict-Transport-Security"));
        }
    }
}
