package dev.monban.server.watch.store;

import dev.monban.core.watch.NearMiss;
import dev.monban.server.platform.Sql;
import dev.monban.server.platform.StoredCodes;
import dev.monban.server.watch.Remarks;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table {@code watch.remark}. */
public final class RemarkStore {

    private static final String INSERT =
            """
            insert into watch.remark (remark_id, attempt_id, account_id, near, remarked_at)
            values (?, ?, ?, ?, ?)
            """;

    private static final String SINCE =
            """
            select attempt_id, account_id, near from watch.remark
            where remarked_at >= ? order by remarked_at limit ?
            """;

    private static final String SWEEP = "delete from watch.remark where remarked_at < ?";

    private RemarkStore() {}

    public static boolean insert(Connection connection, UUID id, Remarks.Remark remark, Instant at)
            throws SQLException {
        return Sql.update(
                        connection,
                        INSERT,
                        id,
                        remark.attempt(),
                        remark.account(),
                        remark.near().code(),
                        at)
                == 1;
    }

    /** Empty where this release does not know how it missed. */
    private static Optional<Remarks.Remark> remark(Sql.Row row) throws SQLException {
        Optional<NearMiss> near = StoredCodes.find(NearMiss.class, row.text("near"));
        UUID attempt = row.id("attempt_id");
        UUID account = row.id("account_id");
        return near.map(how -> new Remarks.Remark(attempt, account, how));
    }

    public static int sweep(Connection connection, Instant before) throws SQLException {
        return Sql.update(connection, SWEEP, before);
    }

    public static List<Remarks.Remark> since(Connection connection, Instant since, int most)
            throws SQLException {
        return Sql.many(connection, SINCE, RemarkStore::remark, since, most).stream()
                .flatMap(Optional::stream)
                .toList();
    }
}
