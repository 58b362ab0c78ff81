package dev.monban.server.desk;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes people's histories into the tables as the gate would have, with one fault each. It knows
 * nothing of how they are explained.
 */
final class Histories extends PlantedRows {

    private static final String CHROME = "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0";
    private static final String STRANGER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0";

    private int next;

    Histories(Connection connection, long seed) {
        super(connection, seed);
    }

    record Told(String identifier, Planted planted) {}

    Told plant(Planted planted) throws SQLException {
        int n = next++;
        UUID tenant = id();
        run(
                "insert into tenant.tenant (tenant_id, slug, name, created_at, changed_at) values (?, ?, ?, ?, ?)",
                tenant,
                "h" + n,
                "House " + n,
                ago(90_000),
                ago(90_000));
        UUID account = account(tenant, "person" + n + "of@house" + n + ".example");
        Life life = new Life(tenant, account, "person" + n + "of@house" + n + ".example");
        life.mornings();
        life.noise();
        switch (planted) {
            case MISTYPED_NAME -> {
                life.name = "persno" + n + "of@house" + n + ".example";
                life.unknown(2);
                return new Told(life.name, planted);
            }
            case COLLEAGUES_BROWSER -> {
                life.name = "somebody.else.entirely" + n + "@house.example";
                life.unknown(2);
                return new Told(life.name, planted);
            }
            case UNKNOWN_NAME -> {
                life.name = "zzz" + n + "-nobody@nowhere.example";
                life.device = "d-never-" + n;
                life.unknown(2);
                return new Told(life.name, planted);
            }
            case DISABLED_YESTERDAY -> {
                run(
                        "update account.account set disabled_at = ? where account_id = ?",
                        ago(1440),
                        account);
                life.wrong(2, "account_disabled", null);
            }
            case NEVER_ACTIVATED -> {
                UUID fresh = fresh(tenant, "fresh" + n + "@house" + n + ".example");
                life.become(fresh, "fresh" + n + "@house" + n + ".example");
                life.wrong(2, "wrong_password", null);
            }
            case INVITED_STILL -> {
                invite(tenant, account, "guest" + n + "@house" + n + ".example", -5000);
                return new Told("guest" + n + "@house" + n + ".example", planted);
            }
            case INVITED_TOO_LONG_AGO -> {
                invite(tenant, account, "guest" + n + "@house" + n + ".example", 3000);
                return new Told("guest" + n + "@house" + n + ".example", planted);
            }
            case PASSWORD_JUST_CHANGED -> {
                life.changed(60);
                life.wrong(2 + random.nextInt(4), "wrong_password", null);
            }
            case KNOWS_OLD_PASSWORD -> {
                life.changed(600);
                life.wrong(3, "wrong_password", "old_password");
            }
            case PASSWORD_EXPIRED_BY_OPERATOR -> {
                run(
                        "update account.account set password_expired_at = ? where account_id = ?",
                        ago(300),
                        account);
                life.wrong(2, "password_expired", null);
            }
            case CAPS -> life.wrong(3, "wrong_password", "caps_lock");
            case FIELDS_SWAPPED -> life.wrong(2, "wrong_password", "swapped");
            case IME -> life.wrong(2, "wrong_password", "full_width");
            case PASTED_SPACE -> life.wrong(2, "wrong_password", "stray_space");
            case NEW_KEYBOARD -> life.wrong(3, "wrong_password", "layout");
            case FIRST_LETTER -> life.wrong(2, "wrong_password", "typo");
            case OTHERS_PASSWORD -> life.wrong(2, "wrong_password", "other_account");
            case FORGOT -> life.wrong(4 + random.nextInt(3), "wrong_password", null);
            case FORGOT_AND_ASKED_FOR_ANOTHER -> {
                life.wrong(2, "wrong_password", null);
                life.attempt("reset_request", "accepted", null, "allow", "known_device", 1);
            }
            case ONE_WRONG -> life.wrong(1, "wrong_password", null);
            case GUESSED_AT_HOME -> {
                life.wrong(9, "wrong_password", null);
                life.attempt("password", "abandoned", null, "throttle", "guessed_from_within", 1);
            }
            case STRANGER_GUESSES_WHILE_AWAY -> {
                life.strangers(200);
                life.elsewhere();
                life.attempt("password", "abandoned", null, "deny", "account_guessed", 1);
            }
            case BLOCKED_ADDRESS -> {
                life.elsewhere();
                String network = n % 2 == 0 ? "2001:db8:1:" + n + "::" : "198.51.100.";
                life.address = network + 1;
                life.block();
                life.address = network + (n % 2 == 0 ? 2 : 1);
                life.attempt("password", "abandoned", null, "deny", "source_blocked", 1);
            }
            case FULL_MAILBOX -> {
                run(
                        "insert into notify.bounce (address, status, diagnostic, bounced_at) values (?, '5.2.2', 'full', ?)",
                        life.name,
                        ago(3));
                if (n % 2 == 0) {
                    life.elsewhere();
                }
                life.attempt("password", "accepted", null, "step_up", "new_place", 4);
                life.attempt("reset_request", "rejected", "mail_bounced", "allow", "new_place", 3);
            }
            case CLOCK -> {
                life.app(40_000);
                life.attempt("password", "accepted", null, "step_up", "known_device", 3);
                life.code(-7, 2);
                life.code(-7, 1);
            }
            case NEW_TELEPHONE -> {
                life.app(300);
                life.event("factor_added", 300, "{\"factor\":\"app\",\"name\":\"New\"}");
                life.event("factor_removed", 299, "{\"factor\":\"app\",\"name\":\"Old\"}");
                life.attempt("password", "accepted", null, "step_up", "known_device", 3);
                life.attempt("totp", "rejected", "wrong_code", "allow", "known_device", 2);
                life.attempt("totp", "rejected", "wrong_code", "allow", "known_device", 1);
            }
            case LOST_TELEPHONE -> {
                life.app(40_000);
                life.attempt("password", "accepted", null, "step_up", "known_device", 3);
                life.attempt(
                        "recovery_code", "rejected", "factor_lost", "allow", "known_device", 2);
            }
            case TRUST_RAN_OUT -> {
                life.app(40_000);
                run(
                        "insert into factor.trusted_device (trusted_device_id, account_id, device, address, trusted_at, expires_at) values (?, ?, ?, ?, ?, ?)",
                        id(),
                        account,
                        life.device,
                        life.address,
                        ago(43_800),
                        ago(600));
                life.attempt("password", "accepted", null, "step_up", "known_device", 12);
                life.attempt("totp", "rejected", "no_answer", "allow", "known_device", 2);
            }
            case TOO_MANY_CODES -> {
                life.app(40_000);
                run(
                        "insert into factor.guess (account_id, known, failed, failed_at) values (?, true, 12, ?)",
                        account,
                        ago(2));
                life.attempt("password", "accepted", null, "step_up", "known_device", 9);
                for (int i = 8; i > 2; i--) {
                    life.attempt("totp", "rejected", "wrong_code", "allow", "known_device", i);
                }
            }
            case WAY_BACK_OPENED -> {
                life.app(40_000);
                run(
                        "insert into factor.recovery (recovery_id, account_id, begun_by, begun_at) values (?, ?, ?, ?)",
                        id(),
                        account,
                        account,
                        ago(120));
                life.attempt("password", "accepted", null, "step_up", "known_device", 3);
                life.attempt(
                        "recovery_code", "rejected", "factor_lost", "allow", "known_device", 2);
            }
            case PASSKEY_CANCELLED -> {
                life.attempt(
                        "passkey", "rejected", "passkey_cancelled", "allow", "known_device", 2);
                life.attempt(
                        "passkey", "rejected", "passkey_cancelled", "allow", "known_device", 1);
            }
            case PASSKEY_COPIED -> {
                life.event("passkey_cloned", 30, "{\"name\":\"Key\"}");
                life.attempt(
                        "passkey", "rejected", "passkey_cancelled", "allow", "known_device", 2);
            }
            case FEDERATION -> {
                life.attempt("federated", "rejected", "idp_error", "allow", "known_device", 2);
                life.attempt("federated", "rejected", "idp_error", "allow", "known_device", 1);
            }
            case MADE_ANEW_THERE -> {
                life.attempt(
                        "federated", "rejected", "unknown_account", "allow", "known_device", 2);
                life.attempt(
                        "federated", "rejected", "unknown_account", "allow", "known_device", 1);
            }
            case NOT_FROM_HERE -> {
                life.elsewhere();
                life.attempt(
                        "password", "rejected", "address_not_allowed", "allow", "new_place", 1);
            }
            case POLICY -> {
                run(
                        "insert into tenant.requirement (tenant_id, level, roles, starts_at, trusted_devices) values (?, 'aal2', '{}', ?, true)",
                        tenant,
                        ago(700));
                life.attempt("password", "accepted", null, "step_up", "known_device", 1);
            }
            case CLIENT_GONE -> {
                life.mornings();
                life.clientEvent("client_removed", 200);
            }
            case CLIENT_SECRET_OLD -> {
                life.events("code_issued", 1, 21);
                life.clientEvent("client_refused", 20);
            }
            case SIGNED_OUT_BY_ADMINISTRATOR ->
                    life.event("session_ended", 10, "{\"because\":\"ended_by_administrator\"}");
        }
        if (life.agent.equals(CHROME)) {
            life.blockedStranger();
        }
        return new Told(life.name, planted);
    }

    /** Somebody's days until now. */
    private final class Life {

        final UUID tenant;
        UUID account;
        String name;
        String address;
        String device;
        String agent = CHROME;

        Life(UUID tenant, UUID account, String name) {
            this.tenant = tenant;
            this.account = account;
            this.name = name;
            this.address = "203.0." + random.nextInt(100) + "." + random.nextInt(250);
            this.device = "d-" + name;
        }

        void become(UUID other, String otherName) {
            account = other;
            name = otherName;
        }

        void elsewhere() {
            address = "198.51.100." + random.nextInt(250);
            device = "e-" + name;
            agent = STRANGER;
        }

        /** They were in on each of the last days; today nobody knows yet. */
        void mornings() throws SQLException {
            for (int day = 12; day >= 1; day--) {
                write(
                        account,
                        "password",
                        "accepted",
                        null,
                        null,
                        "allow",
                        "known_device",
                        day * 1440 + random.nextInt(200),
                        true);
            }
        }

        /** What went wrong on other days, and went well in the end; and what strangers try. */
        void noise() throws SQLException {
            if (random.nextBoolean()) {
                ownTrouble("password", "wrong_password", 5);
                ownTrouble("totp", "wrong_code", 6);
                ownTrouble("reset_request", "mail_bounced", 8);
            }
            if (random.nextBoolean()) {
                strangers(random.nextInt(20));
            }
            if (random.nextBoolean()) {
                clientEvent("client_refused", 5);
                events("tokens_refreshed", 150, 4);
            }
        }

        void strangers(int many) throws SQLException {
            String[] own = {address, device, agent};
            for (int i = 0; i < many; i++) {
                address = "192.0.2." + random.nextInt(250);
                device = "s-" + random.nextInt();
                agent = STRANGER;
                attempt("password", "rejected", "wrong_password", "allow", "new_place", 30 + i);
            }
            address = own[0];
            device = own[1];
            agent = own[2];
        }

        void blockedStranger() throws SQLException {
            String[] own = {address, device};
            address = "192.0.2." + random.nextInt(250);
            device = "s-" + random.nextInt();
            block();
            attempt("password", "abandoned", null, "deny", "source_blocked", 0);
            address = own[0];
            device = own[1];
        }

        void block() throws SQLException {
            run(
                    "insert into watch.act (act_id, at, kind, campaign_id, account_id, until, addresses, accounts) values (?, ?, 'block', ?, ?, ?, array[?], '{}')",
                    id(),
                    ago(60),
                    id(),
                    account,
                    ago(-600),
                    address);
        }

        void wrong(int times, String reason, @Nullable String near) throws SQLException {
            for (int i = times; i > 0; i--) {
                UUID attempt =
                        write(
                                account,
                                "password",
                                "rejected",
                                reason,
                                null,
                                "allow",
                                "known_device",
                                i,
                                false);
                if (near != null && (i == times || random.nextBoolean())) {
                    run(
                            "insert into watch.remark (remark_id, attempt_id, account_id, near, remarked_at) values (?, ?, ?, ?, ?)",
                            id(),
                            attempt,
                            account,
                            near,
                            ago(i).plusSeconds(1));
                }
            }
        }

        void unknown(int times) throws SQLException {
            for (int i = times; i > 0; i--) {
                write(
                        null,
                        "password",
                        "rejected",
                        "unknown_account",
                        null,
                        "allow",
                        "new_place",
                        i,
                        false);
            }
        }

        void attempt(
                String step,
                String outcome,
                @Nullable String reason,
                String verdict,
                String because,
                int minutesAgo)
                throws SQLException {
            write(account, step, outcome, reason, null, verdict, because, minutesAgo, false);
        }

        void code(int drift, int minutesAgo) throws SQLException {
            write(
                    account,
                    "totp",
                    "rejected",
                    "wrong_code",
                    drift,
                    "allow",
                    "known_device",
                    minutesAgo,
                    false);
        }

        void changed(int minutesAgo) throws SQLException {
            run(
                    "update account.account set password_changed_at = ? where account_id = ?",
                    ago(minutesAgo),
                    account);
            event("password_changed", minutesAgo, "{\"because\":\"own_wish\"}");
        }

        void app(int minutesAgo) throws SQLException {
            run(
                    "insert into factor.app (app_id, account_id, name, secret, drift, created_at) values (?, ?, 'Phone', '\\x00', 0, ?)",
                    id(),
                    account,
                    ago(minutesAgo));
        }

        void event(String kind, int minutesAgo, String details) throws SQLException {
            run(
                    "insert into audit.event (event_id, at, kind, account_id, details) values (?, ?, ?, ?, ?::jsonb)",
                    id(),
                    ago(minutesAgo),
                    kind,
                    account,
                    details);
        }

        void ownTrouble(String step, String reason, int days) throws SQLException {
            attempt(step, "rejected", reason, "allow", "known_device", days * 1440 + 900);
        }

        void events(String kind, int many, int minutesAgo) throws SQLException {
            for (int i = 0; i < many; i++) {
                run(
                        "insert into audit.event (event_id, at, kind, account_id, client_id, details) values (?, ?, ?, ?, ?, '{}')",
                        id(),
                        ago(minutesAgo + i),
                        kind,
                        account,
                        "client of " + name);
            }
        }

        void clientEvent(String kind, int minutesAgo) throws SQLException {
            run(
                    "insert into audit.event (event_id, at, kind, client_id, details) values (?, ?, ?, ?, '{}')",
                    id(),
                    ago(minutesAgo),
                    kind,
                    "client of " + name);
        }

        private UUID write(
                @Nullable UUID whose,
                String step,
                String outcome,
                @Nullable String reason,
                @Nullable Integer drift,
                String verdict,
                String because,
                int minutesAgo,
                boolean entered)
                throws SQLException {
            UUID attempt = id();
            run(
                    """
                    insert into watch.attempt (attempt_id, at, tenant_id, identifier, account_id,
                        address, user_agent, device, client_id, step, outcome, reason, session_id,
                        step_up, verdict, reasons, policy, totp_offset)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, array[?], 'test', ?)
                    """,
                    attempt,
                    ago(minutesAgo),
                    whose == null ? null : tenant,
                    name,
                    whose,
                    address,
                    agent,
                    device,
                    "client of " + name,
                    step,
                    outcome,
                    reason,
                    entered ? id() : null,
                    verdict.equals("step_up") ? "failed" : null,
                    verdict,
                    because,
                    drift);
            return attempt;
        }
    }

    /** A hundred, over all that can be wrong. */
    List<Told> hundred() throws SQLException {
        List<Planted> kinds = List.of(Planted.values());
        List<Told> told = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            told.add(plant(kinds.get(i % kinds.size())));
        }
        return told;
    }
}
