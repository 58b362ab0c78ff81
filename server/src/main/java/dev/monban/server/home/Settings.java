package dev.monban.server.home;

import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Language;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/** The language and the time zone in which a person is spoken to. */
public final class Settings {

    /** By continent and city; what is old or abbreviated stays out. */
    private static final List<String> ZONES =
            ZoneId.getAvailableZoneIds().stream()
                    .filter(id ->
                            id.matches(
                                    "(Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.+"))
                    .sorted()
                    .toList();

    private final Database database;
    private final Accounts accounts;
    private final EventLog events;
    private final InstantSource clock;

    public Settings(Database database, Accounts accounts, EventLog events, InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.events = events;
        this.clock = clock;
    }

    /** The time zones that there are to choose from, as the tz database names them. */
    public static List<String> zones() {
        return ZONES;
    }

    /** Takes the person's choice. */
    public void change(Account account, Language language, ZoneId zone, String address) {
        database.transact(connection -> {
            accounts.changeSettings(connection, account.id(), language, zone, clock.instant());
            events.record(
                    connection,
                    Event.of(EventKind.SETTINGS_CHANGED)
                            .account(account.id())
                            .address(address)
                            .details(
                                    Map.of("language", language.tag(), "time_zone", zone.getId())));
        });
    }
}
