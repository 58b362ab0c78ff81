package dev.monban.server.watch.store;

import dev.monban.server.platform.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;

/** The table {@code watch.known_pair}. */
public final class KnownPairStore {

    /**
     * In the order of the keys, so that two who write the same pairs wait for each other and never
     * both. A pair that is used every day is written once a week.
     */
    private static final String SEEN =
            """
            insert into watch.known_pair as k (pair, last_on)
            select p, ? from unnest(cast(? as text[])::bigint[]) p order by p
            on conflict (pair) do update set last_on = excluded.last_on
            where k.last_on < excluded.last_on - 6
            """;

    private static final String KNOWN =
            """
            select pair from watch.known_pair
            where pair = any (cast(? as text[])::bigint[]) and last_on > ?
            """;

    private static final String SWEEP =
            """
            delete from watch.known_pair where pair in
                (select pair from watch.known_pair where last_on < ? order by last_on limit ?)
            """;

    private KnownPairStore() {}

    /** Somebody signed in with these. */
    public static int seen(Connection connection, List<Long> pairs, LocalDate day)
            throws SQLException {
        return Sql.update(connection, SEEN, day, pairs);
    }

    /** Which of them somebody has signed in with after a day. */
    public static List<Long> known(Connection connection, List<Long> pairs, LocalDate after)
            throws SQLException {
        return Sql.many(connection, KNOWN, row -> row.bigNumber("pair"), pairs, after);
    }

    /** Forgets some that were last seen before a day; gives how many. */
    public static int sweep(Connection connection, LocalDate before, int most) throws SQLException {
        return Sql.update(connection, SWEEP, before, most);
    }
}
