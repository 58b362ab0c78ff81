package dev.monban.server.notify;

import dev.monban.server.notify.store.ThreadStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;

/**
 * Alerts to operators, by every channel that is declared. They wait in the outbox until the other
 * side has taken them. A channel that fails again and again is reported on the others.
 */
public final class Alerts implements Outbox.Sender {

    static final String KIND = "alert";

    private static final Logger LOG = Logger.getLogger(Alerts.class.getName());

    /** No channel has this name, and no thread is this one. */
    private static final String TOLD = "(told)";

    /** What is to be replaced may go out at the same moment. */
    private static final int WAITS_FOR_FIRST = 3;

    private static final String FAILING = "channel.failing";
    private static final Duration REPORTED_EVERY = Duration.ofHours(1);

    /** So many tries in vain, about a minute and a half, and the others are told. */
    private static final int DEAD_AFTER = 5;

    private final Map<String, Subscription> channels = new LinkedHashMap<>();
    private final Courier courier;
    private final Optional<Mail> mail;
    private final Outbox outbox;
    private final Database database;
    private final InstantSource clock;
    private final Map<String, Instant> reported = new ConcurrentHashMap<>();

    public Alerts(
            List<Subscription> channels,
            Optional<Mail> mail,
            Outbox outbox,
            Database database,
            OutgoingCalls calls,
            InstantSource clock) {
        channels.forEach(one -> this.channels.put(one.channel().name(), one));
        this.courier = new Courier(calls, clock);
        this.mail = mail;
        this.outbox = outbox;
        this.database = database;
        this.clock = clock;
        outbox.register(KIND, this);
    }

    /** The same, unless it was told already: several nodes find the same. */
    public void putOnce(Connection connection, Alert alert) throws SQLException {
        if (ThreadStore.insert(connection, TOLD, alert.topic(), TOLD)) {
            put(connection, alert);
        }
    }

    /** Sends by all channels that want it, once the transaction is committed. */
    public void put(Connection connection, Alert alert) throws SQLException {
        for (Subscription one : channels.values()) {
            if (one.wants(alert)) {
                put(connection, one.channel(), alert);
            }
        }
    }

    private void put(Connection connection, Channel channel, Alert alert) throws SQLException {
        if (channel instanceof Channel.ByMail(String name, String to)) {
            if (mail.isPresent()) {
                mail.get().put(connection, to, alert.title(), alert.plain());
            } else {
                LOG.warning("channel " + name + " sends mail, and no mail server is declared");
            }
            return;
        }
        outbox.put(connection, KIND, channel.name(), alert.json());
    }

    @Override
    public void send(Outbox.Message message) throws IOException {
        Subscription one = channels.get(message.target());
        if (one == null) {
            LOG.info("channel " + message.target() + " is not declared any more");
            return;
        }
        Channel channel = one.channel();
        try {
            deliver(channel, message);
        } catch (IOException | RuntimeException e) {
            if (message.tries() == DEAD_AFTER) {
                reportDead(channel, message, e);
            }
            throw e;
        }
    }

    private void deliver(Channel channel, Outbox.Message message) throws IOException {
        Alert alert = Alert.read(message.payload());
        Optional<String> thread =
                channel instanceof Channel.BySlackBot
                        ? database.query(c -> ThreadStore.find(c, channel.name(), alert.topic()))
                        : Optional.empty();
        if (alert.replaces()
                && channel instanceof Channel.BySlackBot
                && thread.isEmpty()
                && message.tries() < WAITS_FOR_FIRST) {
            throw new IOException("the first message about this is still on its way");
        }
        Optional<String> begun = courier.deliver(channel, alert, message.id(), thread);
        if (begun.isPresent() && thread.isEmpty()) {
            database.query(c -> ThreadStore.insert(c, channel.name(), alert.topic(), begun.get()));
        }
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
                        "channel",
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
            for (Subscription other : channels.values()) {
                if (!other.channel().equals(channel) && other.wants(alert)) {
                    put(connection, other.channel(), alert);
                }
            }
        });
    }

    @Override
    public void gaveUp(Outbox.Message message, String error) {
        LOG.warning("an alert by " + message.target() + " was never taken: " + error);
    }
}
