package dev.monban.server.desk;

import dev.monban.core.trouble.Help;
import dev.monban.core.trouble.Names;
import dev.monban.core.trouble.Trouble;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.desk.store.CaseStore;
import dev.monban.server.desk.store.StepStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.watch.Remarks;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Opens a case for whoever is stuck, and closes it once they are in. */
public final class Cases {

    private static final Logger LOG = Logger.getLogger(Cases.class.getName());

    /** What is found of longer ago, as after a long stop, is past help. */
    private static final Duration WORTH_OPENING = Duration.ofHours(1);

    /** Of one organisation within an hour; more are not stuck one by one, and not helped so. */
    private static final int MOST_AN_HOUR = 60;

    /** So many within a day for one account; whoever is stuck again and again is known by then. */
    private static final int MOST_A_DAY = 3;

    /** Whoever has not come back for so long needs no help. */
    private static final Duration GIVEN_UP_AFTER = Duration.ofDays(3);

    private static final Duration SHOWN = Duration.ofDays(7);
    private static final UUID NOBODY = new UUID(0, 0);

    /** How many are shown at most. */
    public static final int MOST_SHOWN = 200;

    private final Database database;
    private final Accounts accounts;
    private final LiveTroubles troubles;
    private final Remarks remarks;
    private final CaseAlerts alerts;
    private final EventLog events;
    private final Ids ids;
    private final InstantSource clock;

    public Cases(
            Database database,
            Accounts accounts,
            LiveTroubles troubles,
            Remarks remarks,
            CaseAlerts alerts,
            EventLog events,
            Ids ids,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.troubles = troubles;
        this.remarks = remarks;
        this.alerts = alerts;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /** What was done about a case, and by whom. */
    public record Taken(String kind, Instant at, String by) {}

    /** Opens what was found. Asked every second. */
    public void turn() {
        Instant now = clock.instant();
        for (Trouble trouble : troubles.found(remarks)) {
            if (trouble.at().isBefore(now.minus(WORTH_OPENING))) {
                continue;
            }
            try {
                database.transact(c -> found(c, trouble));
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "somebody who is stuck is told of later", e);
                troubles.putBack(trouble);
            }
        }
    }

    /** Closes what is solved. Asked every few seconds. */
    public void close() {
        Instant now = clock.instant();
        database.transact(connection -> {
            for (Case solved : CaseStore.closeSolved(connection, now)) {
                alerts.closed(connection, solved);
            }
            for (Case old : CaseStore.closeOld(connection, now, now.minus(GIVEN_UP_AFTER))) {
                alerts.closed(connection, old);
            }
        });
    }

    /** Deletes the cases that were opened before. Asked every few hours. */
    public void sweep(Instant before) {
        database.ownerTransaction(c -> CaseStore.sweep(c, before));
    }

    private void found(Connection connection, Trouble trouble) throws SQLException {
        switch (trouble) {
            case Trouble.Stuck stuck -> open(connection, stuck);
            case Trouble.Outage outage -> alerts.outage(connection, outage);
            case Trouble.Automation program -> alerts.automation(connection, program);
        }
    }

    private void open(Connection connection, Trouble.Stuck stuck) throws SQLException {
        Instant now = clock.instant();
        @Nullable UUID account = id(stuck.account());
        long lately =
                account == null
                        ? 0
                        : CaseStore.lately(connection, account, now.minus(Duration.ofDays(1)));
        @Nullable UUID tenant = tenant(connection, stuck);
        long all = CaseStore.since(connection, tenant, now.minus(Duration.ofHours(1)));
        if (lately >= MOST_A_DAY || all >= MOST_AN_HOUR) {
            LOG.warning(
                    "no case is opened: "
                            + (all >= MOST_AN_HOUR
                                    ? all + " of one organisation within an hour"
                                    : lately + " for one account within a day"));
            return;
        }
        Case one =
                new Case(
                        ids.next(),
                        who(stuck),
                        account,
                        tenant,
                        name(connection, stuck),
                        stuck.device(),
                        stuck.cause(),
                        stuck.failures(),
                        stuck.since(),
                        stuck.lastAt(),
                        stuck.attempts().stream().map(UUID::fromString).toList(),
                        now,
                        null,
                        null,
                        null);
        if (CaseStore.insert(connection, one)) {
            alerts.opened(connection, one);
        }
    }

    private @Nullable UUID tenant(Connection connection, Trouble.Stuck stuck) throws SQLException {
        return stuck.tenant() != null || stuck.device() == null
                ? id(stuck.tenant())
                : usual(connection, stuck.device()).map(Account::tenant).orElse(null);
    }

    /** Whose browser it usually is. */
    Optional<Account> usual(Connection connection, String device) throws SQLException {
        Optional<UUID> last = remarks.lastAt(connection, device, NOBODY);
        return last.isPresent() ? accounts.byId(connection, last.get()) : Optional.empty();
    }

    private static String who(Trouble.Stuck stuck) {
        if (stuck.account() != null) {
            return ofAccount(stuck.account());
        }
        return stuck.device() != null
                ? "device " + stuck.device()
                : "attempt " + stuck.attempts().getFirst();
    }

    /** What was typed, where it is a login name beyond doubt: people type passwords there too. */
    private String name(Connection connection, Trouble.Stuck stuck) throws SQLException {
        String typed = stuck.identifier();
        if (stuck.account() != null) {
            return typed;
        }
        Optional<Account> usual =
                stuck.device() == null ? Optional.empty() : usual(connection, stuck.device());
        return usual.filter(a -> Names.isLike(typed, a.identifier())).isPresent() ? typed : "";
    }

    private static String ofAccount(String account) {
        return "account " + account;
    }

    private static @Nullable UUID id(@Nullable String text) {
        return text == null ? null : UUID.fromString(text);
    }

    /**
     * Opens one by hand, for somebody who calls; gives the one that is open already, where there is
     * one.
     */
    public Case openFor(Account account, Account by, String from) {
        Instant now = clock.instant();
        return database.transaction(connection -> {
            String who = ofAccount(account.id().toString());
            Optional<Case> open = CaseStore.openOf(connection, who);
            if (open.isPresent()) {
                return open.get();
            }
            Case one =
                    new Case(
                            ids.next(),
                            who,
                            account.id(),
                            account.tenant(),
                            account.identifier(),
                            null,
                            null,
                            0,
                            now,
                            now,
                            List.of(),
                            now,
                            by.id(),
                            null,
                            null);
            if (CaseStore.insert(connection, one)) {
                record(connection, one, by, "opened", from);
            }
            return CaseStore.openOf(connection, who).orElseThrow();
        });
    }

    /** Closes by hand a case that is about no account. */
    public void close(Case one, Account by, String from) {
        database.transact(connection -> {
            if (close(connection, one)) {
                record(connection, one, by, Help.Step.CLOSE.code(), from);
            }
        });
    }

    boolean close(Connection connection, Case one) throws SQLException {
        Optional<Case> closed = CaseStore.close(connection, one.id(), clock.instant());
        if (closed.isPresent()) {
            alerts.closed(connection, closed.get());
        }
        return closed.isPresent();
    }

    /** Writes what support did, with the case and in the event log. */
    void record(Connection connection, Case one, Account by, String kind, String from)
            throws SQLException {
        boolean done =
                StepStore.insert(connection, ids.next(), one.id(), by.id(), kind, clock.instant());
        assert done;
        Event event = Event.of(EventKind.DESK_STEP);
        UUID account = one.account();
        events.record(
                connection,
                (account == null ? event : event.account(account))
                        .address(from)
                        .details(
                                Map.of(
                                        "by", by.id().toString(),
                                        "case", one.id().toString(),
                                        "step", kind)));
    }

    public Optional<Case> find(UUID id) {
        return database.query(c -> CaseStore.byId(c, id));
    }

    /**
     * The latest ones.
     *
     * @param tenant of whom; {@code null} for all
     */
    public List<Case> latest(@Nullable UUID tenant) {
        Instant since = clock.instant().minus(SHOWN);
        return database.query(c -> CaseStore.latest(c, tenant, since, MOST_SHOWN));
    }

    /** What was done about it, the oldest first. */
    public List<Taken> taken(Case one) {
        return database.query(c -> StepStore.ofCase(c, one.id()));
    }
}
