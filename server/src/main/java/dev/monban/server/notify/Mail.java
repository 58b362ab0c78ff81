package dev.monban.server.notify;

import dev.monban.server.platform.Json;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Scarce;
import dev.monban.server.platform.Vault;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;

/**
 * Mail to people. It goes through the outbox, where its text is sealed: it may hold a code. A mail
 * that was sent twice has the same Message-ID, and mail programs show it once.
 */
public final class Mail implements Outbox.Sender {

    private static final Purpose PURPOSE = Purpose.of("mail");

    static final String KIND = "mail";

    private static final Logger LOG = Logger.getLogger(Mail.class.getName());
    private static final String TIMEOUT_MS = "10000";

    /** Shorter than the outbox keeps a message for one node. */
    private static final Duration WHOLE = Duration.ofSeconds(45);

    private static final int MOST_CAUSES = 10;
    private static final Pattern ENHANCED = Pattern.compile("\\b5\\.\\d{1,3}\\.\\d{1,3}\\b");
    private static final Set<Integer> NO_SUCH_MAILBOX = Set.of(550, 551, 553);

    private final MailSettings settings;
    private final Outbox outbox;
    private final Vault vault;
    private final Bounces bounces;

    public Mail(MailSettings settings, Outbox outbox, Vault vault, Bounces bounces) {
        this.settings = settings;
        this.outbox = outbox;
        this.vault = vault;
        this.bounces = bounces;
        outbox.register(KIND, this);
    }

    /** Puts a mail in the outbox, in the transaction of what causes it. */
    public void put(Connection connection, String to, String subject, String text)
            throws SQLException {
        byte[] plain = Json.bytes(Map.of("subject", subject, "text", text));
        outbox.put(
                connection,
                KIND,
                to,
                Base64.getEncoder().encodeToString(vault.seal(PURPOSE, plain)));
    }

    @Override
    public void send(Outbox.Message message) throws IOException {
        Map<String, Object> content = content(message);
        try {
            send(
                    settings,
                    message.id().toString(),
                    message.target(),
                    String.valueOf(content.get("subject")),
                    String.valueOf(content.get("text")));
        } catch (IOException e) {
            Optional<SMTPAddressFailedException> refusal = refusal(e);
            if (refusal.isPresent()) {
                String answer = String.valueOf(refusal.get().getMessage());
                bounces.refused(message.target(), answer);
                throw new Outbox.Refused(answer, e);
            }
            throw e;
        }
    }

    /**
     * Whether there is no such mailbox (RFC 3463, X.1; RFC 5321, 4.2.3). A full one, or a server
     * that does not like us today, is tried again.
     */
    private static boolean isFinal(SMTPAddressFailedException refused) {
        Matcher status = ENHANCED.matcher(String.valueOf(refused.getMessage()));
        return status.find()
                ? status.group().startsWith("5.1.")
                : NO_SUCH_MAILBOX.contains(refused.getReturnCode());
    }

    /** The server's answer that there is no such mailbox. */
    private static Optional<SMTPAddressFailedException> refusal(Throwable failure) {
        Throwable at = failure;
        for (int depth = 0; at != null && depth < MOST_CAUSES; depth++) {
            if (at instanceof SMTPAddressFailedException refused && isFinal(refused)) {
                return Optional.of(refused);
            }
            at = at instanceof MessagingException m ? m.getNextException() : at.getCause();
        }
        return Optional.empty();
    }

    /**
     * Sends a mail now.
     *
     * @param id of the message: a mail that comes twice has the same
     * @throws IOException where the server has not taken it
     */
    static void send(MailSettings settings, String id, String to, String subject, String text)
            throws IOException {
        try {
            Session session = Session.getInstance(properties(settings));
            MimeMessage mail = new Identified(session, id + "@" + domain(settings));
            mail.setFrom(new InternetAddress(settings.from()));
            mail.setRecipient(Message.RecipientType.TO, new InternetAddress(to, true));
            mail.setSubject(subject, StandardCharsets.UTF_8.name());
            mail.setText(text, StandardCharsets.UTF_8.name());
            mail.setHeader("Auto-Submitted", "auto-generated");
            mail.saveChanges();
            deliver(settings, session, mail, id);
        } catch (MessagingException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void deliver(MailSettings settings, Session session, MimeMessage mail, String id)
            throws MessagingException, IOException {
        switch (settings) {
            case MailSettings.Smtp smtp -> {
                Scarce.requireNothingHeld("a mail");
                withinTime(() -> {
                    try (Transport transport = session.getTransport()) {
                        transport.connect(smtp.user().orElse(null), smtp.password().orElse(null));
                        transport.sendMessage(mail, mail.getAllRecipients());
                    }
                });
            }
            case MailSettings.Folder folder -> {
                Files.createDirectories(folder.folder());
                try (OutputStream out =
                        Files.newOutputStream(folder.folder().resolve(id + ".eml"))) {
                    mail.writeTo(out);
                }
            }
        }
    }

    private interface Sending {
        void run() throws MessagingException;
    }

    /**
     * Each wait for the server has its time, and so has the whole: a server that drips its answers
     * keeps no message for longer than the outbox claims it.
     */
    private static void withinTime(Sending sending) throws MessagingException, IOException {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        Thread thread =
                Thread.ofVirtual()
                        .name("mail")
                        .start(() -> {
                            try {
                                sending.run();
                                done.complete(true);
                            } catch (MessagingException | RuntimeException | Error e) {
                                done.completeExceptionally(e);
                            }
                        });
        try {
            boolean sent = done.get(WHOLE.toSeconds(), TimeUnit.SECONDS);
            assert sent;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MessagingException failed) {
                throw failed;
            }
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            // An interrupt closes the socket that a virtual thread waits at.
            thread.interrupt();
            throw new IOException("the mail server took longer than " + WHOLE.toSeconds() + " s");
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private Map<String, Object> content(Outbox.Message message) throws IOException {
        byte[] plain =
                vault.open(PURPOSE, Base64.getDecoder().decode(message.payload()))
                        .orElseThrow(() -> new IOException("sealed with another key"));
        try {
            return Json.object(new String(plain, StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new IOException(e);
        }
    }

    private static Properties properties(MailSettings settings) {
        Properties properties = new Properties();
        if (settings instanceof MailSettings.Smtp smtp) {
            String protocol = smtp.encryption() == MailSettings.Encryption.TLS ? "smtps" : "smtp";
            String prefix = "mail." + protocol + ".";
            properties.put("mail.transport.protocol", protocol);
            properties.put(prefix + "host", smtp.server());
            properties.put(prefix + "port", String.valueOf(smtp.port()));
            properties.put(prefix + "auth", String.valueOf(smtp.user().isPresent()));
            smtp.bounces().ifPresent(to -> properties.put(prefix + "from", to));
            properties.put(prefix + "connectiontimeout", TIMEOUT_MS);
            properties.put(prefix + "timeout", TIMEOUT_MS);
            properties.put(prefix + "writetimeout", TIMEOUT_MS);
            properties.put(prefix + "ssl.checkserveridentity", "true");
            boolean startTls = smtp.encryption() == MailSettings.Encryption.STARTTLS;
            properties.put(prefix + "starttls.enable", String.valueOf(startTls));
            properties.put(prefix + "starttls.required", String.valueOf(startTls));
        }
        return properties;
    }

    private static String domain(MailSettings settings) {
        return settings.from().substring(settings.from().lastIndexOf('@') + 1);
    }

    @Override
    public void gaveUp(Outbox.Message message, String error) {
        LOG.warning("a mail was not taken in the end: " + error);
    }

    /** Keeps its Message-ID however often it is sent (RFC 5322, section 3.6.4). */
    private static final class Identified extends MimeMessage {

        private final String id;

        Identified(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + id + ">");
        }
    }
}
