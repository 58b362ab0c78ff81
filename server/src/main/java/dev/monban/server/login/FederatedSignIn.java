package dev.monban.server.login;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.Identifiers;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.login.store.FederatedIdentityStore;
import dev.monban.server.login.store.FederatedIdentityStore.FederatedIdentity;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import dev.monban.server.watch.LiveWatch;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Signs people in whom their organisation's own identity provider knows. It speaks for its
 * organisation's accounts alone: by its subject, or, the first time, by a verified address that is
 * the login name of one. That stands in place of the password, and of nothing else. An error there
 * is on record as the organisation's.
 */
public final class FederatedSignIn {

    private static final Logger LOG = Logger.getLogger(FederatedSignIn.class.getName());

    private static final AuthenticationMethod PROOF = AuthenticationMethod.FEDERATED;
    private static final Set<AuthenticationMethod> PROOFS = Set.of(PROOF);
    private static final Set<AuthenticationMethod> ON_TRUSTED_DEVICE =
            Set.of(PROOF, AuthenticationMethod.TRUSTED_DEVICE);
    private static final int MOST_LOGGED = 300;

    /** That the person, or an administrator there, does not want it: nothing is broken. */
    private static final Set<String> REFUSALS =
            Set.of(
                    "access_denied",
                    "login_required",
                    "interaction_required",
                    "consent_required",
                    "account_selection_required");

    private static final Duration GOOD_FOR = Duration.ofMinutes(10);
    private static final String PURPOSE = "federated sign-in";

    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final IdentityProviders providers;
    private final SecondProofs secondProofs;
    private final Arrivals arrivals;
    private final LiveWatch watch;
    private final EventLog events;
    private final Vault vault;
    private final InstantSource clock;

    public FederatedSignIn(
            Database database,
            Accounts accounts,
            Tenants tenants,
            IdentityProviders providers,
            SecondProofs secondProofs,
            Arrivals arrivals,
            LiveWatch watch,
            EventLog events,
            Vault vault,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.providers = providers;
        this.secondProofs = secondProofs;
        this.arrivals = arrivals;
        this.watch = watch;
        this.events = events;
        this.vault = vault;
        this.clock = clock;
    }

    /** What became of the beginning. */
    public sealed interface Begun {
        /** The person goes on there. */
        record There(URI address) implements Begun {}

        /** No organisation signs its people in by one for such a login name. */
        record Nowhere() implements Begun {}

        /** It does not answer. */
        record Down() implements Begun {}
    }

    /** What became of the end. */
    public sealed interface Ended {
        /** It says who they are. */
        record With(Login.Result result) implements Ended {}

        /** It failed. */
        record Down() implements Ended {}

        /** It said no. */
        record Refused() implements Ended {}

        /** The answer is good no more, or never was. */
        record Stale() implements Ended {}
    }

    /**
     * What travels there and back, sealed.
     *
     * @param tenant slug of the organisation
     * @param identifier what was typed as the login name, normalised
     * @param browser token of the browser that set out
     * @param request what the person came for, sealed; empty where they came by themselves
     */
    public record Way(
            String tenant,
            String identifier,
            String nonce,
            String verifier,
            String browser,
            String request,
            Instant madeAt) {

        @Override
        public String toString() {
            return "the way to the identity provider of " + tenant;
        }
    }

    /** Whether any organisation signs its people in elsewhere. */
    public boolean any() {
        return providers.any();
    }

    /** Sets out. */
    public Begun begin(String typed, String request, String browser, Login.Visitor visitor) {
        String identifier = Identifiers.normalise(typed);
        Optional<IdentityProviders.Provider> provider = providers.ofLoginName(identifier);
        if (provider.isEmpty()) {
            return new Begun.Nowhere();
        }
        Way way =
                new Way(
                        provider.get().tenant(),
                        identifier,
                        Tokens.fresh(),
                        Tokens.fresh(),
                        browser,
                        request,
                        clock.instant());
        try {
            return new Begun.There(
                    providers.request(
                            provider.get(), seal(way), way.nonce(), way.verifier(), identifier));
        } catch (IdentityProviders.Failed e) {
            failed(way, visitor, e);
            return new Begun.Down();
        }
    }

    private void failed(Way way, Login.Visitor visitor, IdentityProviders.Failed why) {
        String what = String.valueOf(why.getMessage()).replaceAll("\\p{Cntrl}", " ");
        LOG.log(
                Level.WARNING,
                "the identity provider of {0} failed: {1}",
                new Object[] {
                    way.tenant(), what.substring(0, Math.min(MOST_LOGGED, what.length()))
                });
        Optional<Account> account = database.query(c -> hinted(c, way));
        LiveWatch.Judgement judgement =
                arrivals.judge(visitor, way.identifier(), account, Step.FEDERATED);
        watch.record(
                judgement, new Attempt(judgement.approach(), Check.rejected(Rejection.IDP_ERROR)));
    }

    /** Whose login name was typed, where it is one of that organisation. */
    private Optional<Account> hinted(Connection connection, Way way) throws SQLException {
        Optional<Tenant> tenant = tenants.bySlug(connection, way.tenant());
        return accounts.byIdentifier(connection, way.identifier())
                .filter(a -> tenant.isPresent() && tenant.get().id().equals(a.tenant()));
    }

    /**
     * On which way somebody comes back.
     *
     * @param state as it came back
     * @param browser token of the browser that brings it
     * @return empty where it is too old, another browser's, or none of ours
     */
    public Optional<Way> way(String state, String browser) {
        return open(state)
                .filter(way ->
                        MessageDigest.isEqual(
                                way.browser().getBytes(StandardCharsets.UTF_8),
                                browser.getBytes(StandardCharsets.UTF_8)))
                .filter(way -> way.madeAt().plus(GOOD_FOR).isAfter(clock.instant()));
    }

    /**
     * Comes back.
     *
     * @param answer as the identity provider sends it (RFC 6749, section 4.1.2; RFC 9207)
     */
    public Ended end(Way way, Parameters answer, Login.Visitor visitor) {
        Optional<IdentityProviders.Provider> provider = providers.ofTenant(way.tenant());
        if (provider.isEmpty()) {
            return new Ended.Stale();
        }
        Optional<IdentityProviders.Identity> redeemed;
        try {
            if (!providers.isFrom(provider.get(), answer.text("iss"))) {
                throw new IdentityProviders.Failed("an answer of another issuer");
            }
            if (REFUSALS.contains(answer.text("error"))) {
                return new Ended.Refused();
            }
            if (answer.text("code").isEmpty()) {
                throw new IdentityProviders.Failed("it answered " + answer.text("error"));
            }
            redeemed =
                    providers.redeem(
                            provider.get(), answer.text("code"), way.nonce(), way.verifier());
        } catch (IdentityProviders.Failed e) {
            failed(way, visitor, e);
            return new Ended.Down();
        }
        return redeemed.isEmpty()
                ? new Ended.Stale()
                : new Ended.With(arrive(way, provider.get(), redeemed.get(), visitor));
    }

    private Login.Result arrive(
            Way way,
            IdentityProviders.Provider provider,
            IdentityProviders.Identity identity,
            Login.Visitor visitor) {
        Owner owner = database.query(c -> owner(c, provider, identity));
        LiveWatch.Judgement judgement =
                arrivals.judge(
                        visitor,
                        owner.account().map(Account::identifier).orElse(way.identifier()),
                        owner.account(),
                        Step.FEDERATED);
        return arrivals.inFlight(judgement, () -> arrive(owner, visitor, judgement));
    }

    /**
     * Whom an identity leads to.
     *
     * @param account empty for nobody
     * @param identity where it is to be linked; empty where it is already
     */
    private record Owner(Optional<Account> account, Optional<FederatedIdentity> identity) {}

    /** By its subject; the first time, by its address. Never of another organisation. */
    private Owner owner(
            Connection connection,
            IdentityProviders.Provider provider,
            IdentityProviders.Identity identity)
            throws SQLException {
        Optional<Tenant> tenant = tenants.bySlug(connection, provider.tenant());
        if (tenant.isEmpty()) {
            return new Owner(Optional.empty(), Optional.empty());
        }
        FederatedIdentity who =
                new FederatedIdentity(tenant.get().id(), provider.issuer(), identity.subject());
        Optional<UUID> linked = FederatedIdentityStore.account(connection, who);
        if (linked.isPresent()) {
            return new Owner(
                    accounts.byId(connection, linked.get())
                            .filter(a -> a.tenant().equals(who.tenant())),
                    Optional.empty());
        }
        Optional<String> name =
                identity.email()
                        .map(Identifiers::normalise)
                        .filter(n -> providers.ofLoginName(n).equals(Optional.of(provider)));
        Optional<Account> account =
                name.isEmpty() ? Optional.empty() : accounts.byIdentifier(connection, name.get());
        return new Owner(account.filter(a -> a.tenant().equals(who.tenant())), Optional.of(who));
    }

    private Login.Result arrive(Owner owner, Login.Visitor visitor, LiveWatch.Judgement judgement) {
        if (judgement.stops()) {
            watch.recordStopped(judgement);
            return new Login.Result.Rejected();
        }
        if (owner.account().isEmpty()) {
            return rejected(judgement, Rejection.UNKNOWN_ACCOUNT);
        }
        Account account = owner.account().get();
        if (account.disabled()) {
            return rejected(judgement, Rejection.ACCOUNT_DISABLED);
        }
        // Somebody else there who has this address now is not the one who was linked.
        boolean theirs =
                owner.identity().isEmpty()
                        || database.transaction(c -> linked(c, owner.identity().get(), account));
        if (!theirs) {
            return rejected(judgement, Rejection.UNKNOWN_ACCOUNT);
        }
        SecondProofs.Demand demand = secondProofs.after(judgement, visitor, account, false);
        return database.transaction(connection ->
                demand.asked().isPresent()
                        ? secondProofs.ask(
                                connection, judgement, account, demand.asked().get(), PROOF)
                        : new Login.Result.SignedIn(
                                arrivals.arrive(
                                        connection,
                                        judgement,
                                        visitor,
                                        account,
                                        demand.trusted() ? ON_TRUSTED_DEVICE : PROOFS)));
    }

    private boolean linked(Connection connection, FederatedIdentity identity, Account account)
            throws SQLException {
        if (!FederatedIdentityStore.link(connection, identity, account.id(), clock.instant())) {
            return FederatedIdentityStore.account(connection, identity)
                    .filter(account.id()::equals)
                    .isPresent();
        }
        events.record(
                connection,
                Event.of(EventKind.IDENTITY_LINKED)
                        .tenant(identity.tenant())
                        .account(account.id())
                        .details(Map.of("issuer", identity.issuer())));
        return true;
    }

    private Login.Result rejected(LiveWatch.Judgement judgement, Rejection why) {
        watch.record(judgement, new Attempt(judgement.approach(), Check.rejected(why)));
        return new Login.Result.Rejected();
    }

    private String seal(Way way) {
        String plain =
                field("tenant", way.tenant())
                        + field("identifier", way.identifier())
                        + field("nonce", way.nonce())
                        + field("verifier", way.verifier())
                        + field("browser", way.browser())
                        + field("request", way.request())
                        + "made_at="
                        + way.madeAt().toEpochMilli();
        return Tokens.base64Url(vault.seal(PURPOSE, plain.getBytes(StandardCharsets.UTF_8)));
    }

    private static String field(String name, String value) {
        return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8) + "&";
    }

    private Optional<Way> open(String sealed) {
        try {
            Optional<byte[]> plain = vault.open(PURPOSE, Base64.getUrlDecoder().decode(sealed));
            if (plain.isEmpty()) {
                return Optional.empty();
            }
            Parameters fields = Parameters.parse(new String(plain.get(), StandardCharsets.UTF_8));
            return Optional.of(
                    new Way(
                            fields.text("tenant"),
                            fields.text("identifier"),
                            fields.text("nonce"),
                            fields.text("verifier"),
                            fields.text("browser"),
                            fields.text("request"),
                            Instant.ofEpochMilli(Long.parseLong(fields.text("made_at")))));
        } catch (IllegalArgumentException | Parameters.Malformed e) {
            return Optional.empty();
        }
    }
}
