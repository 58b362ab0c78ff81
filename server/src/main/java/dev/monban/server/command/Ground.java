package dev.monban.server.command;

import dev.monban.core.watch.Policy;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.Present;
import dev.monban.server.audit.EventLog;
import dev.monban.server.audit.LogUpkeep;
import dev.monban.server.audit.PastRows;
import dev.monban.server.audit.Retention;
import dev.monban.server.console.DropWatch;
import dev.monban.server.declare.State;
import dev.monban.server.desk.CaseAlerts;
import dev.monban.server.desk.Cases;
import dev.monban.server.desk.LiveTroubles;
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.LevelNeeds;
import dev.monban.server.factor.Passkeys;
import dev.monban.server.factor.Proofs;
import dev.monban.server.factor.Recoveries;
import dev.monban.server.factor.TrustedDevices;
import dev.monban.server.login.Challenges;
import dev.monban.server.login.IdentityProviders;
import dev.monban.server.login.NearMisses;
import dev.monban.server.login.Unanswered;
import dev.monban.server.login.WrongPasswords;
import dev.monban.server.login.page.FederatedPage;
import dev.monban.server.notify.Alerts;
import dev.monban.server.notify.Bounces;
import dev.monban.server.notify.Mail;
import dev.monban.server.notify.Notices;
import dev.monban.server.notify.Outbox;
import dev.monban.server.oidc.UsedAssertions;
import dev.monban.server.password.HashGate;
import dev.monban.server.password.Passwords;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Ids;
import dev.monban.server.platform.Language;
import dev.monban.server.platform.Networks;
import dev.monban.server.platform.Texts;
import dev.monban.server.platform.Vault;
import dev.monban.server.platform.outgoing.OutgoingCalls;
import dev.monban.server.session.Sessions;
import dev.monban.server.tenant.Tenants;
import dev.monban.server.watch.CampaignAlerts;
import dev.monban.server.watch.Campaigns;
import dev.monban.server.watch.LiveWatch;
import dev.monban.server.watch.Remarks;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What every room of the gate stands on. */
final class Ground implements AutoCloseable {

    final InstantSource clock;
    final Database database;
    final Vault vault;
    final Ids ids;
    final LogUpkeep upkeep;
    final Retention retention;
    final Networks networks;
    final EventLog events;
    final Outbox outbox;
    final Bounces bounces;
    final Optional<Mail> mail;
    final Campaigns campaigns;
    final Alerts alerts;
    final Notices notices;
    final Accounts accounts;
    final Tenants tenants;
    final LiveWatch watch;
    final Passwords passwords;
    final HashGate hashGate;
    final Sessions sessions;
    final Present present;
    final Factors factors;
    final LevelNeeds needs;
    final TrustedDevices trustedDevices;
    final Recoveries recoveries;
    final Proofs proofs;
    final UsedAssertions used;
    final Passkeys passkeys;
    final Challenges challenges;
    final WrongPasswords wrongPasswords;
    final Limits limits;
    final OutgoingCalls outgoing;
    final IdentityProviders identityProviders;
    final Remarks remarks;
    final NearMisses nearMisses;
    final LiveTroubles troubles;
    final Cases cases;
    final Unanswered unanswered;
    final DropWatch drops;

    Ground(
            GateSettings settings,
            State state,
            Database database,
            Vault vault,
            InstantSource clock) {
        this.clock = clock;
        this.database = database;
        this.vault = vault;
        limits = new Limits(clock, settings.rates());
        outgoing = new OutgoingCalls(state.outgoing());
        identityProviders = identityProviders(state, outgoing);
        ids = new Ids(clock);
        upkeep = new LogUpkeep(database, clock);
        upkeep.turn();
        retention = state.options().retention();
        networks = Networks.of(settings.networks());
        events = new EventLog(database, ids, clock);
        outbox = new Outbox(database, ids, clock);
        bounces = new Bounces(database, events, clock);
        mail = settings.mail().map(how -> new Mail(how, outbox, vault, bounces));
        alerts = new Alerts(state.alerts(), mail, outbox, database, outgoing, clock);
        notices = new Notices(mail);
        accounts = new Accounts(database);
        tenants = new Tenants(ids, clock, events);
        campaigns = new Campaigns(database, ids, clock);
        campaigns.listen(new CampaignAlerts(alerts, Language.JA, ZoneId.systemDefault(), clock));
        remarks = new Remarks(database, ids, clock);
        troubles = new LiveTroubles(clock);
        cases =
                new Cases(
                        database,
                        accounts,
                        troubles,
                        remarks,
                        new CaseAlerts(
                                alerts,
                                accounts,
                                tenants,
                                Texts.in(Language.JA),
                                state.issuer(),
                                clock),
                        events,
                        ids,
                        clock);
        drops = new DropWatch(database, alerts, Texts.in(Language.JA), clock);
        unanswered = new Unanswered(database, remarks, clock);
        bounces.listen(unanswered);
        watch =
                new LiveWatch(
                        database,
                        vault,
                        campaigns,
                        Policy.standard(),
                        settings.watchedAccounts().orElseGet(() -> watched(accounts)),
                        troubles,
                        clock);
        challenges = new Challenges(database, vault, mail, clock);
        wrongPasswords = new WrongPasswords(database, clock);
        passwords = new Passwords(settings.argon2());
        hashGate = new HashGate(settings.hashesAtOnce());
        nearMisses =
                new NearMisses(
                        database, accounts, passwords, hashGate, remarks, limits.nearMisses());
        sessions = new Sessions(database, ids, clock, events, settings.sessions());
        present = new Present(database, accounts, sessions);
        factors = new Factors(database, accounts, vault, ids, clock, events, notices);
        needs = new LevelNeeds(database, tenants, sessions, clock);
        trustedDevices = new TrustedDevices(database, needs, ids, clock, events, notices);
        recoveries =
                new Recoveries(
                        database,
                        accounts,
                        tenants,
                        factors,
                        sessions,
                        settings.recovery(),
                        ids,
                        clock,
                        events,
                        notices);
        proofs = new Proofs(factors, needs);
        used = new UsedAssertions(database);
        passkeys =
                new Passkeys(
                        state.issuer(),
                        state.options().rpId(),
                        database,
                        factors,
                        vault,
                        used::use,
                        ids,
                        clock,
                        events);
    }

    private static IdentityProviders identityProviders(State state, OutgoingCalls outgoing) {
        List<IdentityProviders.Provider> providers = new ArrayList<>();
        for (State.Tenant tenant : state.tenants()) {
            tenant.identityProvider()
                    .ifPresent(one ->
                            providers.add(
                                    new IdentityProviders.Provider(
                                            tenant.id(),
                                            one.issuer(),
                                            one.clientId(),
                                            one.secret(),
                                            one.domains())));
        }
        return new IdentityProviders(providers, state.issuer() + FederatedPage.BACK, outgoing);
    }

    private static int watched(Accounts accounts) {
        return WatchMemory.ofThisProcess().counted(accounts.count());
    }

    /** Ends what is older than the retention: docs/retention.md names each table. */
    void sweep() {
        Instant now = upkeep.earlier();
        cases.sweep(now.minus(retention.cases()));
        remarks.sweep(now.minus(retention.attempts()));
        watch.pairs().sweep();
        wrongPasswords.sweep();
        accounts.sweepOldPasswords(now.minus(retention.formerPasswords()));
        new PastRows(database).delete(retention, now);
    }

    /** Drops the months of the logs that are older than the retention. */
    void dropLogs() {
        List<String> dropped = upkeep.drop(retention);
        assert dropped.isEmpty() || database.answers();
    }

    /** What is left is sent and written. */
    @Override
    public void close() {
        nearMisses.close();
        outbox.close();
        outgoing.close();
        watch.close();
        events.close();
        networks.close();
    }
}
