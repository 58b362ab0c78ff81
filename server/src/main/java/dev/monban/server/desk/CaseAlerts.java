package dev.monban.server.desk;

import dev.monban.core.trouble.Trouble;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.notify.Alert;
import dev.monban.server.notify.Alerts;
import dev.monban.server.notify.Subscription;
import dev.monban.server.platform.Texts;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells support of each case: a card that leads to the desk, and changes once it is over. It shows
 * initials and organisation, and nothing else of the person. Tells the operators of organisations
 * that are turned away, and which programs go on with an old password.
 */
public final class CaseAlerts {

    private static final int MOST_INITIALS = 3;

    private final Alerts alerts;
    private final Accounts accounts;
    private final Tenants tenants;
    private final Texts texts;
    private final String issuer;
    private final InstantSource clock;

    /**
     * @param issuer where the desk is
     */
    public CaseAlerts(
            Alerts alerts,
            Accounts accounts,
            Tenants tenants,
            Texts texts,
            String issuer,
            InstantSource clock) {
        this.alerts = alerts;
        this.accounts = accounts;
        this.tenants = tenants;
        this.texts = texts;
        this.issuer = issuer;
        this.clock = clock;
    }

    void opened(Connection connection, Case one) throws SQLException {
        put(connection, one, "case.opened", texts.get("alert.case.opened"), false);
    }

    void closed(Connection connection, Case one) throws SQLException {
        Instant end = one.closedAt() == null ? clock.instant() : one.closedAt();
        long minutes = Math.max(1, Duration.between(one.openedAt(), end).toMinutes());
        put(
                connection,
                one,
                "case.closed",
                texts.get("alert.case." + one.closedBecause(), String.valueOf(minutes)),
                true);
    }

    private void put(Connection connection, Case one, String type, String title, boolean replaces)
            throws SQLException {
        String text =
                texts.get(
                        "alert.case.text",
                        initials(connection, one),
                        organisation(connection, one.tenant()),
                        texts.ofCode("cause." + one.coarseCause(), one.coarseCause()));
        alerts.put(
                connection,
                new Alert(
                        type,
                        Subscription.STUCK,
                        one.id(),
                        clock.instant(),
                        title,
                        text,
                        issuer + "/desk/case?id=" + one.id(),
                        replaces));
    }

    private String initials(Connection connection, Case one) throws SQLException {
        UUID account = one.account();
        Optional<Account> person =
                account == null ? Optional.empty() : accounts.byId(connection, account);
        return person.map(p -> initials(p.name())).orElse(texts.get("alert.case.unknown"));
    }

    /** The first letters of a name's parts, a few. */
    static String initials(String name) {
        return Stream.of(name.strip().split("[\\s\\u3000]+", MOST_INITIALS + 1))
                .filter(part -> !part.isEmpty())
                .limit(MOST_INITIALS)
                .map(part -> part.substring(0, part.offsetByCodePoints(0, 1)) + ".")
                .collect(Collectors.joining(" "));
    }

    private String organisation(Connection connection, @Nullable UUID tenant) throws SQLException {
        Optional<Tenant> found =
                tenant == null ? Optional.empty() : tenants.byId(connection, tenant);
        return found.map(Tenant::name).orElse(texts.get("alert.case.unknown"));
    }

    void outage(Connection connection, Trouble.Outage outage) throws SQLException {
        UUID tenant = UUID.fromString(outage.tenant());
        // Each node finds it within the same hour; the channel's thread holds it together.
        UUID topic = topic("tenant_outage " + tenant + outage.attempts().getFirst());
        alerts.putOnce(
                connection,
                new Alert(
                        "tenant_outage.opened",
                        "tenant_outage",
                        topic,
                        clock.instant(),
                        texts.get("alert.outage", organisation(connection, tenant)),
                        texts.get("alert.outage.text", String.valueOf(outage.people()))));
    }

    void automation(Connection connection, Trouble.Automation program) throws SQLException {
        UUID tenant = program.tenant() == null ? null : UUID.fromString(program.tenant());
        UUID topic = topic("stale_automation " + program.attempts().getFirst());
        alerts.putOnce(
                connection,
                new Alert(
                        "stale_automation.opened",
                        "stale_automation",
                        topic,
                        clock.instant(),
                        texts.get("alert.automation", organisation(connection, tenant)),
                        texts.get(
                                "alert.automation.text",
                                program.identifier(),
                                String.valueOf(program.failures()))));
    }

    private static UUID topic(String of) {
        return UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8));
    }
}
