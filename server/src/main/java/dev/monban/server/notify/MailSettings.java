package dev.monban.server.notify;

import java.nio.file.Path;
import java.util.Optional;

/** How mail leaves this house. */
public sealed interface MailSettings {

    /** The address that it comes from. */
    String from();

    /**
     * By a mail server (RFC 5321).
     *
     * @param bounces where mail servers report what did not arrive; the sender unless given
     * @param user and {@code password}: empty where the server wants none
     */
    record Smtp(
            String from,
            String server,
            int port,
            Encryption encryption,
            Optional<String> bounces,
            Optional<String> user,
            Optional<String> password)
            implements MailSettings {

        @Override
        public String toString() {
            return "mail by " + server + ":" + port;
        }
    }

    /** Into files, one a mail: for demonstrations. */
    record Folder(String from, Path folder) implements MailSettings {}

    /** How the way to the server is kept private. */
    enum Encryption {
        /** Not at all: for a server on the same machine. */
        NONE,
        /** A plain greeting, then TLS; without TLS nothing is sent (RFC 3207). */
        STARTTLS,
        /** TLS from the first byte (RFC 8314). */
        TLS
    }
}
