package dev.monban.acceptance;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What operators have: a mail server, something that takes webhooks, and what answers as Slack. */
final class Operators implements AutoCloseable {

    private static final byte[] KEY =
            "a key of at least 24 bytes for the webhooks".getBytes(StandardCharsets.UTF_8);
    private static final long PATIENCE_SECONDS = 30;

    private final GreenMail mail =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final HttpServer server;
    private final List<String> webhooks = new ArrayList<>();
    private final List<String> slack = new ArrayList<>();
    private final List<String> cards = new ArrayList<>();
    private final List<String> changedCards = new ArrayList<>();

    Operators() throws IOException {
        mail.start();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", this::webhook);
        server.createContext("/api/chat.postMessage", this::slackMessage);
        server.createContext("/api/chat.update", this::slackUpdate);
        server.start();
    }

    /** The part of the declared state that names them all. */
    String declared() {
        String base = "http://localhost:" + server.getAddress().getPort();
        return """
        mail: {server: 127.0.0.1, port: PORT, encryption: none, from: monban@monban.example}
        outgoing: {allow: [localhost, 127.0.0.1]}
        alerts:
          - {name: by-mail, mail: sre@monban.example}
          - {name: by-webhook, webhook: BASE/hook, secret: {plain: KEY}}
          - {name: by-slack, slackToken: {plain: xoxb-test}, slackChannel: C1, slackApi: BASE/api/}
          - {name: desk, slackToken: {plain: xoxb-desk}, slackChannel: C2, slackApi: BASE/api/, only: [stuck_person]}
        """
                .replace("PORT", Integer.toString(mail.getSmtp().getPort()))
                .replace("BASE", base)
                .replace("KEY", "whsec_" + Base64.getEncoder().encodeToString(KEY));
    }

    private void webhook(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String signed =
                exchange.getRequestHeaders().getFirst("webhook-id")
                        + "."
                        + exchange.getRequestHeaders().getFirst("webhook-timestamp")
                        + "."
                        + body;
        boolean good =
                signature(signed)
                        .equals(exchange.getRequestHeaders().getFirst("webhook-signature"));
        synchronized (this) {
            webhooks.add(good ? body : "BAD SIGNATURE");
        }
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    private static String signature(String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            return "v1,"
                    + Base64.getEncoder()
                            .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Speaks Slack's chat.postMessage: a form in, JSON with the message's time out. */
    private void slackMessage(HttpExchange exchange) throws IOException {
        String form =
                URLDecoder.decode(
                        new String(
                                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                        StandardCharsets.UTF_8);
        int number;
        synchronized (this) {
            (form.contains("channel=C2") ? cards : slack).add(form);
            number = slack.size() + 1000 * cards.size();
        }
        byte[] answer =
                ("{\"ok\":true,\"channel\":\"C1\",\"ts\":\"1700000000.00000" + number + "\"}")
                        .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    /** Speaks Slack's chat.update. */
    private void slackUpdate(HttpExchange exchange) throws IOException {
        String form =
                URLDecoder.decode(
                        new String(
                                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                        StandardCharsets.UTF_8);
        synchronized (this) {
            changedCards.add(form);
        }
        byte[] answer =
                "{\"ok\":true,\"channel\":\"C2\",\"ts\":\"1\"}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        exchange.close();
    }

    /** What support's channel was sent, and {@code changed} of that. */
    synchronized List<String> cards(boolean changed) {
        return List.copyOf(changed ? changedCards : cards);
    }

    /** Webhooks of a type, such as {@code campaign.opened}. */
    synchronized List<String> webhooks(String type) {
        return webhooks.stream().filter(w -> w.contains("\"" + type + "\"")).toList();
    }

    synchronized boolean anyBadSignature() {
        return webhooks.contains("BAD SIGNATURE");
    }

    /** Messages to Slack that begin a thread, and those within one. */
    synchronized List<String> slackMessages(boolean within) {
        return slack.stream().filter(m -> m.contains("thread_ts=") == within).toList();
    }

    /** Mails to an address. */
    List<MimeMessage> mails(String to) {
        List<MimeMessage> found = new ArrayList<>();
        try {
            for (MimeMessage message : mail.getReceivedMessages()) {
                if (message.getAllRecipients()[0].toString().equals(to)) {
                    found.add(message);
                }
            }
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }

    /** Whether such a mail has come. */
    boolean hasMail(String to, String subject) {
        try {
            for (MimeMessage message : mails(to)) {
                if (message.getSubject().equals(subject)) {
                    return true;
                }
            }
            return false;
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The code in the last mail to an address, which comes soon. */
    String code(String to, int mailsBefore) {
        return code(to, mailsBefore, 6);
    }

    /** The latest of so many digits, in a mail that came after so many others. */
    String code(String to, int mailsBefore, int digits) {
        Pattern pattern = Pattern.compile("\\b(\\d{" + digits + "})\\b");
        AtomicReference<String> found = new AtomicReference<>("");
        await(() -> {
            List<MimeMessage> all = mails(to);
            for (MimeMessage mail : all.subList(Math.min(mailsBefore, all.size()), all.size())) {
                Matcher matcher = pattern.matcher(text(mail));
                if (matcher.find()) {
                    found.set(matcher.group(1));
                }
            }
            return !found.get().isEmpty();
        });
        return found.get();
    }

    /** What a mail says. */
    static String text(MimeMessage mail) {
        try {
            return String.valueOf(mail.getContent());
        } catch (IOException | MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until something holds; fails where it does not within half a minute. */
    static void await(BooleanSupplier condition) {
        await(condition, PATIENCE_SECONDS);
    }

    /** The same within so many seconds. */
    static void await(BooleanSupplier condition, long seconds) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > until) {
                throw new AssertionError("what was waited for does not come");
            }
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    @Override
    public void close() {
        server.stop(0);
        mail.stop();
    }
}
