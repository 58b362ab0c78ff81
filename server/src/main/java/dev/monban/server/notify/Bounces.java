package dev.monban.server.notify;

import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.notify.store.BounceStore;
import dev.monban.server.notify.store.OutboxStore;
import dev.monban.server.platform.Database;
import jakarta.mail.BodyPart;
import jakarta.mail.Header;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.dsn.DeliveryStatus;
import org.eclipse.angus.mail.dsn.MultipartReport;
import org.jspecify.annotations.Nullable;

/**
 * Mail that came back: refused by a server at once, or reported later (RFC 3464). A report is
 * believed only where it names a message of ours, whose id nobody can guess: it comes from outside.
 */
public final class Bounces {

    private static final int MOST_CHARACTERS = 300;

    /** Of ours: the id that {@link Mail} gave it. */
    private static final Pattern MESSAGE_ID =
            Pattern.compile("<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@");

    private static final Pattern STATUS = Pattern.compile("\\b([245]\\.\\d{1,3}\\.\\d{1,3})\\b");

    private final Database database;
    private final EventLog events;
    private final InstantSource clock;
    private volatile Listener listener = (connection, address) -> {};

    public Bounces(Database database, EventLog events, InstantSource clock) {
        this.database = database;
        this.events = events;
        this.clock = clock;
    }

    /**
     * An address from which mail came back.
     *
     * @param status enhanced status code (RFC 3463)
     * @param diagnostic what the other server said, shortened
     * @param bounces how many since some arrived
     */
    public record Bounce(
            String address, String status, String diagnostic, Instant at, int bounces) {}

    /** What became of a report. */
    public enum Outcome {
        /** The address is known to bounce. */
        NOTED,
        /** It tells of a delay, or of a success: nothing is to be done. */
        NOT_FAILED,
        /** It is no report, or none of a message of ours. */
        NOT_OURS
    }

    /** Is told of mail that came back, in the transaction in which that is noted. */
    @FunctionalInterface
    public interface Listener {
        void bounced(Connection connection, String address) throws SQLException;
    }

    /** Called while wiring. */
    public void listen(Listener other) {
        listener = other;
    }

    /** Whether mail to this address came back lately. */
    public Optional<Bounce> of(@Nullable String address) {
        return address == null
                ? Optional.empty()
                : database.query(c -> BounceStore.of(c, plain(address)));
    }

    /** Those of these addresses from which mail came back. */
    public List<Bounce> among(List<String> addresses) {
        return database.query(
                c -> BounceStore.among(c, addresses.stream().map(Bounces::plain).toList()));
    }

    /** Some mail has arrived there: a code from it was typed. */
    public void arrived(Connection connection, @Nullable String address) throws SQLException {
        if (address != null) {
            BounceStore.delete(connection, plain(address));
        }
    }

    /** A server has refused a message for good. */
    void refused(String address, String answer) {
        Matcher status = STATUS.matcher(answer);
        String code = status.find() ? status.group(1) : "5.0.0";
        database.transact(connection -> note(connection, address, code, answer));
    }

    private void note(Connection connection, String address, String status, String diagnostic)
            throws SQLException {
        BounceStore.put(connection, plain(address), status, shortened(diagnostic), clock.instant());
        events.record(
                connection, Event.of(EventKind.MAIL_BOUNCED).details(Map.of("status", status)));
        listener.bounced(connection, address);
    }

    /**
     * Takes in a report as a mail server hands it on.
     *
     * @param message as it came (RFC 5322)
     */
    public Outcome report(byte[] message) {
        try {
            MimeMessage mail =
                    new MimeMessage(
                            Session.getInstance(new Properties()),
                            new ByteArrayInputStream(message));
            if (!(mail.getContent() instanceof MultipartReport report)
                    || !(report.getReport() instanceof DeliveryStatus status)) {
                return Outcome.NOT_OURS;
            }
            Optional<UUID> id = messageId(report);
            if (id.isEmpty()) {
                return Outcome.NOT_OURS;
            }
            Optional<InternetHeaders> failed = failed(status);
            return database.transaction(connection -> {
                Optional<String> target = OutboxStore.target(connection, id.get(), Mail.KIND);
                if (target.isEmpty()) {
                    return Outcome.NOT_OURS;
                }
                if (failed.isEmpty()) {
                    return Outcome.NOT_FAILED;
                }
                note(
                        connection,
                        target.get(),
                        field(failed.get(), "Status").strip(),
                        field(failed.get(), "Diagnostic-Code"));
                return Outcome.NOTED;
            });
        } catch (MessagingException | IOException | RuntimeException e) {
            if (e instanceof Database.DatabaseFailed failed) {
                throw failed;
            }
            return Outcome.NOT_OURS;
        }
    }

    /** The recipient for whom delivery failed for good (RFC 3464, sections 2.3.3 and 2.3.4). */
    private static Optional<InternetHeaders> failed(DeliveryStatus status) {
        for (int i = 0; i < status.getRecipientDSNCount(); i++) {
            InternetHeaders fields = status.getRecipientDSN(i);
            if (field(fields, "Action").strip().toLowerCase(Locale.ROOT).equals("failed")
                    && field(fields, "Status").strip().matches("5\\.\\d{1,3}\\.\\d{1,3}")) {
                return Optional.of(fields);
            }
        }
        return Optional.empty();
    }

    private static String field(InternetHeaders fields, String name) {
        String value = fields.getHeader(name, " ");
        return value == null ? "" : value;
    }

    /** From the message that came back, or from its headers alone. */
    private static Optional<UUID> messageId(MultipartReport report)
            throws MessagingException, IOException {
        for (int i = 1; i < report.getCount(); i++) {
            BodyPart part = report.getBodyPart(i);
            if (part.isMimeType("message/rfc822") || part.isMimeType("text/rfc822-headers")) {
                InternetHeaders headers = new InternetHeaders(part.getInputStream());
                for (Enumeration<Header> all = headers.getAllHeaders(); all.hasMoreElements(); ) {
                    Header header = all.nextElement();
                    Matcher id = MESSAGE_ID.matcher(header.getValue());
                    if (header.getName().equalsIgnoreCase("Message-ID") && id.find()) {
                        return Optional.of(UUID.fromString(id.group(1)));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static String plain(String address) {
        return address.toLowerCase(Locale.ROOT);
    }

    /** One line, without what could be mistaken for something else. */
    private static String shortened(String text) {
        String line = text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
        return line.substring(0, Math.min(MOST_CHARACTERS, line.length()));
    }
}
