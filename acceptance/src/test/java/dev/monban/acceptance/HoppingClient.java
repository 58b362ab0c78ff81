package dev.monban.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/**
 * A relying party as many are: its callback is on one host, and leads on to the customer's own. To
 * the gate on {@code localhost} both are other sites.
 */
final class HoppingClient implements AutoCloseable {

    private final HttpServer server;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    HoppingClient() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/callback",
                exchange -> {
                    answers.add(sent(exchange));
                    hop(exchange);
                });
        server.createContext("/signed-out", this::hop);
        server.createContext("/arrived", exchange -> html(exchange, "<h1>arrived</h1>"));
        server.createContext("/form", HoppingClient::form);
        server.start();
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    String callback() {
        return origin() + "/callback";
    }

    String signedOut() {
        return origin() + "/signed-out";
    }

    /** Where a browser ends that comes to the callback. */
    String customer() {
        return "http://customer.localhost:" + server.getAddress().getPort() + "/arrived";
    }

    /** A page of this site that sends a form by itself, as soon as it is opened. */
    String form(String action, Map<String, String> fields) {
        return origin()
                + "/form?"
                + Visitor.encode(Map.of("to", action, "fields", Visitor.encode(fields)));
    }

    /** What came to the callback: the query, or the form. */
    String answer() throws InterruptedException {
        String answer = answers.poll(30, java.util.concurrent.TimeUnit.SECONDS);
        if (answer == null) {
            throw new IllegalStateException("nothing came to the callback");
        }
        return answer;
    }

    private void hop(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Location", customer());
        exchange.sendResponseHeaders(303, -1);
        exchange.close();
    }

    private static String sent(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        return "?" + (body.isEmpty() ? exchange.getRequestURI().getRawQuery() : body);
    }

    private static void form(HttpExchange exchange) throws IOException {
        String query = "?" + exchange.getRequestURI().getRawQuery();
        String fields =
                java.util.Arrays.stream(
                                Visitor.parameter(query, "fields").orElse("").split("&", -1))
                        .map(field -> field.split("=", 2))
                        .map(field ->
                                "<input type=\"hidden\" name=\"%s\" value=\"%s\">"
                                        .formatted(
                                                java.net.URLDecoder.decode(
                                                        field[0], StandardCharsets.UTF_8),
                                                java.net.URLDecoder.decode(
                                                        field[1], StandardCharsets.UTF_8)))
                        .collect(Collectors.joining());
        html(
                exchange,
                "<form method=\"post\" action=\""
                        + Visitor.parameter(query, "to").orElseThrow()
                        + "\">"
                        + fields
                        + "</form><script>document.forms[0].submit()</script>");
    }

    private static void html(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
