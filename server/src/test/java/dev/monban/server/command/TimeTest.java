package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.Recovery;
import dev.monban.core.factor.Requirement;
import dev.monban.core.factor.Totp;
import dev.monban.server.audit.LogUpkeep;
import dev.monban.server.declare.State;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.notify.MailSettings;
import dev.monban.server.oidc.TokenSettings;
import dev.monban.server.password.Argon2Parameters;
import dev.monban.server.platform.Addresses;
import dev.monban.server.platform.Language;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What takes hours and days, at a gate whose clock the test sets. */
class TimeTest {

    private static final Instant BEGIN = Instant.parse("2026-12-11T00:00:00Z");
    private static final Instant HOLDS_FROM = BEGIN.plus(Duration.ofDays(200));
    private static final String PASSWORD = "a long enough password";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir private static Path folder;

    private static volatile Instant now = BEGIN;
    private static Gate gate;

    @BeforeAll
    static void open() throws Exception {
        gate =
                new Gate(
                                settings(),
                                state(),
                                TestDatabase.get(),
                                Vault.at(folder.resolve("master.key")),
                                () -> now)
                        .open();
        later(Duration.ZERO);
    }

    @AfterAll
    static void close() {
        gate.close();
    }

    private static GateSettings settings() {
        return new GateSettings(
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                Optional.empty(),
                List.of("127.0.0.1/32"),
                Addresses.ProxyHeader.X_FORWARDED_FOR,
                2,
                new Argon2Parameters(1024, 1, 1),
                SessionSettings.DEFAULT,
                TokenSettings.DEFAULT,
                GateSettings.Rates.DEFAULT,
                Optional.of(new MailSettings.Folder("gate@monban.example", mails())),
                OptionalInt.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Recovery.Waits.DEFAULT);
    }

    private static Path mails() {
        return folder.resolve("mail");
    }

    private static State state() {
        List<State.Account> accounts = new ArrayList<>();
        for (String name : List.of("boss", "a", "b", "c", "d", "e")) {
            accounts.add(
                    new State.Account(
                            name + "@time.example",
                            "time",
                            name,
                            Optional.of(name + "@time.example"),
                            Language.EN,
                            Optional.of(PASSWORD),
                            List.of(
                                    name.equals("boss")
                                            ? "admin"
                                            : name.equals("c") ? "c" : "agent"),
                            false));
        }
        Requirement soon = new Requirement(AssuranceLevel.AAL2, Set.of("c"), HOLDS_FROM, true);
        return new State(
                "http://localhost:1",
                Optional.empty(),
                List.of(),
                List.of(new State.Tenant("time", "Time", false, Set.of(soon))),
                accounts,
                List.of());
    }

    private static void later(Duration duration) {
        now = now.plus(duration);
        new LogUpkeep(TestDatabase.get(), () -> now).turn();
    }

    private record Answer(int status, String location, String body) {

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
    private static final class Person {

        final String name;
        final String address;
        final Map<String, String> cookies = new TreeMap<>();
        byte[] secret = new byte[0];

        Person(String name, String address) {
            this.name = name + "@time.example";
            this.address = address;
        }

        private Answer send(String method, String path, Optional<String> body) {
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
                        response.headers().firstValue("Location").orElse(""),
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
            return fill(get("/login?again=1"), "/login", "identifier", name, "password", PASSWORD);
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

    private static List<MimeMessage> mailsTo(String address) {
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

    private static Optional<String> codeIn(String address, int before) {
        return mailsTo(address).stream()
                .skip(before)
                .map(TimeTest::text)
                .map(Pattern.compile("\\b(\\d{6})\\b")::matcher)
                .filter(Matcher::find)
                .map(m -> m.group(1))
                .findFirst();
    }

    private static String text(MimeMessage mail) {
        try {
            return String.valueOf(mail.getContent());
        } catch (IOException | MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean wasTold(String address, String subject) {
        return mailsTo(address).stream()
                .anyMatch(mail -> {
                    try {
                        return subject.equals(mail.getSubject());
                    } catch (MessagingException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static <T> T await(Supplier<Optional<T>> condition) {
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

    private static void awaitMail(String address, String subject) {
        assertTrue(await(() -> Optional.of(wasTold(address, subject)).filter(told -> told)));
    }

    /** Somebody who has the password and guesses codes for days. */
    @Test
    void theTenthWrongCodeInARowMakesThePasswordKnown() {
        Person owner = new Person("a", "203.0.113.1");
        owner.enter();
        owner.addApp();
        for (int i = 1; i <= 10; i++) {
            later(Duration.ofHours(3));
            assertFalse(wasTold(owner.name, "Somebody else knows your password"), "after " + i);
            Person stranger = new Person("a", "198.51.100." + i);
            Answer asked = stranger.password();
            assertTrue(asked.asksForCode(), i + ": " + asked.status() + asked.body());
            String wrong = owner.totp().equals("000000") ? "000001" : "000000";
            assertEquals(422, stranger.fill(asked, "/login/code", "code", wrong).status());
        }
        awaitMail(owner.name, "Somebody else knows your password");
        awaitMail("boss@time.example", "Somebody knows a password");
        // The owner comes in as before, and must choose another password.
        later(Duration.ofHours(1));
        Answer asked = owner.password();
        assertTrue(asked.asksForCode(), asked.body());
        Answer choose = owner.fill(asked, "/login/code", "code", owner.totp());
        assertTrue(choose.body().contains("new_password"), choose.body());
        Answer done =
                owner.fill(choose, "/login/password", "new_password", "quite another for today");
        assertEquals("/account", done.location(), done.body());
    }

    @Test
    void trustInADeviceEndsAfterThirtyDays() {
        Person person = new Person("b", "203.0.113.2");
        person.enter();
        person.addApp();
        later(Duration.ofMinutes(1));
        Answer asked = person.password();
        Answer in = person.fill(asked, "/login/code", "code", person.totp(), "trust", "1");
        assertEquals("/account", in.location());
        later(Duration.ofDays(29));
        assertEquals("/account", person.password().location());
        later(Duration.ofDays(2));
        assertTrue(person.password().asksForCode());
    }

    @Test
    void whatWasAnnouncedHoldsFromItsDay() {
        Person person = new Person("c", "203.0.113.3");
        person.enter();
        assertTrue(person.get("/account?lang=en").body().contains("asks for another way"));
        assertFalse(person.get("/account?lang=en").body().contains("stay closed"));
        later(Duration.between(now, HOLDS_FROM));
        person.enter();
        assertTrue(person.get("/account?lang=en").body().contains("stay closed"));
        // At a browser that nobody knows, the password alone does not get as far as adding a
        // factor.
        assertTrue(new Person("c", "203.0.113.4").password().asksForCode());
    }

    @Test
    void aWayBackOpensAfterADayAndClosesAfterAWeek() {
        Person lost = new Person("d", "203.0.113.5");
        lost.enter();
        lost.addApp();
        String id = begin("d");
        Person again = new Person("d", "203.0.113.5");
        later(Duration.ofHours(23));
        assertEquals(Optional.empty(), lostCode(again), "too early");
        later(Duration.ofDays(7));
        assertEquals(Optional.empty(), lostCode(again), "too late");
        assertEquals(id, begin("d"));
        later(Duration.ofHours(24));
        assertEquals(Optional.of("/account"), lostCode(again));
    }

    /**
     * Where the code leads that comes to somebody who has lost everything; none where none comes.
     */
    private static Optional<String> lostCode(Person person) {
        Answer asked = person.password();
        assertTrue(asked.body().contains("name=\"trust\""), "the factor is asked for");
        int before = mailsTo(person.name).size();
        Answer page = person.fill(asked, "/login/lost");
        assertTrue(page.asksForCode(), page.body());
        // What is to come is written with the page; another mail shows that the outbox was emptied.
        Person other = new Person("e", "203.0.113.8");
        int others = mailsTo(other.name).size();
        other.fill(other.get("/reset"), "/reset", "identifier", other.name);
        await(() -> Optional.of(mailsTo(other.name).size()).filter(n -> n > others));
        return codeIn(person.name, before)
                .map(code -> person.fill(page, "/login/code", "code", code).location());
    }

    private static String begin(String name) {
        Person boss = new Person("boss", "203.0.113.6");
        boss.enter();
        String list = boss.get("/members?q=" + name + "@time").body();
        Matcher id = Pattern.compile("/members/person\\?id=([0-9a-f-]{36})").matcher(list);
        assertTrue(id.find(), list);
        Answer page = boss.get("/members/person?id=" + id.group(1));
        Answer begun = boss.fill(page, "/members/person/recover", "spoken", "1");
        assertEquals(303, begun.status(), begun.body());
        return id.group(1);
    }

    @Test
    void anInvitationLapsesAfterAWeek() {
        Person boss = new Person("boss", "203.0.113.6");
        boss.enter();
        String email = "new@time.example";
        Answer sent =
                boss.fill(
                        boss.get("/members/invite"),
                        "/members/invite",
                        "email",
                        email,
                        "name",
                        "New",
                        "language",
                        "en");
        assertEquals(303, sent.status(), sent.body());
        Pattern pattern = Pattern.compile("\\b([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})\\b");
        String code =
                await(() ->
                        mailsTo(email).stream()
                                .map(TimeTest::text)
                                .map(pattern::matcher)
                                .filter(Matcher::find)
                                .map(m -> m.group(1))
                                .findFirst());
        later(Duration.ofDays(7));
        Person guest = new Person("new", "203.0.113.7");
        Answer late =
                guest.fill(guest.get("/activate"), "/activate", "identifier", email, "code", code);
        assertEquals(422, late.status());
        boss.enter();
        assertTrue(boss.get("/members?lang=en").body().contains("too old"));
    }
}
