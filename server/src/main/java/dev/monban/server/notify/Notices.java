package dev.monban.server.notify;

import dev.monban.server.platform.Language;
import dev.monban.server.platform.Texts;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells people by mail what changed at their account, in their language, and what to do. */
public final class Notices {

    private final Optional<Mail> mail;

    public Notices(Optional<Mail> mail) {
        this.mail = mail;
    }

    /** Whom to tell. */
    public record Reader(String name, @Nullable String email, Language language) {}

    /**
     * Tells of something; nothing where no mail reaches the person.
     *
     * @param kind key of the texts {@code notice.*.subject} and {@code notice.*.text}; the text has
     *     the name in its first place, and these values in the next
     */
    public void put(Connection connection, Reader reader, String kind, Object... values)
            throws SQLException {
        if (mail.isEmpty() || reader.email() == null) {
            return;
        }
        Texts texts = Texts.in(reader.language());
        Object[] all = new Object[values.length + 1];
        all[0] = reader.name();
        System.arraycopy(values, 0, all, 1, values.length);
        mail.get()
                .put(
                        connection,
                        reader.email(),
                        texts.get("notice." + kind + ".subject"),
                        texts.get("notice." + kind + ".text", all) + texts.get("notice.not_you"));
    }
}
