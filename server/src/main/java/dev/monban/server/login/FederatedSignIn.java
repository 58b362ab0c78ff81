package dev.monban.server.login;

import dev.monban.core.factor.AuthenticationMethod;
import dev.monban.core.watch.Action;
import dev.monban.core.watch.Attempt;
import dev.monban.core.watch.Check;
import dev.monban.core.watch.Reason;
import dev.monban.core.watch.Rejection;
import dev.monban.core.watch.Step;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.account.FederatedIdentities;
import dev.monban.server.account.Identifiers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Tokens;
import dev.monban.server.platform.Vault;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import dev.monban.server.watch.LiveWatch;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
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

    /** By so much the clock there may be off. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    /**
     * What {@code auth_time} is where nobody knows: nothing that asks for a fresh proof takes it.
     */
    private static final Instant LONG_AGO = Instant.EPOCH;

    /** That the person, or an administrator there, does not want it: nothing is broken. */
    private static final Set<String> REFUSALS =
            Set.of(
                    "access_denied",
                    "login_required",
                    "interaction_required",
                    "consent_required",
                    "account_selection_required");

    private final Database database;
    private final Accounts accounts;
    private final Tenants tenants;
    private final IdentityProviders providers;
    private final FederatedIdentities identities;
    private final SecondProofs secondProofs;
    private final Arrivals arrivals;
    private final LiveWatch watch;
    private final FederatedWays ways;
    private final InstantSource clock;
    private final UsedWays used;

    /** The ways that somebody has come back on, known to all nodes and over a restart. */
    @FunctionalInterface
    public interface UsedWays {

        /**
         * Uses it; false where it was used before. Of two that try at once, one gets true.
         *
         * @param expiresAt after this it would be refused for its age
         */
        boolean use(String name, Instant expiresAt);
    }

    public FederatedSignIn(
            Database database,
            Accounts accounts,
            Tenants tenants,
            IdentityProviders providers,
            FederatedIdentities identities,
            SecondProofs secondProofs,
            Arrivals arrivals,
            LiveWatch watch,
            Vault vault,
            UsedWays used,
            InstantSource clock) {
        this.database = database;
        this.accounts = accounts;
        this.tenants = tenants;
        this.providers = providers;
        this.identities = identities;
        this.secondProofs = secondProofs;
        this.arrivals = arrivals;
        this.watch = watch;
        this.ways = new FederatedWays(vault, clock);
        this.used = used;
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

        /** They do not come in. */
        record Not(Fault fault) implements Ended {}

        /** The answer is good no more, or never was. */
        record Stale() implements Ended {}
    }

    /** Why somebody does not come in, as the page says it. */
    public enum Fault {
        /** It failed. */
        DOWN,
        /** It said no. */
        REFUSED,
        /** Whom it knows, nobody here is. */
        NOBODY,
        /** The watch does not let them in from there. */
        STOPPED,
        /** Somebody else may have been in: the owner chooses another password before. */
        PASSWORD_FIRST,
        /** A fresh proof is wanted, and it does not say that there was one. */
        NOT_ANEW;

        /** The name in the catalogue of texts. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What travels there and back, sealed.
     *
     * @param tenant slug of the organisation
     * @param identifier what was typed as the login name, normalised
     * @param browser token of the browser that set out
     * @param request what the person came for, sealed; empty where they came by themselves
     * @param anew whether they are to prove there who they are, signed in or not
     */
    public record Way(
            String tenant,
            String identifier,
            String nonce,
            String verifier,
            String browser,
            String request,
            boolean anew,
            Instant madeAt) {

        @Override
        public String toString() {
            return "the way to the identity provider of " + tenant;
        }
    }

    /** The organisations that sign their people in elsewhere: slugs. */
    public Set<String> tenants() {
        return providers.tenants();
    }

    /**
     * Sets out.
     *
     * @param anew whether a fresh proof is wanted
     */
    public Begun begin(
            String typed, String request, String browser, boolean anew, Login.Visitor visitor) {
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
                        anew || visitor.before().isPresent(),
                        clock.instant());
        try {
            return new Begun.There(
                    providers.request(
                            provider.get(),
                            ways.seal(way),
                            way.nonce(),
                            way.verifier(),
                            identifier,
                            way.anew()));
        } catch (IdentityProviders.Failed e) {
            failed(way, visitor, e);
            return new Begun.Down();
        }
    }

    /**
     * Who sets out may name anybody, and bend what comes back. So it counts where the account knows
     * the device; where it knows the place, if it is so whatever the browser brought.
     */
    private void failed(Way way, Login.Visitor visitor, IdentityProviders.Failed why) {
        log(way, String.valueOf(why.getMessage()));
        Optional<Account> account = database.query(c -> hinted(c, way));
        LiveWatch.Judgement judgement =
                arrivals.judge(visitor, way.identifier(), account, Step.FEDERATED);
        List<Reason> reasons = judgement.verdict().reasons();
        if (reasons.contains(Reason.KNOWN_DEVICE)
                || (why.isSure() && reasons.contains(Reason.KNOWN_ADDRESS))) {
            watch.record(
                    judgement,
                    new Attempt(judgement.approach(), Check.rejected(Rejection.IDP_ERROR)));
        } else {
            watch.giveUp(judgement);
        }
    }

    private static void log(Way way, String what) {
        String shown = what.replaceAll("\\p{Cntrl}", " ");
        LOG.log(
                Level.WARNING,
                "the identity provider of {0}: {1}",
                new Object[] {
                    way.tenant(), shown.substring(0, Math.min(MOST_LOGGED, shown.length()))
                });
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
     * @param tenant slug of the organisation whose provider sends them
     * @param browser token of the browser that brings it
     * @return empty where it is too old, another's, or none of ours
     */
    public Optional<Way> way(String state, String tenant, String browser) {
        return ways.open(state, tenant, browser);
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
        // A state is good once (RFC 6749, section 10.12; RFC 9700, section 4.7).
        if (!used.use("way " + way.nonce(), way.madeAt().plus(FederatedWays.GOOD_FOR))) {
            return new Ended.Stale();
        }
        try {
            if (!providers.isFrom(provider.get(), answer.text("iss"))) {
                throw new IdentityProviders.Failed("an answer of another issuer");
            }
            if (REFUSALS.contains(answer.text("error"))) {
                log(way, "it refused: " + answer.text("error"));
                return new Ended.Not(Fault.REFUSED);
            }
            if (answer.text("code").isBlank()) {
                throw new IdentityProviders.Failed("it answered " + answer.text("error"));
            }
            Optional<IdentityProviders.Identity> identity =
                    providers.redeem(
                            provider.get(), answer.text("code"), way.nonce(), way.verifier());
            if (identity.isEmpty()) {
                log(way, "the code was good no more: invalid_grant");
                return new Ended.Stale();
            }
            if (!isProvedAnew(way, identity.get())) {
                log(way, "it was to ask anew, and its auth_time does not say so");
                return new Ended.Not(Fault.NOT_ANEW);
            }
            Owner owner = owner(way, provider.get(), identity.get());
            return owner.account().isEmpty() ? nobody(way, visitor) : arrive(owner, visitor);
        } catch (IdentityProviders.Failed e) {
            failed(way, visitor, e);
            return new Ended.Not(Fault.DOWN);
        }
    }

    /** Whoever has a fresh proof wanted gets none from a sign-in of this morning. */
    private static boolean isProvedAnew(Way way, IdentityProviders.Identity identity) {
        return !way.anew()
                || identity.authenticatedAt()
                        .filter(at -> !at.isBefore(way.madeAt().minus(SKEW)))
                        .isPresent();
    }

    private Instant provedAt(Way way, IdentityProviders.Identity identity) {
        Instant now = clock.instant();
        Instant there = way.anew() ? now : identity.authenticatedAt().orElse(LONG_AGO);
        return there.isAfter(now) ? now : there.isBefore(LONG_AGO) ? LONG_AGO : there;
    }

    /**
     * Whom an identity leads to.
     *
     * @param account empty for nobody
     * @param first the proof
     */
    private record Owner(Optional<Account> account, First first) {

        Instant provedAt() {
            return first.at() == null ? LONG_AGO : first.at();
        }
    }

    /** By its subject; the first time, by its address. Never of another organisation. */
    private Owner owner(
            Way way, IdentityProviders.Provider provider, IdentityProviders.Identity identity)
            throws IdentityProviders.Failed {
        First first = First.there(provider.issuer(), identity.subject(), provedAt(way, identity));
        Optional<Tenant> tenant = database.query(c -> tenants.bySlug(c, provider.tenant()));
        if (tenant.isEmpty()) {
            return new Owner(Optional.empty(), first);
        }
        UUID organisation = tenant.get().id();
        Optional<UUID> linked =
                database.query(c ->
                        identities.account(
                                c,
                                new FederatedIdentities.Identity(
                                        organisation, provider.issuer(), identity.subject())));
        if (linked.isPresent()) {
            return new Owner(
                    database.query(c -> accounts.byId(c, linked.get()))
                            .filter(a -> a.tenant().equals(organisation)),
                    first);
        }
        Optional<String> email = providers.email(provider, identity);
        // What only looks like an address of ours after it was normalised is another mailbox.
        Optional<String> name =
                email.map(e -> e.toLowerCase(Locale.ROOT))
                        .filter(e -> Identifiers.normalise(e).equals(e))
                        .filter(e -> providers.ofLoginName(e).equals(Optional.of(provider)));
        Optional<Account> account =
                name.flatMap(n -> database.query(c -> accounts.byIdentifier(c, n)))
                        .filter(a -> a.tenant().equals(organisation));
        if (account.isEmpty()) {
            log(
                    way,
                    email.isEmpty()
                            ? "it gives no verified address"
                            : "nobody of its domains here has the address that it gives");
            return new Owner(account, first);
        }
        // Somebody else there who has this address now is not the one who was linked.
        boolean taken =
                database.query(c -> identities.issuers(c, account.get().id()))
                        .contains(provider.issuer());
        if (taken) {
            log(way, "whoever has this address here is linked to somebody else there");
        }
        return new Owner(account.filter(a -> !taken), first);
    }

    private Ended arrive(Owner owner, Login.Visitor visitor) {
        Account account = owner.account().orElseThrow();
        LiveWatch.Judgement judgement =
                arrivals.judge(visitor, account.identifier(), owner.account(), Step.FEDERATED);
        return arrivals.inFlight(judgement, () -> decide(owner, visitor, judgement));
    }

    /**
     * Whom it knows, nobody here is. Where the account that was named knows the device, it is its
     * owner who does not get in.
     */
    private Ended nobody(Way way, Login.Visitor visitor) {
        Optional<Account> named = database.query(c -> hinted(c, way));
        LiveWatch.Judgement judgement =
                arrivals.judge(visitor, way.identifier(), named, Step.FEDERATED);
        if (named.isPresent() && !judgement.verdict().reasons().contains(Reason.KNOWN_DEVICE)) {
            watch.giveUp(judgement);
            judgement = arrivals.judge(visitor, way.identifier(), Optional.empty(), Step.FEDERATED);
        }
        return judgement.stops()
                ? stopped(judgement)
                : rejected(judgement, Rejection.UNKNOWN_ACCOUNT, Fault.NOBODY);
    }

    private Ended stopped(LiveWatch.Judgement judgement) {
        watch.recordStopped(judgement);
        return judgement.verdict().action() == Action.THROTTLE
                ? new Ended.With(new Login.Result.Wait(Login.WAIT_SECONDS))
                : new Ended.Not(Fault.STOPPED);
    }

    private Ended decide(Owner owner, Login.Visitor visitor, LiveWatch.Judgement judgement) {
        if (judgement.stops()) {
            return stopped(judgement);
        }
        Account account = owner.account().orElseThrow();
        if (account.disabled()) {
            return rejected(judgement, Rejection.ACCOUNT_DISABLED, Fault.NOBODY);
        }
        if (account.passwordExpiredAt() != null) {
            return rejected(judgement, Rejection.PASSWORD_EXPIRED, Fault.PASSWORD_FIRST);
        }
        SecondProofs.Demand demand =
                secondProofs.after(judgement, visitor, account, owner.first(), false);
        return database.transaction(connection -> {
            if (demand.asked().isPresent()) {
                return new Ended.With(
                        secondProofs.ask(
                                connection,
                                judgement,
                                account,
                                demand.asked().get(),
                                owner.first()));
            }
            if (!arrivals.link(connection, owner.first(), account)) {
                // Somebody else has just come first.
                watch.record(connection, judgement, refused(judgement, Rejection.UNKNOWN_ACCOUNT));
                return new Ended.Not(Fault.NOBODY);
            }
            return new Ended.With(
                    new Login.Result.SignedIn(
                            arrivals.arrive(
                                    connection,
                                    judgement,
                                    visitor,
                                    account,
                                    demand.trusted() ? ON_TRUSTED_DEVICE : PROOFS,
                                    owner.provedAt())));
        });
    }

    private Ended rejected(LiveWatch.Judgement judgement, Rejection why, Fault fault) {
        watch.record(judgement, refused(judgement, why));
        return new Ended.Not(fault);
    }

    private static Attempt refused(LiveWatch.Judgement judgement, Rejection why) {
        return new Attempt(judgement.approach(), Check.rejected(why));
    }
}
