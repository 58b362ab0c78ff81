package dev.monban.acceptance;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Debian's Firefox and WebKitGTK, each driven by what it speaks itself. */
abstract class OtherBrowser implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Firefox by WebDriver BiDi, WebKit by WebDriver. */
    static OtherBrowser named(String name) throws Exception {
        return name.equals("firefox") ? new Firefox() : new WebKit();
    }

    @Override
    public abstract void close() throws IOException;

    abstract void open(String address) throws Exception;

    /**
     * What a script gives, as text.
     *
     * @param script one expression
     */
    abstract String evaluate(String script) throws Exception;

    /** Waits until the page's address is such a one and the page is there; gives the address. */
    String waitFor(Predicate<String> address) throws Exception {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String at = "";
        while (System.nanoTime() < until) {
            at = evaluate("document.readyState === 'complete' ? location.href : ''");
            if (!at.isEmpty() && address.test(at)) {
                return at;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new IllegalStateException("the browser is at " + at);
    }

    /** Fills a field of the page. */
    void fill(String selector, String text) throws Exception {
        evaluate("(document.querySelector('%s').value = '%s', '')".formatted(selector, text));
    }

    /** Presses what is there; the page may be gone before the answer comes. */
    void click(String selector) throws Exception {
        evaluate(
                "(setTimeout(() => document.querySelector('%s').click(), 0), '')"
                        .formatted(selector));
    }

    private static String found(Process process, Path log, Pattern pattern)
            throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < until && process.isAlive()) {
            Matcher matcher = pattern.matcher(Files.readString(log));
            if (matcher.find()) {
                return matcher.group(1);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        throw new IllegalStateException("it does not start: " + Files.readString(log));
    }

    private static void stop(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    /** WebDriver BiDi over a WebSocket, a W3C working draft that Firefox serves by itself. */
    private static final class Firefox extends OtherBrowser {

        private final Path profile = Files.createTempDirectory("monban-firefox");
        private final Process process;
        private final WebSocket socket;
        private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        private final String context;
        private int id;

        Firefox() throws Exception {
            Path log = profile.resolve("log");
            process =
                    new ProcessBuilder(
                                    "firefox-esr",
                                    "--headless",
                                    "--no-remote",
                                    "--remote-debugging-port",
                                    Integer.toString(GateProcess.freePort()),
                                    "--profile",
                                    profile.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            String address =
                    found(process, log, Pattern.compile("BiDi listening on (ws://[0-9.:]+)"));
            socket =
                    HTTP.newWebSocketBuilder()
                            .buildAsync(URI.create(address + "/session"), new Collector(answers))
                            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            call("session.new", Map.of("capabilities", Map.of()));
            Map<String, Object> tree = call("browsingContext.getTree", Map.of());
            List<?> contexts = Objects.requireNonNull((List<?>) tree.get("contexts"));
            context = String.valueOf(((Map<?, ?>) contexts.getFirst()).get("context"));
        }

        @Override
        void open(String address) throws Exception {
            call(
                    "browsingContext.navigate",
                    Map.of("context", context, "url", address, "wait", "complete"));
        }

        @Override
        String evaluate(String script) throws Exception {
            Map<String, Object> answer =
                    call(
                            "script.evaluate",
                            Map.of(
                                    "expression",
                                    script,
                                    "target",
                                    Map.of("context", context),
                                    "awaitPromise",
                                    false));
            return answer.get("result") instanceof Map<?, ?> result
                    ? String.valueOf(result.get("value"))
                    : "";
        }

        /** The result; an empty one where the page went away meanwhile. */
        private Map<String, Object> call(String method, Map<String, Object> parameters)
                throws InterruptedException, ParseException {
            int mine = ++id;
            socket.sendText(
                            JSONObjectUtils.toJSONString(
                                    Map.of("id", mine, "method", method, "params", parameters)),
                            true)
                    .join();
            while (true) {
                String text = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (text == null) {
                    throw new IllegalStateException("no answer to " + method);
                }
                Map<String, Object> answer = JSONObjectUtils.parse(text);
                if (answer.get("id") instanceof Number number && number.intValue() == mine) {
                    Map<String, Object> result =
                            answer.containsKey("result")
                                    ? JSONObjectUtils.getJSONObject(answer, "result")
                                    : null;
                    return result == null ? Map.of() : result;
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.abort();
            stop(process);
            delete(profile);
        }
    }

    private static final class Collector implements WebSocket.Listener {

        private final BlockingQueue<String> answers;
        private final StringBuilder text = new StringBuilder();

        Collector(BlockingQueue<String> answers) {
            this.answers = answers;
        }

        @Override
        public @org.jspecify.annotations.Nullable CompletionStage<?> onText(
                WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                answers.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }

    /** WebDriver over HTTP, at WebKitGTK's driver; it draws on a display that nobody sees. */
    private static final class WebKit extends OtherBrowser {

        private static final String MINI_BROWSER =
                "/usr/lib/%s/webkit2gtk-4.1/MiniBrowser"
                        .formatted(
                                System.getProperty("os.arch").equals("aarch64")
                                        ? "aarch64-linux-gnu"
                                        : "x86_64-linux-gnu");

        private final Path folder = Files.createTempDirectory("monban-webkit");
        private final Process display;
        private final Process driver;
        private final String session;

        WebKit() throws Exception {
            Path shown = folder.resolve("display");
            display =
                    new ProcessBuilder(
                                    "Xvfb",
                                    "-displayfd",
                                    "1",
                                    "-screen",
                                    "0",
                                    "1280x900x24",
                                    "-nolisten",
                                    "tcp")
                            .redirectOutput(shown.toFile())
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String number = found(display, shown, Pattern.compile("(\\d+)\\n"));
            int port = GateProcess.freePort();
            ProcessBuilder builder =
                    new ProcessBuilder("WebKitWebDriver", "--port=" + port)
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("log").toFile());
            builder.environment().put("DISPLAY", ":" + number);
            builder.environment().put("HOME", folder.toString());
            builder.environment().put("LIBGL_ALWAYS_SOFTWARE", "1");
            builder.environment().put("GDK_BACKEND", "x11");
            driver = builder.start();
            String at = "http://127.0.0.1:" + port + "/session";
            Map<String, Object> capabilities =
                    Map.of(
                            "capabilities",
                            Map.of(
                                    "alwaysMatch",
                                    Map.of(
                                            "webkitgtk:browserOptions",
                                            Map.of(
                                                    "binary",
                                                    MINI_BROWSER,
                                                    "args",
                                                    List.of("--automation")))));
            Map<String, Object> value = Map.of();
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (value.isEmpty() && System.nanoTime() < until) {
                try {
                    value = post(at, capabilities);
                } catch (IOException notYet) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            }
            session = at + "/" + value.get("sessionId");
        }

        @Override
        void open(String address) throws Exception {
            post(session + "/url", Map.of("url", address));
        }

        @Override
        String evaluate(String script) throws Exception {
            Object value =
                    post(
                                    session + "/execute/sync",
                                    Map.of(
                                            "script",
                                            "return {text: String(" + script + ")}",
                                            "args",
                                            List.of()))
                            .get("text");
            return value == null ? "" : value.toString();
        }

        private static Map<String, Object> post(String address, Map<String, Object> body)
                throws IOException, InterruptedException, ParseException {
            HttpResponse<String> response =
                    HTTP.send(
                            HttpRequest.newBuilder(URI.create(address))
                                    .header("Content-Type", "application/json")
                                    .POST(
                                            HttpRequest.BodyPublishers.ofString(
                                                    JSONObjectUtils.toJSONString(body),
                                                    StandardCharsets.UTF_8))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            Object value = JSONObjectUtils.parse(response.body()).get("value");
            if (address.endsWith("/session") && response.statusCode() != 200) {
                throw new IllegalStateException(response.body());
            }
            return value instanceof Map<?, ?> map
                    ? map.entrySet().stream()
                            .filter(e -> e.getValue() != null)
                            .collect(
                                    java.util.stream.Collectors.toMap(
                                            e -> String.valueOf(e.getKey()), Map.Entry::getValue))
                    : Map.of();
        }

        @Override
        public void close() throws IOException {
            stop(driver);
            stop(display);
            delete(folder);
        }
    }
}
