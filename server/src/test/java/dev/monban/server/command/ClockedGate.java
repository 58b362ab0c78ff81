package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.factor.Recovery;
import dev.monban.core.factor.Totp;
import dev.monban.server.audit.LogUpkeep;
import dev.monban.server.declare.State;
import dev.monban.server.notify.MailSettings;
import dev.monban.server.oidc.TokenSettings;
import dev.monban.server.password.Argon2Parameters;
import dev.monban.server.platform.Addresses;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.HttpServer;
import dev.monban.server.platform.Vault;
import dev.monban.server.session.SessionSettings;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A whole gate whose clock the test sets, and people at their browsers. */
final class ClockedGate implements AutoCloseable {

    static final String PASSWORD = "a long enough password";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    final Database database;
    private final Path folder;
    private final Gate gate;
    private final GateSettings.Rates rates;
    private volatile Instant now;

    ClockedGate(Path folder, Database database, State state, Instant begin) {
        this(folder, database, state, begin, GateSettings.Rates.DEFAULT);
    }

    /** One that allows a source as much as the test wants to send. */
    ClockedGate(
            Path folder, Database database, State state, Instant begin, GateSettings.Rates rates) {
        this.rates = rates;
        this.folder = folder;
        this.database = database;
        this.now = begin;
        setClockOfDatabase(begin);
        this.gate = new Gate(settings(), state, database, Vault.of(new byte[32]), () -> now).open();
        later(Duration.ZERO);
    }

    @Override
    public void close() {
        gate.close();
    }

    GateSettings settings() {
        return new GateSettings(
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                Optional.empty(),
                false,
                List.of("127.0.0.1/32"),
                Addresses.ProxyHeader.X_FORWARDED_FOR,
                2,
                new Argon2Parameters(1024, 1, 1),
                SessionSettings.DEFAULT,
                TokenSettings.DEFAULT,
                rates,
                Optional.of(new MailSettings.Folder("gate@monban.example", mails())),
                OptionalInt.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Recovery.Waits.DEFAULT);
    }

    /** What it answers at. */
    List<HttpServer.Route> routes() {
        return gate.routes();
    }

    /** Where it answers. */
    URI address(String path) {
        return URI.create("http://127.0.0.1:" + gate.port() + path);
    }

    /** What a page of the management port says. */
    String managed(String path) {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:"
                                                            + gate.managementPort()
                                                            + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Path mails() {
        return folder.resolve("mail");
    }

    /** Time passes. */
    void later(Duration duration) {
        // The database first: no attempt counts as later than it was written.
        setClockOfDatabase(now.plus(duration));
        now = now.plus(duration);
        new LogUpkeep(database, () -> now).turn();
    }

    Instant now() {
        return now;
    }

    private void setClockOfDatabase(Instant to) {
        database.transact(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "create or replace function watch.clock() returns timestamptz"
                                + " language sql volatile as 'select timestamptz ''"
                                + to
                                + "'''");
            }
        });
    }

    /** Where a page leads on by itself; empty where it does not. */
    private static String refresh(String html) {
        Matcher refresh =
                Pattern.compile("http-equiv=\"refresh\" content=\"0;url=([^\"]*)\"").matcher(html);
        return refresh.find() ? refresh.group(1).replace("&amp;", "&") : "";
    }

    record Answer(int status, String location, Optional<String> retryAfter, String body) {

        Map<String, String> form() {
            Map<String, String> fields = new HashMap<>();
            Matcher hidden =
                    Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
                            .matcher(body);
            while (hidden.find()) {
                fields.putIfAbsent(hidden.group(1), hidden.group(2));
            }
            return fields;
        }

        boolean asksForCode() {
            return status == 200 && body.contains("name=\"challenge\"");
        }
    }

    /** Somebody at a browser. */
    final class Person {

        final String name;
        final String address;
        final Map<String, String> cookies = new TreeMap<>();
        byte[] secret = new byte[0];

        Person(String name, String address) {
            this.name = name;
            this.address = address;
        }

        Answer send(String method, String path, Optional<String> body) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gate.port() + path))
                            .header("X-Forwarded-For", address)
                            .header("Accept-Language", "en")
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .method(
                                    method,
                                    body.map(HttpRequest.BodyPublishers::ofString)
                                            .orElseGet(HttpRequest.BodyPublishers::noBody));
            if (!cookies.isEmpty()) {
                request.header(
                        "Cookie",
                        cookies.entrySet().stream()
                                .map(c -> c.getKey() + "=" + c.getValue())
                                .collect(Collectors.joining("; ")));
            }
            try {
                HttpResponse<String> response =
                        HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
                for (String cookie : response.headers().allValues("Set-Cookie")) {
                    String[] pair = cookie.split(";", 2)[0].split("=", 2);
                    cookies.put(pair[0], pair[1]);
                }
                return new Answer(
                        response.statusCode(),
                        response.headers()
                                .firstValue("Location")
                                .orElseGet(() -> refresh(response.body())),
                        response.headers().firstValue("Retry-After"),
                        response.body());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        Answer get(String path) {
            return send("GET", path, Optional.empty());
        }

        /** Fills a form that a page showed; names and values in turn. */
        Answer fill(Answer page, String action, String... values) {
            Map<String, String> form = new LinkedHashMap<>(page.form());
            for (int i = 0; i < values.length; i += 2) {
                form.put(values[i], values[i + 1]);
            }
            return send(
                    "POST",
                    action,
                    Optional.of(
                            form.entrySet().stream()
                                    .map(e ->
                                            e.getKey()
                                                    + "="
                                                    + URLEncoder.encode(
                                                            e.getValue(), StandardCharsets.UTF_8))
                                    .collect(Collectors.joining("&"))));
        }

        Answer password() {
            return password(PASSWORD);
        }

        Answer password(String password) {
            return password(name, password);
        }

        Answer password(String typed, String password) {
            return fill(get("/login?again=1"), "/login", "identifier", typed, "password", password);
        }

        /** As far as the session; a code by mail is read. */
        void enter() {
            int before = mailsTo(name).size();
            Answer answer = password();
            if (answer.asksForCode()) {
                String code = await(() -> codeIn(name, before));
                answer = fill(answer, "/login/code", "code", code);
            }
            assertEquals("/account", answer.location(), answer.body());
        }

        void addApp() {
            Answer page = get("/account/app");
            Matcher key = Pattern.compile("<code>([A-Z2-7 ]{32,})</code>").matcher(page.body());
            assertTrue(key.find(), page.location() + page.body());
            secret = base32(key.group(1).replace(" ", ""));
            Answer added = fill(page, "/account/app", "code", totp(), "name", "Phone");
            assertEquals(200, added.status(), added.body());
        }

        String totp() {
            return Totp.code(secret, Totp.step(now));
        }
    }

    private static byte[] base32(String text) {
        byte[] bytes = new byte[text.length() * 5 / 8];
        for (int i = 0; i < text.length() * 5; i++) {
            int value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(text.charAt(i / 5));
            if ((value >> (4 - i % 5) & 1) == 1 && i / 8 < bytes.length) {
                bytes[i / 8] |= (byte) (1 << (7 - i % 8));
            }
        }
        return bytes;
    }

    List<MimeMessage> mailsTo(String address) {
        if (!Files.isDirectory(mails())) {
            return List.of();
        }
        List<MimeMessage> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(mails())) {
            for (Path file : files.sorted().toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    MimeMessage mail = new MimeMessage(Session.getInstance(new Properties()), in);
                    if (mail.getAllRecipients() != null
                            && mail.getAllRecipients()[0].toString().equals(address)) {
                        found.add(mail);
                    }
                }
            }
        } catch (IOException | MessagingException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }

    Optional<String> codeIn(String address, int before) {
        return mailsTo(address).stream()
                .skip(before)
                .map(ClockedGate::text)
                .map(Pattern.compile("\\b(\\d{6})\\b")::matcher)
                .filter(Matcher::find)
                .map(m -> m.group(1))
                .findFirst();
    }

    static String text(MimeMessage mail) {
        try {
            return String.valueOf(mail.getContent());
        } catch (IOException | MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean wasTold(String address, String subject) {
        return mailsTo(address).stream()
                .anyMatch(mail -> {
                    try {
                        return subject.equals(mail.getSubject());
                    } catch (MessagingException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    static <T> T await(Supplier<Optional<T>> condition) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        Optional<T> value = condition.get();
        while (value.isEmpty()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("what was waited for does not come");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            value = condition.get();
        }
        return value.get();
    }

    void awaitMail(String address, String subject) {
        assertTrue(await(() -> Optional.of(wasTold(address, subject)).filter(told -> told)));
    }
}
