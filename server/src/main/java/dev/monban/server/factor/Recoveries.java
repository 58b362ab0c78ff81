package dev.monban.server.factor;

import dev.monban.core.factor.Recovery;
import dev.monban.server.account.Account;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.store.RecoveryStore;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Ways back for people who have lost every factor. Each step is on record and told to the person,
 * who stops it by signing in with a factor, or with a button.
 */
public final class Recoveries {

    private final Database database;
    private final Factors factors;
    private final Recovery.Waits waits;
    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;
    private final Notices notices;

    public Recoveries(
            Database database,
            Factors factors,
            Recovery.Waits waits,
            Ids ids,
            InstantSource clock,
            EventLog events,
            Notices notices) {
        this.database = database;
        this.factors = factors;
        this.waits = waits;
        this.ids = ids;
        this.clock = clock;
        this.events = events;
        this.notices = notices;
    }

    /** Why one ended. */
    private enum End {
        USED,
        STOPPED,
        FACTOR_USED,
        EXPIRED;

        String code() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** One that is open, and who began it. */
    public record Open(Recovery recovery, UUID begunBy) {}

    /** The one that is open for this account. */
    public Optional<Open> of(UUID account) {
        return database.query(c -> of(c, account));
    }

    private Optional<Open> of(Connection connection, UUID account) throws SQLException {
        return RecoveryStore.open(connection, account)
                .map(row -> new Open(recovery(row), row.begunBy()))
                .filter(open -> open.recovery().isOpen(clock.instant()));
    }

    private Recovery recovery(RecoveryStore.Row row) {
        return new Recovery(row.begunAt(), row.confirmedBy() != null, waits);
    }

    /** Whether the person may come in by it now. */
    public boolean letsIn(UUID account) {
        return of(account).filter(open -> open.recovery().letsIn(clock.instant())).isPresent();
    }

    /**
     * Begins one, and tells the person and these others.
     *
     * @param others the organisation's other administrators
     * @return false where one is open, or nobody may begin it for themselves
     */
    public boolean begin(Account account, Account by, List<Account> others, String address) {
        if (account.id().equals(by.id())) {
            return false;
        }
        Instant now = clock.instant();
        return database.transaction(connection -> {
            if (of(connection, account.id()).isEmpty()) {
                end(connection, account.id(), End.EXPIRED, "");
            }
            if (!RecoveryStore.insert(connection, ids.next(), account.id(), by.id(), now)) {
                return false;
            }
            Recovery recovery = new Recovery(now, false, waits);
            events.record(
                    connection,
                    Event.of(EventKind.RECOVERY_BEGUN)
                            .account(account.id())
                            .address(address)
                            .details(Map.of("by", by.id().toString())));
            notices.put(connection, account, "recovery_begun", by.name(), recovery.from());
            for (Account other : others) {
                notices.put(
                        connection,
                        other,
                        "recovery_to_confirm",
                        by.name(),
                        account.name(),
                        recovery.from());
            }
            return true;
        });
    }

    /** Confirms it; false where it is not open, or this administrator began or needs it. */
    public boolean confirm(Account account, Account by, String address) {
        if (account.id().equals(by.id())) {
            return false;
        }
        Instant now = clock.instant();
        return database.transaction(connection -> {
            Optional<RecoveryStore.Row> row =
                    RecoveryStore.open(connection, account.id())
                            .filter(r -> recovery(r).isOpen(now));
            if (row.isEmpty() || !RecoveryStore.confirm(connection, row.get().id(), by.id(), now)) {
                return false;
            }
            Recovery recovery = new Recovery(row.get().begunAt(), true, waits);
            events.record(
                    connection,
                    Event.of(EventKind.RECOVERY_CONFIRMED)
                            .account(account.id())
                            .address(address)
                            .details(Map.of("by", by.id().toString())));
            notices.put(connection, account, "recovery_confirmed", by.name(), recovery.from());
            return true;
        });
    }

    /** The person, or an administrator, says that it is not wanted. */
    public void stop(Account account, String address) {
        database.transact(connection -> {
            if (end(connection, account.id(), End.STOPPED, address)) {
                notices.put(connection, account, "recovery_stopped");
            }
        });
    }

    /** The person has a factor after all: whoever asked for this was somebody else. */
    public void factorUsed(Connection connection, Account account) throws SQLException {
        if (end(connection, account.id(), End.FACTOR_USED, "")) {
            notices.put(connection, account, "recovery_stopped");
        }
    }

    /**
     * Comes in by it, in the transaction of the sign-in: all factors are taken away, so that the
     * person adds those that they have now.
     *
     * @return false where it does not let in any more
     */
    public boolean use(Connection connection, Account account, String address) throws SQLException {
        boolean good =
                of(connection, account.id())
                        .filter(open -> open.recovery().letsIn(clock.instant()))
                        .isPresent();
        if (!good || !end(connection, account.id(), End.USED, address)) {
            return false;
        }
        factors.removeAll(connection, account, address);
        notices.put(connection, account, "recovery_used");
        return true;
    }

    private boolean end(Connection connection, UUID account, End why, String address)
            throws SQLException {
        boolean ended = RecoveryStore.end(connection, account, why.code(), clock.instant());
        if (ended) {
            events.record(
                    connection,
                    Event.of(EventKind.RECOVERY_ENDED)
                            .account(account)
                            .address(address)
                            .details(Map.of("because", why.code())));
        }
        return ended;
    }
}
