package dev.monban.server.platform;

import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * Which master key belongs to a database. The database keeps a keyed hash of a fixed text: another
 * key gives another hash, and the hash tells nothing of the key.
 */
public final class KeyCheck {

    private static final Purpose PURPOSE = Purpose.of("key check");
    private static final String TEXT = "the master key of this database";

    private static final String FIND = "select tag from platform.key_check where single";

    private static final String INSERT =
            """
            insert into platform.key_check (tag, made_at) values (?, ?)
            on conflict (single) do nothing
            """;

    private KeyCheck() {}

    /** Whether a key belongs to a database. */
    public enum Verdict {
        /** The database has no key yet. */
        NONE,
        SAME,
        OTHER
    }

    /** The hash by which this key is known. */
    public static byte[] tag(Vault vault) {
        return vault.tag(PURPOSE, TEXT);
    }

    /** Asks the database. */
    public static Verdict ask(Connection connection, Vault vault) throws SQLException {
        Optional<byte[]> found = Sql.one(connection, FIND, row -> row.bytes("tag"));
        if (found.isEmpty()) {
            return Verdict.NONE;
        }
        return MessageDigest.isEqual(found.get(), tag(vault)) ? Verdict.SAME : Verdict.OTHER;
    }

    /** Binds the database to this key, unless another node was quicker with its own. */
    public static boolean bind(Connection owner, Vault vault, Instant now) throws SQLException {
        return Sql.update(owner, INSERT, tag(vault), now) == 1;
    }
}
