package dev.monban.server.factor;

import dev.monban.core.factor.Recovery;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.store.RecoveryStore;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.session.SessionEnd;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Ways back for people who have lost every factor. Each step is on record and told to the person,
 * who stops it by signing in with a factor, or with a button.
 */
public final class Recoveries {

    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final Factors factors;
    private final Sessions sessions;
    private final Recovery.Waits waits;
    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;
    private final Notices notices;

    public Recoveries(
            Database database,
            Accounts accounts,
            Tenants tenants,
            Factors factors,
            Sessions sessions,
            Recovery.Waits waits,
            Ids ids,
            InstantSource clock,
            EventLog events,
            Notices notices) {
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.factors = factors;
        this.sessions = sessions;
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
        PASSWORD_RESET,
        EXPIRED;

        String code() {
            return name().toLowerCase(Locale.ROOT);
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
        return new Recovery(row.begunAt(), row.confirmedAt(), waits);
    }

    /** Whether the person may come in by it now. */
    public boolean letsIn(Account account) {
        return database.query(c -> letsIn(c, account));
    }

    /** Whoever began it must still be in office. */
    private boolean letsIn(Connection connection, Account account) throws SQLException {
        Optional<Open> open = of(connection, account.id());
        return open.isPresent()
                && open.get().recovery().letsIn(clock.instant())
                && isInOffice(
                        connection, open.get().begunBy(), account, open.get().recovery().begunAt());
    }

    private boolean isInOffice(Connection connection, UUID by, Account of, Instant since)
            throws SQLException {
        Optional<Account> administrator = accounts.byId(connection, by).filter(a -> !a.disabled());
        return administrator.isPresent()
                && tenants.looksAfter(
                        connection, by, administrator.get().tenant(), of.tenant(), since);
    }

    /**
     * Begins one, and tells the person and these others.
     *
     * @param others the organisation's other administrators
     * @return false where one is open, where nothing is lost or no mail reaches the person, or
     *     where somebody would begin it for themselves
     */
    public boolean begin(Account account, Account by, List<Account> others, String address) {
        if (account.id().equals(by.id()) || account.email() == null) {
            return false;
        }
        Instant now = clock.instant();
        return database.transaction(connection -> {
            if (!Factors.of(connection, account.id()).any()) {
                return false;
            }
            if (of(connection, account.id()).isEmpty()) {
                end(connection, account.id(), End.EXPIRED, "", Optional.empty());
            }
            if (!RecoveryStore.insert(connection, ids.next(), account.id(), by.id(), now)) {
                return false;
            }
            Recovery recovery = new Recovery(now, null, waits);
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

    /**
     * Confirms it.
     *
     * @return false where it is not open, where this administrator began or needs it, or was none
     *     when it began
     */
    public boolean confirm(Account account, Account by, String address) {
        if (account.id().equals(by.id())) {
            return false;
        }
        Instant now = clock.instant();
        return database.transaction(connection -> {
            Optional<RecoveryStore.Row> row =
                    RecoveryStore.open(connection, account.id())
                            .filter(r -> recovery(r).isOpen(now));
            if (row.isEmpty()
                    || !isInOffice(connection, by.id(), account, row.get().begunAt())
                    || !RecoveryStore.confirm(connection, row.get().id(), by.id(), now)) {
                return false;
            }
            Recovery recovery = new Recovery(row.get().begunAt(), now, waits);
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
    public void stop(Account account, UUID by, String address) {
        database.transact(connection -> {
            if (end(connection, account.id(), End.STOPPED, address, Optional.of(by))) {
                notices.put(connection, account, "recovery_stopped");
            }
        });
    }

    /** The person has a factor after all: whoever asked for this was somebody else. */
    public void factorUsed(Connection connection, Account account) throws SQLException {
        endAndTell(connection, account, End.FACTOR_USED);
    }

    /**
     * The password is a new one, by a code from the mail: then password and mail are one proof, and
     * the waiting begins anew.
     */
    public void passwordReset(Connection connection, Account account) throws SQLException {
        endAndTell(connection, account, End.PASSWORD_RESET);
    }

    private void endAndTell(Connection connection, Account account, End why) throws SQLException {
        if (end(connection, account.id(), why, "", Optional.empty())) {
            notices.put(connection, account, "recovery_stopped");
        }
    }

    /**
     * Comes in by it, in the transaction of the sign-in: all factors are taken away, and whoever
     * has the lost ones is signed out; the person adds those that they have now.
     *
     * @return false where it does not let in any more
     */
    public boolean use(Connection connection, Account account, String address) throws SQLException {
        if (!letsIn(connection, account)
                || !end(connection, account.id(), End.USED, address, Optional.empty())) {
            return false;
        }
        factors.removeAll(connection, account, address);
        sessions.endAll(connection, account.id(), SessionEnd.FACTORS_LOST, address);
        notices.put(connection, account, "recovery_used");
        return true;
    }

    private boolean end(
            Connection connection, UUID account, End why, String address, Optional<UUID> by)
            throws SQLException {
        boolean ended = RecoveryStore.end(connection, account, why.code(), clock.instant());
        if (ended) {
            Map<String, Object> details = new HashMap<>(Map.of("because", why.code()));
            by.ifPresent(who -> details.put("by", who.toString()));
            events.record(
                    connection,
                    Event.of(EventKind.RECOVERY_ENDED)
                            .account(account)
                            .address(address)
                            .details(details));
        }
        return ended;
    }
}
