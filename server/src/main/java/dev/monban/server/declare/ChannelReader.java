package dev.monban.server.declare;

import dev.monban.server.notify.Channel;
import java.util.Base64;
import java.util.Optional;

/** Reads where operators are told of something. */
final class ChannelReader {

    private static final int WEBHOOK_KEY_LEAST_BYTES = 24;

    private final Checker checker;
    private final SecretReader secrets;

    ChannelReader(Checker checker, SecretReader secrets) {
        this.checker = checker;
        this.secrets = secrets;
    }

    /** The channel; empty, and faults, where it is none. */
    Optional<Channel> read(Located alert, String place, boolean hasMail) {
        String name = alert.textOf("name").orElseThrow();
        Optional<Channel> channel = Optional.empty();
        if (alert.textOf("mail").isPresent()) {
            channel = alert.textOf("mail").map(to -> new Channel.ByMail(name, to));
            if (!hasMail) {
                checker.fault(
                        alert.line(), place + ".mail", "there is no mail server; declare mail:");
            }
        } else if (alert.textOf("webhook").isPresent()) {
            channel =
                    alert.get("secret")
                            .flatMap(s -> secrets.read(s, place + ".secret", 1))
                            .flatMap(s -> webhookKey(s, alert, place))
                            .map(key ->
                                    new Channel.ByWebhook(
                                            name, alert.textOf("webhook").orElseThrow(), key));
        } else if (alert.get("slackWebhook").isPresent()) {
            channel =
                    alert.get("slackWebhook")
                            .flatMap(s -> secrets.read(s, place + ".slackWebhook", 1))
                            .map(url -> new Channel.BySlackWebhook(name, url));
        } else if (alert.get("slackToken").isPresent()
                && alert.textOf("slackChannel").isPresent()) {
            channel =
                    alert.get("slackToken")
                            .flatMap(s -> secrets.read(s, place + ".slackToken", 1))
                            .map(token ->
                                    new Channel.BySlackBot(
                                            name,
                                            token,
                                            alert.textOf("slackChannel").orElseThrow(),
                                            alert.textOf("slackApi")
                                                    .orElse("https://slack.com/api/")));
        }
        if (channel.isEmpty() && checker.faults().isEmpty()) {
            checker.fault(
                    alert.line(),
                    place,
                    "give one of: mail; webhook with secret; slackWebhook; slackToken with"
                            + " slackChannel");
        }
        return channel;
    }

    /** As Standard Webhooks write it: at least 192 bits. */
    private Optional<byte[]> webhookKey(String secret, Located alert, String place) {
        try {
            byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
            if (key.length >= WEBHOOK_KEY_LEAST_BYTES) {
                return Optional.of(key);
            }
        } catch (IllegalArgumentException e) {
            checker.fault(alert.line(), place + ".secret", "this is not base64");
            return Optional.empty();
        }
        checker.fault(
                alert.line(), place + ".secret", "write whsec_ and at least 24 bytes in base64");
        return Optional.empty();
    }
}
