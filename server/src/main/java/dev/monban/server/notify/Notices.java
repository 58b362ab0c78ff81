package dev.monban.server.notify;

import dev.monban.server.account.Account;
import dev.monban.server.platform.Texts;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** Tells people by mail what changed at their account, in their language, and what to do. */
public final class Notices {

    private final Optional<Mail> mail;

    public Notices(Optional<Mail> mail) {
        this.mail = mail;
    }

    /** Whether any mail can be sent at all. */
    public boolean reach() {
        return mail.isPresent();
    }

    /**
     * Tells the account's person of something; nothing where no mail reaches them.
     *
     * @param kind key of the texts {@code notice.*.subject} and {@code notice.*.text}; the text has
     *     the name in its first place, and these values in the next; times are written in the
     *     person's zone
     */
    public void put(Connection connection, Account account, String kind, Object... values)
            throws SQLException {
        if (account.email() != null) {
            putTo(connection, account, account.email(), kind, values);
        }
    }

    /** The same, to another address of this person. */
    public void putTo(
            Connection connection, Account account, String to, String kind, Object... values)
            throws SQLException {
        if (mail.isEmpty()) {
            return;
        }
        Texts texts = Texts.in(account.language());
        Object[] all = new Object[values.length + 1];
        all[0] = account.name();
        for (int i = 0; i < values.length; i++) {
            all[i + 1] =
                    values[i] instanceof Instant time
                            ? texts.time(time, account.timeZone())
                            : values[i];
        }
        mail.get()
                .put(
                        connection,
                        to,
                        texts.get("notice." + kind + ".subject"),
                        texts.get("notice." + kind + ".text", all) + texts.get("notice.not_you"));
    }
}
