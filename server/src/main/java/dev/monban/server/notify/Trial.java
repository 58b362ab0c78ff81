package dev.monban.server.notify;

import dev.monban.server.platform.Ids;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Tries channels, at once and past the outbox: does an alert arrive? */
public final class Trial {

    private final Optional<MailSettings> mail;
    private final Courier courier;
    private final Ids ids;
    private final InstantSource clock;

    public Trial(Optional<MailSettings> mail, OutgoingCalls calls, Ids ids, InstantSource clock) {
        this.mail = mail;
        this.courier = new Courier(calls, clock);
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * What became of it.
     *
     * @param fault why the other side has not taken it; empty where it has
     */
    public record Outcome(String channel, Optional<String> fault) {}

    /** Sends a message by each, one after the other. */
    public List<Outcome> send(List<Subscription> channels) {
        List<Outcome> outcomes = new java.util.ArrayList<>();
        for (Subscription one : channels) {
            outcomes.add(new Outcome(one.channel().name(), send(one.channel())));
        }
        return List.copyOf(outcomes);
    }

    private Optional<String> send(Channel channel) {
        UUID id = ids.next();
        Alert alert =
                new Alert(
                        "channel.test",
                        "channel",
                        id,
                        clock.instant(),
                        "Monban tries the channel " + channel.name(),
                        "If you read this, alerts arrive here.");
        try {
            if (channel instanceof Channel.ByMail(String name, String to)) {
                if (mail.isEmpty()) {
                    return Optional.of("no mail server is declared; declare mail:");
                }
                Mail.send(mail.get(), id.toString(), to, alert.title(), alert.text());
            } else {
                Optional<String> thread = courier.deliver(channel, alert, id, Optional.empty());
                assert thread.isEmpty() || !thread.get().isEmpty();
            }
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            return Optional.of(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }
}
