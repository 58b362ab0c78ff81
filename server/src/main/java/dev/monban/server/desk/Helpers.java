package dev.monban.server.desk;

import dev.monban.core.trouble.Help;
import dev.monban.server.account.Account;
import dev.monban.server.desk.store.StepStore;
import dev.monban.server.factor.Factors;
import dev.monban.server.member.Members;
import dev.monban.server.notify.Bounces;
import dev.monban.server.notify.Notices;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Purpose;
import dev.monban.server.platform.Texts;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import dev.monban.server.watch.Acts;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * What support does for somebody who is stuck. Each step is checked against who helps whom, is on
 * record, and is told to the person; what changes something needs a code that went to the person's
 * own address and was read back by the caller.
 */
public final class Helpers {

    /** How long a code may be read back. */
    private static final Duration CODE_LASTS = Duration.ofMinutes(15);

    /** How long a proof is good: a call. */
    private static final Duration PROOF_LASTS = Duration.ofMinutes(20);

    private static final int MOST_TRIES = 5;

    /** Wrong codes read back for one account, whoever helps: nobody shall guess their way. */
    private static final int MOST_WRONG_A_DAY = 25;

    private static final String NOT_PROVED = "not_proved";

    /** Of each kind of step for one account within an hour: a mailbox is not to be filled. */
    private static final int MOST_AN_HOUR = 5;

    /** Where they tried shortly before it began is forgiven too. */
    private static final Duration LOOKED_BACK = Duration.ofHours(12);

    private static final int CODES = 1_000_000;
    private static final Purpose PURPOSE = Purpose.of("desk code");

    private final Database database;
    private final Tenants tenants;
    private final Members members;
    private final Cases cases;
    private final Resetter resets;
    private final Acts acts;
    private final Factors factors;
    private final Bounces bounces;
    private final Notices notices;
    private final Vault vault;
    private final InstantSource clock;

    public Helpers(
            Database database,
            Tenants tenants,
            Members members,
            Cases cases,
            Resetter resets,
            Acts acts,
            Factors factors,
            Bounces bounces,
            Notices notices,
            Vault vault,
            InstantSource clock) {
        this.database = database;
        this.tenants = tenants;
        this.members = members;
        this.cases = cases;
        this.resets = resets;
        this.acts = acts;
        this.factors = factors;
        this.bounces = bounces;
        this.notices = notices;
        this.vault = vault;
        this.clock = clock;
    }

    /** Sends the mail that leads to another password. */
    @FunctionalInterface
    public interface Resetter {
        /** False where none can be sent, or too many were sent lately. */
        boolean mail(Connection connection, Account account) throws SQLException;
    }

    /** Who helps at the desk, as the rules see them; empty for everybody else. */
    public Optional<Help.Helper> helper(Account account) {
        return database.query(connection -> {
            List<String> roles = tenants.roles(connection, account.id(), account.tenant());
            boolean everywhere =
                    tenants.byId(connection, account.tenant()).map(Tenant::operator).orElse(false);
            boolean operator = everywhere && roles.contains(Tenants.ADMINISTRATOR);
            return operator || roles.contains(Tenants.SUPPORT)
                    ? Optional.of(
                            new Help.Helper(
                                    account.id().toString(),
                                    account.tenant().toString(),
                                    everywhere,
                                    operator))
                    : Optional.empty();
        });
    }

    private Help.Person person(Connection connection, Account account) throws SQLException {
        List<String> roles = tenants.roles(connection, account.id(), account.tenant());
        return new Help.Person(
                account.id().toString(),
                account.tenant().toString(),
                roles.contains(Tenants.ADMINISTRATOR) || roles.contains(Tenants.SUPPORT),
                tenants.byId(connection, account.tenant()).map(Tenant::operator).orElse(false));
    }

    /** Why this step may not be taken now; empty where it may. */
    public Optional<Help.Refusal> refuses(
            Help.Helper helper, Case one, Account person, Help.Step step) {
        return database.query(c -> refuses(c, helper, one, person, step));
    }

    private Optional<Help.Refusal> refuses(
            Connection connection, Help.Helper helper, Case one, Account person, Help.Step step)
            throws SQLException {
        boolean proved = proved(connection, one, UUID.fromString(helper.account())).isPresent();
        return Help.refuses(helper, person(connection, person), step, proved);
    }

    /** Until when the caller counts as who they say they are; empty where they do not. */
    public Optional<Instant> proved(Case one, Account by) {
        return database.query(c -> proved(c, one, by.id()));
    }

    private Optional<Instant> proved(Connection connection, Case one, UUID by) throws SQLException {
        return StepStore.proved(connection, one.id(), by, clock.instant().minus(PROOF_LASTS))
                .map(at -> at.plus(PROOF_LASTS));
    }

    /** What became of a step. */
    public enum Outcome {
        DONE,
        /** Not allowed to this helper for this person. */
        REFUSED,
        /** No mail reaches the person, or there is nobody to hand over to. */
        UNREACHED,
        /** Done too often lately. */
        TOO_OFTEN,
        /** The case is over. */
        OVER;

        /** The name in texts: lower case with underscores. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Takes a step for somebody. */
    public Outcome take(
            Help.Step step, Help.Helper helper, Case one, Account person, Account by, String from) {
        if (!one.isOpen()) {
            return Outcome.OVER;
        }
        List<Account> administrators =
                members.administratorsBut(person.tenant(), person.id(), by.id());
        return database.transaction(connection -> {
            // Two at once would both see the one place that is left.
            StepStore.lock(connection, person.id());
            if (refuses(connection, helper, one, person, step).isPresent()) {
                return Outcome.REFUSED;
            }
            Instant hour = clock.instant().minus(Duration.ofHours(1));
            if (step != Help.Step.CLOSE
                    && StepStore.count(connection, person.id(), step.code(), hour)
                            >= MOST_AN_HOUR) {
                return Outcome.TOO_OFTEN;
            }
            if (!carryOut(connection, step, one, person, by, administrators, from)) {
                return step == Help.Step.CLOSE ? Outcome.OVER : Outcome.UNREACHED;
            }
            cases.record(connection, one, by, step.code(), from);
            return Outcome.DONE;
        });
    }

    private boolean carryOut(
            Connection connection,
            Help.Step step,
            Case one,
            Account person,
            Account by,
            List<Account> administrators,
            String from)
            throws SQLException {
        return switch (step) {
            case SEND_CODE -> sendCode(connection, one, person, by);
            case EXPLAIN -> explain(connection, one, person, by);
            case RESET -> resets.mail(connection, person);
            case HAND_OVER -> handOver(connection, one, person, by, administrators);
            case UNLOCK -> {
                acts.forgive(
                        connection,
                        person.id(),
                        StepStore.ownAddresses(
                                connection, person.id(), one.since().minus(LOOKED_BACK)),
                        new Acts.By(by.id(), from));
                factors.forgive(connection, person.id());
                notices.put(connection, person, "desk_unlock", by.name());
                yield true;
            }
            case CLOSE -> cases.close(connection, one);
        };
    }

    private boolean sendCode(Connection connection, Case one, Account person, Account by)
            throws SQLException {
        if (person.email() == null || !notices.reach()) {
            return false;
        }
        String code = String.format(Locale.ROOT, "%06d", Tokens.number(CODES));
        StepStore.putProof(connection, one.id(), by.id(), tag(one, by.id(), code), clock.instant());
        notices.put(connection, person, "desk_code", by.name(), code);
        return true;
    }

    /** How near a wrong password was may be told to its owner's own mailbox. */
    private boolean explain(Connection connection, Case one, Account person, Account by)
            throws SQLException {
        if (one.cause() == null || person.email() == null || !notices.reach()) {
            return false;
        }
        Texts texts = Texts.in(person.language());
        notices.put(
                connection,
                person,
                "desk_explain",
                by.name(),
                texts.get("desk.advice." + one.causeCode()));
        return true;
    }

    private boolean handOver(
            Connection connection,
            Case one,
            Account person,
            Account by,
            List<Account> administrators)
            throws SQLException {
        if (administrators.isEmpty() || !notices.reach()) {
            return false;
        }
        for (Account administrator : administrators) {
            notices.put(
                    connection,
                    administrator,
                    "desk_hand_over",
                    by.name(),
                    person.name(),
                    person.identifier(),
                    Texts.in(administrator.language())
                            .ofCode("cause." + one.coarseCause(), one.coarseCause()));
        }
        notices.put(connection, person, "desk_handed_over", by.name());
        return true;
    }

    private byte[] tag(Case one, UUID by, String code) {
        return vault.tag(PURPOSE, one.id() + " " + by + " " + code);
    }

    /** The caller reads back the code; says whether it was the right one. */
    public boolean readBack(
            Help.Helper helper, Case one, Account person, Account by, String code, String from) {
        Instant now = clock.instant();
        return one.isOpen()
                && database.transaction(connection -> {
                    if (refuses(connection, helper, one, person, Help.Step.SEND_CODE).isPresent()) {
                        return false;
                    }
                    StepStore.lock(connection, person.id());
                    Instant day = now.minus(Duration.ofDays(1));
                    if (StepStore.count(connection, person.id(), NOT_PROVED, day)
                            >= MOST_WRONG_A_DAY) {
                        return false;
                    }
                    Optional<byte[]> expected =
                            StepStore.take(
                                    connection,
                                    one.id(),
                                    by.id(),
                                    MOST_TRIES,
                                    now.minus(CODE_LASTS));
                    boolean right =
                            expected.isPresent()
                                    && MessageDigest.isEqual(
                                            expected.get(), tag(one, by.id(), code.strip()))
                                    && StepStore.prove(connection, one.id(), by.id(), now);
                    cases.record(connection, one, by, right ? "proved" : NOT_PROVED, from);
                    if (right) {
                        bounces.arrived(connection, person.email());
                    }
                    return right;
                });
    }
}
