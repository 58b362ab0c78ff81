package dev.monban.server.notify;

import dev.monban.server.platform.Json;
import dev.monban.server.platform.outgoing.Answer;
import dev.monban.server.platform.outgoing.Limits;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import dev.monban.server.platform.outgoing.OutgoingRequest;
import dev.monban.server.platform.outgoing.Purpose;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Takes an alert to where it is to go, once. */
final class Courier {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** The receiver's status says whether it has taken an alert. */
    private static final Limits OF_WEBHOOKS = new Limits(TIMEOUT, TIMEOUT, 0, 8);

    private static final Limits OF_SLACK = new Limits(TIMEOUT, TIMEOUT, 64 * 1024, 8);
    private static final String JSON = "application/json; charset=utf-8";
    private static final String FORM = "application/x-www-form-urlencoded; charset=utf-8";
    private static final int MAX_SHOWN = 200;

    /**
     * On the button; it must be there in the language of whoever reads the channel, and in ours.
     */
    private static final String OPEN = "開く / Open";

    private final InstantSource clock;
    private final OutgoingCalls.Caller webhooks;
    private final OutgoingCalls.Caller slack;

    Courier(OutgoingCalls calls, InstantSource clock) {
        this.webhooks = calls.caller(Purpose.WEBHOOK, OF_WEBHOOKS);
        this.slack = calls.caller(Purpose.SLACK, OF_SLACK);
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
            throws IOException {
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
    private void post(Channel.ByWebhook webhook, Alert alert, UUID uuid) throws IOException {
        String id = "msg_" + uuid;
        String payload = alert.json();
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        Answer answer =
                webhooks.send(
                        webhook.name(),
                        OutgoingRequest.post(URI.create(webhook.url()), "application/json", payload)
                                .with("webhook-id", id)
                                .with("webhook-timestamp", timestamp)
                                .with(
                                        "webhook-signature",
                                        signature(
                                                webhook.secret(),
                                                id + "." + timestamp + "." + payload)));
        if (!answer.isSuccess()) {
            throw new IOException("answered " + answer.status());
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
        Answer answer =
                slack.send(
                        webhook.name(),
                        OutgoingRequest.post(
                                URI.create(webhook.url()), JSON, Json.text(message(alert))));
        if (!answer.isSuccess()) {
            throw new IOException("Slack answered " + answer.status() + " " + shown(answer));
        }
    }

    private String slack(Channel.BySlackBot bot, Alert alert, Optional<String> thread)
            throws IOException {
        Map<String, Object> message = message(alert);
        message.put("channel", bot.channel());
        if (alert.replaces() && thread.isPresent()) {
            Map<String, Object> change = new LinkedHashMap<>(message);
            change.put("ts", thread.get());
            if (isOk(method(bot, "chat.update", change))) {
                return thread.get();
            }
            // A message that was deleted, or is too old, cannot be changed: it is told below.
        }
        thread.ifPresent(ts -> message.put("thread_ts", ts));
        Map<String, Object> answer = method(bot, "chat.postMessage", message);
        if (!isOk(answer)) {
            throw new IOException("Slack answered " + answer.get("error"));
        }
        return thread.orElse(String.valueOf(answer.get("ts")));
    }

    /** Calls a method of Slack's Web API, whose answer is JSON with {@code ok} in it. */
    private Map<String, Object> method(
            Channel.BySlackBot bot, String method, Map<String, Object> arguments)
            throws IOException {
        URI target = URI.create(bot.api()).resolve(method);
        Answer answer =
                slack.send(
                        bot.name(),
                        OutgoingRequest.post(target, FORM, form(arguments))
                                .with("Authorization", "Bearer " + bot.token()));
        if (answer.status() != Answer.OK) {
            throw new IOException("Slack answered " + answer.status() + " " + shown(answer));
        }
        try {
            return Json.object(answer.text());
        } catch (ParseException e) {
            throw new IOException("Slack's answer is not JSON", e);
        }
    }

    /** Slack's methods take forms; what is a list in one is JSON. */
    private static String form(Map<String, Object> arguments) {
        return arguments.entrySet().stream()
                .map(e ->
                        e.getKey()
                                + "="
                                + URLEncoder.encode(
                                        e.getValue() instanceof List<?> list
                                                ? Json.text(list)
                                                : String.valueOf(e.getValue()),
                                        StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static boolean isOk(Map<String, Object> answer) {
        return Boolean.TRUE.equals(answer.get("ok"));
    }

    /** Slack says in a word what is wrong, such as {@code invalid_payload}. */
    private static String shown(Answer answer) {
        String text = answer.text().replaceAll("[^\\x20-\\x7e]", " ");
        return text.substring(0, Math.min(MAX_SHOWN, text.length()));
    }

    /** A button leads on; without one, plain text will do. */
    private static Map<String, Object> message(Alert alert) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("text", slackText(alert));
        if (!alert.link().isEmpty()) {
            message.put(
                    "blocks",
                    List.of(
                            Map.of(
                                    "type",
                                    "section",
                                    "text",
                                    Map.of("type", "mrkdwn", "text", slackText(alert))),
                            Map.of(
                                    "type",
                                    "actions",
                                    "elements",
                                    List.of(
                                            Map.of(
                                                    "type",
                                                    "button",
                                                    "text",
                                                    Map.of("type", "plain_text", "text", OPEN),
                                                    "url",
                                                    alert.link())))));
        }
        return message;
    }

    /** What Slack reads as markup is taken out: names and addresses come from strangers. */
    private static String slackText(Alert alert) {
        return escaped("*" + alert.title() + "*\n" + alert.text());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
