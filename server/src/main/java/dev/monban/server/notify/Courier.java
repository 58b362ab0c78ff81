package dev.monban.server.notify;

import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.response.chat.ChatPostMessageResponse;
import com.slack.api.methods.response.chat.ChatUpdateResponse;
import com.slack.api.model.block.ActionsBlock;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.SectionBlock;
import com.slack.api.model.block.composition.MarkdownTextObject;
import com.slack.api.model.block.composition.PlainTextObject;
import com.slack.api.model.block.element.ButtonElement;
import com.slack.api.webhook.Payload;
import com.slack.api.webhook.WebhookResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Takes an alert to where it is to go, once. */
final class Courier {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /**
     * On the button; it must be there in the language of whoever reads the channel, and in ours.
     */
    private static final String OPEN = "開く / Open";

    private static final int TIMEOUT_MS = 10_000;

    private final InstantSource clock;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    Courier(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Delivers; returns once the other side has taken it.
     *
     * @param id of the message: whoever gets it twice knows it by that
     * @param thread where the topic is told of already
     * @return the thread that was begun with it; empty where the channel has none
     * @throws IOException where it was not taken
     */
    Optional<String> deliver(Channel channel, Alert alert, UUID id, Optional<String> thread)
            throws IOException, InterruptedException {
        switch (channel) {
            case Channel.ByWebhook webhook -> post(webhook, alert, id);
            case Channel.BySlackWebhook webhook -> slack(webhook, alert);
            case Channel.BySlackBot bot -> {
                return Optional.of(slack(bot, alert, thread));
            }
            case Channel.ByMail byMail ->
                    throw new IllegalStateException(byMail.name() + " goes by mail");
        }
        return Optional.empty();
    }

    /** Standard Webhooks 1.0: the receiver knows a message that comes twice by its id. */
    private void post(Channel.ByWebhook webhook, Alert alert, UUID uuid)
            throws IOException, InterruptedException {
        String id = "msg_" + uuid;
        String payload = alert.json();
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(webhook.url()))
                        .timeout(TIMEOUT)
                        .header("Content-Type", "application/json")
                        .header("webhook-id", id)
                        .header("webhook-timestamp", timestamp)
                        .header(
                                "webhook-signature",
                                signature(webhook.secret(), id + "." + timestamp + "." + payload))
                        .POST(HttpRequest.BodyPublishers.ofString(payload))
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

    private static void slack(Channel.BySlackWebhook webhook, Alert alert) throws IOException {
        WebhookResponse answer =
                slack("")
                        .send(
                                webhook.url(),
                                Payload.builder()
                                        .text(slackText(alert))
                                        .blocks(card(alert))
                                        .build());
        if (answer.getCode() / 100 != 2) {
            throw new IOException("Slack answered " + answer.getCode() + " " + answer.getBody());
        }
    }

    private static String slack(Channel.BySlackBot bot, Alert alert, Optional<String> thread)
            throws IOException {
        try {
            if (alert.replaces() && thread.isPresent()) {
                ChatUpdateResponse changed =
                        slack(bot.api())
                                .methods(bot.token())
                                .chatUpdate(r ->
                                        r.channel(bot.channel())
                                                .ts(thread.get())
                                                .text(slackText(alert))
                                                .blocks(card(alert)));
                if (changed.isOk()) {
                    return thread.get();
                }
                // A message that was deleted, or is too old, cannot be changed: it is told below.
            }
            ChatPostMessageResponse answer =
                    slack(bot.api())
                            .methods(bot.token())
                            .chatPostMessage(r ->
                                    r.channel(bot.channel())
                                            .threadTs(thread.orElse(null))
                                            .text(slackText(alert))
                                            .blocks(card(alert)));
            if (!answer.isOk()) {
                throw new IOException("Slack answered " + answer.getError());
            }
            return thread.orElse(answer.getTs());
        } catch (SlackApiException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static Slack slack(String api) {
        SlackConfig config = new SlackConfig();
        config.setHttpClientCallTimeoutMillis(TIMEOUT_MS);
        config.setStatsEnabled(false);
        if (!api.isEmpty()) {
            config.setMethodsEndpointUrlPrefix(api);
        }
        return Slack.getInstance(config);
    }

    /** A button leads on; without one, plain text will do. */
    private static @Nullable List<LayoutBlock> card(Alert alert) {
        if (alert.link().isEmpty()) {
            return null;
        }
        return List.of(
                SectionBlock.builder()
                        .text(MarkdownTextObject.builder().text(slackText(alert)).build())
                        .build(),
                ActionsBlock.builder()
                        .elements(
                                List.of(
                                        ButtonElement.builder()
                                                .text(PlainTextObject.builder().text(OPEN).build())
                                                .url(alert.link())
                                                .build()))
                        .build());
    }

    /** What Slack reads as markup is taken out: names and addresses come from strangers. */
    private static String slackText(Alert alert) {
        return escaped("*" + alert.title() + "*\n" + alert.text());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
