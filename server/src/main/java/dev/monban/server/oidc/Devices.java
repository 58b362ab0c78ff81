package dev.monban.server.oidc;

import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.oidc.store.DeviceAuthorizationStore;
import dev.monban.server.oidc.store.DeviceAuthorizationStore.Waiting;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.PlainText;
import dev.monban.server.platform.Tokens;
import dev.monban.server.session.Session;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Devices without a keyboard that wait until a person lets them in (RFC 8628). */
public final class Devices {

    /** Section 6.1: consonants only, so that no code is a word, and none looks like another. */
    private static final String LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

    private static final int USER_CODE_LETTERS = 8;
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /**
     * Devices of one client that nobody has decided about. Anybody can begin one for a public
     * client; beyond this the oldest make room, and a guess at a code meets so many at most.
     */
    static final int MAX_WAITING = 10_000;

    /** Rows that one beginning deletes at most. */
    private static final int MAX_SWEPT_AT_ONCE = 100;

    private final Database database;
    private final Grants grants;
    private final EventLog events;
    private final TokenSettings settings;
    private final InstantSource clock;

    public Devices(
            Database database,
            Grants grants,
            EventLog events,
            TokenSettings settings,
            InstantSource clock) {
        this.database = database;
        this.grants = grants;
        this.events = events;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What a device is told.
     *
     * @param userCode with its hyphen
     */
    public record Codes(String deviceCode, String userCode, Duration lifetime, Duration interval) {}

    /** Lets a device wait. */
    public Codes begin(Client client, List<String> scopes) {
        Instant now = clock.instant();
        String deviceCode = Tokens.fresh();
        String userCode = userCode();
        boolean unique =
                database.transaction(connection -> {
                    DeviceAuthorizationStore.sweepWaiting(
                            connection, client.id(), MAX_WAITING - 1, MAX_SWEPT_AT_ONCE);
                    return DeviceAuthorizationStore.insert(
                            connection,
                            Tokens.hash(deviceCode),
                            new Waiting(
                                    userCode,
                                    client.id(),
                                    scopes.stream().sorted().toList(),
                                    now.plus(settings.deviceCode()),
                                    null,
                                    (int) INTERVAL.toSeconds(),
                                    null,
                                    null,
                                    null),
                            now);
                });
        if (!unique) {
            return begin(client, scopes);
        }
        return new Codes(deviceCode, shown(userCode), settings.deviceCode(), INTERVAL);
    }

    /** The device that waits with this code, however the person typed it. */
    public Optional<Waiting> find(String typed) {
        String userCode = normalise(typed);
        if (userCode.length() != USER_CODE_LETTERS) {
            return Optional.empty();
        }
        return database.query(connection ->
                DeviceAuthorizationStore.byUserCode(connection, userCode, clock.instant()));
    }

    /** Lets the device in; false where it is too late. */
    public boolean allow(Waiting waiting, Client client, Session session, String address) {
        return database.transaction(connection -> {
            Grant grant = grants.giveToDevice(connection, client, session, waiting.scopes());
            boolean inTime =
                    DeviceAuthorizationStore.decide(
                            connection, waiting.userCode(), "allowed", grant.id(), clock.instant());
            if (!inTime) {
                connection.rollback();
                return false;
            }
            events.record(
                    connection,
                    Event.of(EventKind.DEVICE_ALLOWED)
                            .account(session.account())
                            .client(client.id())
                            .session(session.id())
                            .grant(grant.id())
                            .address(address));
            return true;
        });
    }

    /** Turns the device away; false where it is too late. */
    public boolean deny(Waiting waiting, Session session, String address) {
        return database.transaction(connection -> {
            boolean inTime =
                    DeviceAuthorizationStore.decide(
                            connection, waiting.userCode(), "denied", null, clock.instant());
            events.record(
                    connection,
                    Event.of(EventKind.DEVICE_DENIED)
                            .account(session.account())
                            .client(waiting.client())
                            .session(session.id())
                            .address(address));
            return inTime;
        });
    }

    /**
     * The grant that a device polls for.
     *
     * @throws OAuthError one of section 3.5 where there is none to be had, or not yet
     */
    public UUID poll(String deviceCode, Client client) {
        byte[] hash = Tokens.hash(deviceCode);
        Instant now = clock.instant();
        Waiting waiting =
                database.query(connection -> DeviceAuthorizationStore.poll(connection, hash, now))
                        .filter(w -> w.client().equals(client.id()))
                        .orElseThrow(() ->
                                OAuthError.invalidGrant("device_code: not known")
                                        .because(RefusalCause.UNKNOWN_DEVICE_CODE));
        if (!waiting.expiresAt().isAfter(now)) {
            throw OAuthError.of(
                    "expired_token", "nobody let the device in while the code was good");
        }
        Instant before = waiting.polledAt();
        if (before != null
                && before.plusSeconds(waiting.intervalSeconds()).isAfter(now)
                && waiting.decision() == null) {
            database.transact(c -> DeviceAuthorizationStore.slowDown(c, hash));
            throw OAuthError.of("slow_down", "wait five seconds longer between two polls");
        }
        UUID grant = waiting.grant();
        if (waiting.decision() == null) {
            throw OAuthError.of("authorization_pending", "nobody has let the device in yet");
        }
        if (grant == null) {
            throw OAuthError.of("access_denied", "the person turned the device away");
        }
        boolean first = database.query(c -> DeviceAuthorizationStore.use(c, hash, clock.instant()));
        if (!first) {
            throw OAuthError.invalidGrant("device_code: redeemed before")
                    .because(RefusalCause.DEVICE_CODE_USED);
        }
        return grant;
    }

    /** The code as people read it out: two groups of four. */
    public static String shown(String userCode) {
        int half = USER_CODE_LETTERS / 2;
        return userCode.substring(0, half) + "-" + userCode.substring(half);
    }

    private static String normalise(String typed) {
        String plain = PlainText.nfkc(typed, 40).toUpperCase(Locale.ROOT);
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < Math.min(plain.length(), 40); i++) {
            if (LETTERS.indexOf(plain.charAt(i)) >= 0) {
                letters.append(plain.charAt(i));
            }
        }
        return letters.toString();
    }

    private static String userCode() {
        StringBuilder code = new StringBuilder();
        for (int i = 0; i < USER_CODE_LETTERS; i++) {
            code.append(LETTERS.charAt(Tokens.number(LETTERS.length())));
        }
        return code.toString();
    }
}
