package dev.monban.server.notify;

import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.webhook.Payload;
import com.slack.api.webhook.WebhookResponse;
import dev.monban.server.notify.store.ThreadStore;
import dev.monban.server.platform.Database;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Alerts to operators, by every channel that is declared. They wait in the outbox until the other
 * side has taken them. A channel that fails again and again is reported on the others.
 */
public final class Alerts implements Outbox.Sender {

    static final String KIND = "alert";

    private static final Logger LOG = Logger.getLogger(Alerts.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int TIMEOUT_MS = 10_000;

    private static final String FAILING = "channel.failing";
    private static final Duration REPORTED_EVERY = Duration.ofHours(1);

    /** So many tries in vain, about a minute and a half, and the others are told. */
    private static final int DEAD_AFTER = 5;

    private final Map<String, Channel> channels = new LinkedHashMap<>();
    private final Optional<Mail> mail;
    private final Outbox outbox;
    private final Database database;
    private final InstantSource clock;
    private final Map<String, Instant> reported = new ConcurrentHashMap<>();
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    public Alerts(
            List<Channel> channels,
            Optional<Mail> mail,
            Outbox outbox,
            Database database,
            InstantSource clock) {
        channels.forEach(channel -> this.channels.put(channel.name(), channel));
        this.mail = mail;
        this.outbox = outbox;
        this.database = database;
        this.clock = clock;
        outbox.register(KIND, this);
    }

    /** Sends by all channels, once the transaction is committed. */
    public void put(Connection connection, Alert alert) throws SQLException {
        for (Channel channel : channels.values()) {
            put(connection, channel, alert);
        }
    }

    private void put(Connection connection, Channel channel, Alert alert) throws SQLException {
        if (channel instanceof Channel.ByMail(String name, String to)) {
            if (mail.isPresent()) {
                mail.get().put(connection, to, alert.title(), alert.text());
            } else {
                LOG.warning("channel " + name + " sends mail, and no mail server is declared");
            }
            return;
        }
        outbox.put(connection, KIND, channel.name(), alert.json());
    }

    @Override
    public void send(Outbox.Message message) throws IOException, InterruptedException {
        Channel channel = channels.get(message.target());
        if (channel == null) {
            LOG.info("channel " + message.target() + " is not declared any more");
            return;
        }
        try {
            deliver(channel, message);
        } catch (IOException | RuntimeException e) {
            if (message.tries() == DEAD_AFTER) {
                reportDead(channel, message, e);
            }
            throw e;
        }
    }

    private void deliver(Channel channel, Outbox.Message message)
            throws IOException, InterruptedException {
        switch (channel) {
            case Channel.ByWebhook webhook -> post(webhook, message);
            case Channel.BySlackWebhook webhook -> slack(webhook, Alert.read(message.payload()));
            case Channel.BySlackBot bot -> slack(bot, Alert.read(message.payload()));
            case Channel.ByMail byMail ->
                    throw new IllegalStateException(byMail.name() + " goes by mail");
        }
    }

    /** Standard Webhooks 1.0: the receiver knows a message that comes twice by its id. */
    private void post(Channel.ByWebhook webhook, Outbox.Message message)
            throws IOException, InterruptedException {
        String id = "msg_" + message.id();
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(webhook.url()))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .header("webhook-id", id)
                        .header("webhook-timestamp", timestamp)
                        .header(
                                "webhook-signature",
                                signature(
                                        webhook.secret(),
                                        id + "." + timestamp + "." + message.payload()))
                        .POST(HttpRequest.BodyPublishers.ofString(message.payload()))
                        .build();
        int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        if (status / 100 != 2) {
            throw new IOException("answered " + status);
        }
    }

    static String signature(byte[] secret, String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return "v1,"
                    + Base64.getEncoder()
                            .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private void slack(Channel.BySlackWebhook webhook, Alert alert) throws IOException {
        WebhookResponse answer =
                slack("").send(webhook.url(), Payload.builder().text(slackText(alert)).build());
        if (answer.getCode() / 100 != 2) {
            throw new IOException("Slack answered " + answer.getCode() + " " + answer.getBody());
        }
    }

    private void slack(Channel.BySlackBot bot, Alert alert) throws IOException {
        Optional<String> thread =
                database.query(c -> ThreadStore.find(c, bot.name(), alert.topic()));
        try {
            ChatPostMessageResponse answer =
                    slack(bot.api())
                            .methods(bot.token())
                            .chatPostMessage(r ->
                                    r.channel(bot.channel())
                                            .threadTs(thread.orElse(null))
                                            .text(slackText(alert)));
            if (!answer.isOk()) {
                throw new IOException("Slack answered " + answer.getError());
            }
            if (thread.isEmpty()) {
                database.query(
                        c -> ThreadStore.insert(c, bot.name(), alert.topic(), answer.getTs()));
            }
        } catch (SlackApiException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Slack slack(String api) {
        SlackConfig config = new SlackConfig();
        config.setHttpClientCallTimeoutMillis(TIMEOUT_MS);
        if (!api.isEmpty()) {
            config.setMethodsEndpointUrlPrefix(api);
        }
        return Slack.getInstance(config);
    }

    /** What Slack reads as markup is taken out: names and addresses come from strangers. */
    private static String slackText(Alert alert) {
        return escaped("*" + alert.title() + "*\n" + alert.text());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void reportDead(Channel channel, Outbox.Message message, Exception e) {
        Instant now = clock.instant();
        Instant before = reported.get(channel.name());
        if (Alert.read(message.payload()).type().equals(FAILING)
                || (before != null && before.plus(REPORTED_EVERY).isAfter(now))) {
            return;
        }
        reported.put(channel.name(), now);
        Alert alert =
                new Alert(
                        FAILING,
                        UUID.nameUUIDFromBytes(channel.name().getBytes(StandardCharsets.UTF_8)),
                        clock.instant(),
                        "Monban cannot send by " + channel.name(),
                        "Alerts by the channel "
                                + channel.name()
                                + " were not taken "
                                + DEAD_AFTER
                                + " times in a row: "
                                + e.getMessage()
                                + "\nThey wait and are tried again for a day and a half.");
        database.transact(connection -> {
            for (Channel other : channels.values()) {
                if (!other.equals(channel)) {
                    put(connection, other, alert);
                }
            }
        });
    }

    @Override
    public void gaveUp(Outbox.Message message, String error) {
        LOG.warning("an alert by " + message.target() + " was never taken: " + error);
    }
}
