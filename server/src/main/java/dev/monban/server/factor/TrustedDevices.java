package dev.monban.server.factor;

import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.LevelNeed;
import dev.monban.server.account.Account;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.store.TrustedDeviceStore;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.UserAgents;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Devices on which a person is not asked for the second factor for a time. Such a sign-in is worth
 * one factor (SP 800-63B-4 knows no trusted devices); organisations say whether that will do.
 */
public final class TrustedDevices {

    /** How long trust lasts. */
    public static final Duration LASTS = Duration.ofDays(30);

    private final Database database;
    private final LevelNeeds needs;
    private final Ids ids;
    private final InstantSource clock;
    private final EventLog events;
    private final Notices notices;

    public TrustedDevices(
            Database database,
            LevelNeeds needs,
            Ids ids,
            InstantSource clock,
            EventLog events,
            Notices notices) {
        this.database = database;
        this.needs = needs;
        this.ids = ids;
        this.clock = clock;
        this.events = events;
        this.notices = notices;
    }

    /** A device, as its owner sees it. */
    public record Line(
            UUID id,
            @Nullable String userAgent,
            String address,
            Instant trustedAt,
            Instant expiresAt,
            @Nullable Instant lastUsedAt) {}

    /** The devices that this person trusts, the latest first. */
    public List<Line> of(UUID account) {
        return database.query(c -> TrustedDeviceStore.ofAccount(c, account, clock.instant()));
    }

    /**
     * Whether this device stands for the second factor, as the person and the organisation will
     * have it.
     *
     * @param device keyed hash of the browser's cookie; {@code null} where it has none
     */
    public boolean standsFor(Account account, @Nullable String device) {
        return device != null
                && database.transaction(c ->
                        isAllowed(c, account)
                                && TrustedDeviceStore.use(
                                        c, account.id(), device, clock.instant()));
    }

    /** Whether the organisation lets its people trust devices at all. */
    private boolean isAllowed(Connection connection, Account account) throws SQLException {
        LevelNeed need = needs.of(connection, account, AssuranceLevel.AAL1, true);
        return !(need instanceof LevelNeed.StepUp);
    }

    /** Trusts a device with which a second factor was just used. */
    public void trust(
            Connection connection,
            Account account,
            String device,
            Optional<String> userAgent,
            String address)
            throws SQLException {
        if (!isAllowed(connection, account)) {
            return;
        }
        Instant now = clock.instant();
        TrustedDeviceStore.put(
                connection,
                ids.next(),
                account.id(),
                device,
                userAgent.orElse(null),
                address,
                now,
                now.plus(LASTS));
        events.record(
                connection,
                Event.of(EventKind.DEVICE_TRUSTED).account(account.id()).address(address));
        notices.put(
                connection,
                account,
                EventKind.DEVICE_TRUSTED.code(),
                UserAgents.name(userAgent.orElse(null)),
                address,
                String.valueOf(LASTS.toDays()));
    }

    /** Ends the trust in all of them. */
    public void endAll(Connection connection, UUID account) throws SQLException {
        int ended = TrustedDeviceStore.deleteAll(connection, account);
        assert ended >= 0;
    }

    /** Ends the trust in one device; nothing where there is none of that id. */
    public void end(UUID account, UUID id, String address) {
        database.transact(connection -> {
            if (TrustedDeviceStore.delete(connection, account, id)) {
                events.record(
                        connection,
                        Event.of(EventKind.DEVICE_TRUST_ENDED)
                                .account(account)
                                .address(address)
                                .details(Map.of("device", id.toString())));
            }
        });
    }
}
