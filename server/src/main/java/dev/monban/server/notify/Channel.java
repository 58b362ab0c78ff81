package dev.monban.server.notify;

/** Where alerts go. */
public sealed interface Channel {

    /** Its name in the declared state; unique. */
    String name();

    /** Mail to operators. */
    record ByMail(String name, String to) implements Channel {}

    /**
     * A webhook, signed as Standard Webhooks say.
     *
     * @param secret the key: what follows {@code whsec_}, decoded
     */
    record ByWebhook(String name, String url, byte[] secret) implements Channel {

        public ByWebhook {
            secret = secret.clone();
        }

        @Override
        public byte[] secret() {
            return secret.clone();
        }

        @Override
        public String toString() {
            return "webhook " + name;
        }
    }

    /**
     * Slack's incoming webhook: one message for each alert.
     *
     * @param url is itself the secret
     */
    record BySlackWebhook(String name, String url) implements Channel {

        @Override
        public String toString() {
            return "Slack webhook " + name;
        }
    }

    /**
     * A Slack bot: one thread for each campaign.
     *
     * @param channel its id, such as C0123456789
     * @param api where Slack's methods are, such as https://slack.com/api/
     */
    record BySlackBot(String name, String token, String channel, String api) implements Channel {

        @Override
        public String toString() {
            return "Slack bot " + name;
        }
    }
}
