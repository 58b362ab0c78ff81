package dev.monban.acceptance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/** A browser without a window: keeps cookies, follows nothing by itself, and may misbehave. */
final class Visitor {

    private static final HttpClient HTTP =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(20))
                    .build();

    private final HttpClient http;
    private final String origin;
    private final Map<String, String> cookies = new TreeMap<>();

    Visitor(GateProcess gate) {
        this(gate.issuer());
    }

    Visitor(String origin) {
        this(origin, HTTP);
    }

    /** A browser that trusts what this TLS context trusts. */
    Visitor(String origin, SSLContext tls) {
        this(
                origin,
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(20))
                        .sslContext(tls)
                        .build());
    }

    /** A browser at an address of its own; of this machine are all of 127.0.0.0/8. */
    static Visitor at(String address, String origin, SSLContext tls) {
        return new Visitor(
                origin,
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(20))
                        .localAddress(InetAddress.ofLiteral(address))
                        .sslContext(tls)
                        .build());
    }

    private Visitor(String origin, HttpClient http) {
        this.origin = origin;
        this.http = http;
    }

    Map<String, String> cookies() {
        return cookies;
    }

    HttpResponse<String> get(String address, String... headers) {
        return send("GET", address, null, headers);
    }

    HttpResponse<String> post(String address, Map<String, String> form, String... headers) {
        return send("POST", address, encode(form), headers);
    }

    /** Sends a body as it is, as a form unless a header says otherwise. */
    HttpResponse<String> send(
            String method,
            String address,
            @org.jspecify.annotations.Nullable String body,
            String... headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(
                                URI.create(address.startsWith("/") ? origin + address : address))
                        .timeout(Duration.ofSeconds(60))
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.setHeader("Content-Type", "application/x-www-form-urlencoded");
        }
        if (!cookies.isEmpty()) {
            request.setHeader(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue())
                            .collect(Collectors.joining("; ")));
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            for (String cookie : response.headers().allValues("Set-Cookie")) {
                String[] pair = cookie.split(";", 2)[0].split("=", 2);
                if (cookie.contains("Max-Age=0")) {
                    cookies.remove(pair[0]);
                } else {
                    cookies.put(pair[0], pair[1]);
                }
            }
            return response;
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends what would come from another site as it is, and goes on to where that leads. */
    HttpResponse<String> postAndFollow(String path, Map<String, String> form) {
        HttpResponse<String> answer = post(path, form);
        while (location(answer).startsWith("/authorize/continue")) {
            answer = get(location(answer));
        }
        return answer;
    }

    /** Signs in by the form, wherever it leads. */
    HttpResponse<String> signIn(String path, String identifier, String password) {
        HttpResponse<String> page = get(path);
        Map<String, String> form = hidden(page.body());
        form.put("identifier", identifier);
        form.put("password", password);
        return post("/login", form);
    }

    /** The hidden fields of the page's first form. */
    static Map<String, String> hidden(String html) {
        Map<String, String> fields = new LinkedHashMap<>();
        Matcher matcher =
                Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
                        .matcher(html);
        while (matcher.find()) {
            fields.putIfAbsent(
                    matcher.group(1),
                    matcher.group(2).replace("&amp;", "&").replace("&#34;", "\""));
        }
        return fields;
    }

    /** Where an answer leads: by a redirect, or by a page that leads on by itself. */
    static String location(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Location")
                .or(() -> refresh(String.valueOf(response.body())))
                .orElse("");
    }

    private static final Pattern REFRESH =
            Pattern.compile("<meta http-equiv=\"refresh\" content=\"0;url=([^\"]*)\">");

    private static Optional<String> refresh(String html) {
        Matcher matcher = REFRESH.matcher(html);
        return matcher.find()
                ? Optional.of(matcher.group(1).replace("&amp;", "&"))
                : Optional.empty();
    }

    /** The value of a parameter in an address. */
    static Optional<String> parameter(String address, String name) {
        Matcher matcher = Pattern.compile("[?&]" + name + "=([^&#]*)").matcher(address);
        return matcher.find()
                ? Optional.of(java.net.URLDecoder.decode(matcher.group(1), StandardCharsets.UTF_8))
                : Optional.empty();
    }

    static String encode(Map<String, String> form) {
        return form.entrySet().stream()
                .map(e ->
                        URLEncoder.encode(e.getKey(), StandardCharsets.UTF_8)
                                + "="
                                + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
