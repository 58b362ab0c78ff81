package dev.monban.server.oidc;

import dev.monban.core.authorize.Ask;
import dev.monban.core.authorize.Authorization;
import dev.monban.core.authorize.NextStep;
import dev.monban.core.authorize.NextStep.Why;
import dev.monban.core.authorize.SignedIn;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.server.account.Account;
import dev.monban.server.account.Accounts;
import dev.monban.server.audit.Event;
import dev.monban.server.audit.EventKind;
import dev.monban.server.audit.EventLog;
import dev.monban.server.factor.Factors;
import dev.monban.server.factor.LevelNeeds;
import dev.monban.server.login.Errand;
import dev.monban.server.login.Errands;
import dev.monban.server.oidc.AuthorizationRequests.Target;
import dev.monban.server.oidc.AuthorizationRequests.Untrusted;
import dev.monban.server.oidc.AuthorizationRequests.Wanted;
import dev.monban.server.oidc.store.ConsentStore;
import dev.monban.server.oidc.store.PushedRequestStore;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Parameters;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Tokens;
import dev.monban.server.session.Session;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Leads authorization requests to their end: gathers what is known, asks {@link Authorization} what
 * comes next, and carries that out. Pages come back here and nowhere else.
 */
public final class AuthorizeFlow implements Errands {

    /**
     * What a request may have beside its state, encoded. Longer ones are pushed: browsers and
     * proxies cut addresses that are much longer.
     */
    private static final int MOST_CHARACTERS = 6000;

    /** Leads a person whose request is too old back to its client. */
    public static final String BACK = "/authorize/back";

    private static final Set<String> BACK_PARAMETERS =
            Set.of("client_id", "redirect_uri", "response_mode", "state");

    private static final int MAX_BACK_CHARACTERS = 600;

    private final Database database;
    private final AuthorizationRequests requests;
    private final Grants grants;
    private final Handles handles;
    private final Accounts accounts;
    private final Factors factors;
    private final LevelNeeds needs;
    private final Pending.Seal seal;
    private final EventLog events;
    private final InstantSource clock;
    private final UnprotectedCodes unprotected;

    public AuthorizeFlow(
            Database database,
            AuthorizationRequests requests,
            Grants grants,
            Handles handles,
            Accounts accounts,
            Factors factors,
            LevelNeeds needs,
            Pending.Seal seal,
            EventLog events,
            InstantSource clock) {
        this.database = database;
        this.requests = requests;
        this.grants = grants;
        this.handles = handles;
        this.accounts = accounts;
        this.factors = factors;
        this.needs = needs;
        this.seal = seal;
        this.events = events;
        this.clock = clock;
        this.unprotected = new UnprotectedCodes(clock);
    }

    /** What a request meets next. */
    public sealed interface Next {
        /** The answer goes to the client: a code, or a refusal. */
        record Answer(Target target, Optional<String> code, Optional<OAuthError> error)
                implements Next {}

        /** The sign-in is shown for it, which gets the request sealed. */
        record SignIn(Why why, String sealed, Wanted wanted) implements Next {}

        /** A page is shown for it, which gets the request sealed. */
        record Show(PageKind page, String sealed, Wanted wanted) implements Next {}

        /**
         * The person is told what their organisation wants of them.
         *
         * @param from when it begins to hold; empty where it does already
         */
        record Tell(AssuranceLevel level, Optional<Instant> from, String sealed, Wanted wanted)
                implements Next {}
    }

    /** The pages on the way, after the sign-in. */
    public enum PageKind {
        CHOOSE_ACCOUNT,
        CONSENT
    }

    /**
     * Takes in a request that has just arrived.
     *
     * @param encoded its parameters as they were sent
     */
    public Pending arrived(Parameters parameters, String encoded) throws Untrusted {
        String requestUri = parameters.text("request_uri");
        if (requestUri.startsWith(PushedRequests.PREFIX)) {
            return pushed(parameters, requestUri);
        }
        return Pending.fresh(encoded, clock.instant());
    }

    /**
     * Whether the request goes on by an address of ours. One that is too long for that, or is
     * refused whoever asks, is answered at once.
     *
     * @throws Untrusted where its answer can go nowhere
     */
    public boolean goesOn(Pending pending) throws Untrusted {
        Parameters parameters = parameters(pending);
        Target target = requests.target(parameters);
        if (!pending.pushed() && isTooLong(pending, parameters)) {
            return false;
        }
        try {
            requests.understand(parameters, target, pending.pushed());
            return true;
        } catch (OAuthError e) {
            return false;
        }
    }

    /** RFC 9126, section 4: the pusher's own, in time, and not yet answered. */
    private Pending pushed(Parameters parameters, String requestUri) throws Untrusted {
        String client = parameters.text("client_id");
        Optional<PushedRequestStore.Pushed> pushed = find(requestUri);
        if (!PushedRequests.open(database, requestUri, client, clock.instant())
                || pushed.isEmpty()) {
            throw new Untrusted("request_expired", "request_uri: not known, or no more");
        }
        return Pending.pushed(requestUri, back(pushed.get().parameters()), clock.instant());
    }

    /** What {@link AuthorizationRequests#target} reads, unless it is too long to be carried. */
    private static String back(String encoded) {
        return Arrays.stream(encoded.split("&", -1))
                .filter(pair -> BACK_PARAMETERS.contains(pair.split("=", 2)[0]))
                .filter(pair -> pair.length() <= MAX_BACK_CHARACTERS)
                .collect(Collectors.joining("&"));
    }

    /** Where an answer goes, also where the request is gone since. */
    private Target target(Pending pending) throws Untrusted {
        boolean gone = pending.pushed() && find(pending.parameters()).isEmpty();
        return requests.target(gone ? parse(pending.back()) : parameters(pending));
    }

    /** Opens what a page sends back. */
    public Pending open(String sealed) {
        return seal.open(sealed).orElseThrow(() -> unreadable(sealed));
    }

    @Override
    public Problem unreadable(String sealed) {
        Problem problem =
                new Problem(400, "request_expired", "the request is too old, or not one of ours");
        try {
            Optional<Pending> pending = seal.openAny(sealed);
            return pending.isEmpty()
                    ? problem
                    : problem.leadingTo(
                            BACK + "?request=" + sealed, target(pending.get()).client().name());
        } catch (Untrusted e) {
            return problem;
        }
    }

    /**
     * The answer for a client whose person let the request grow too old. Only an error goes there,
     * so that it does not matter who opens it again, or how often. Clients begin anew at this one
     * ({@code temporarily_unavailable}, RFC 6749, section 4.1.2.1).
     *
     * @throws Problem where it is none of ours
     * @throws Untrusted where the answer can go nowhere
     */
    public Next overdue(String sealed) throws Untrusted {
        Pending pending = seal.openAny(sealed).orElseThrow(() -> unreadable(sealed));
        return refuse(
                target(pending),
                OAuthError.of("temporarily_unavailable", "the sign-in took too long; begin anew"));
    }

    /** The answer for a client to which the person goes back without signing in. */
    public Next cancelled(Pending pending) throws Untrusted {
        return refuse(
                target(pending),
                OAuthError.of("access_denied", "the person did not want to sign in"));
    }

    public String seal(Pending pending) {
        return seal.seal(pending);
    }

    /**
     * Finds out what comes next, and does it.
     *
     * @throws Untrusted where the answer can go nowhere
     */
    public Next next(Pending pending, Optional<Session> session, String address) throws Untrusted {
        Parameters parameters = parameters(pending);
        Target target = requests.target(parameters);
        if (!pending.pushed() && isTooLong(pending, parameters)) {
            return refuse(
                    target,
                    OAuthError.invalidRequest(
                            "the request has more than "
                                    + MOST_CHARACTERS
                                    + " characters beside its state, or packs badly; push it to"
                                    + " /par (RFC 9126)"));
        }
        Wanted wanted;
        try {
            wanted = requests.understand(parameters, target, pending.pushed());
        } catch (OAuthError e) {
            return refuse(target, e);
        }
        Optional<Account> account =
                session.flatMap(s -> accounts.recent(s.account())).filter(a -> !a.disabled());
        Optional<Session> usable = session.filter(s -> account.isPresent());
        Ask ask = ask(pending, wanted, usable);
        SignedIn signedIn =
                account.map(a -> signedIn(a, usable.orElseThrow(), wanted)).orElse(null);
        NextStep step = Authorization.next(ask, signedIn, clock.instant());
        // A silent request is told first what it asks: whether somebody is signed in.
        OAuthError unbound = wanted.unboundFault();
        if (unbound != null && !(step instanceof NextStep.Refuse)) {
            return refuse(target, unbound);
        }
        return switch (step) {
            case NextStep.SignIn(var why) -> new Next.SignIn(why, seal.seal(pending), wanted);
            case NextStep.Enrol(var level) ->
                    new Next.Tell(level, Optional.empty(), seal.seal(pending), wanted);
            case NextStep.Announce(var level, var from) ->
                    new Next.Tell(level, Optional.of(from), seal.seal(pending), wanted);
            case NextStep.ChooseAccount() ->
                    new Next.Show(PageKind.CHOOSE_ACCOUNT, seal.seal(pending), wanted);
            case NextStep.AskConsent() ->
                    new Next.Show(PageKind.CONSENT, seal.seal(pending), wanted);
            case NextStep.Refuse(var refusal) ->
                    refuse(target, OAuthError.of(refusal.code(), "the person was not asked"));
            case NextStep.Grant() -> grant(pending, wanted, usable.orElseThrow(), address);
        };
    }

    private boolean isTooLong(Pending pending, Parameters parameters) {
        String state = URLEncoder.encode(parameters.text("state"), StandardCharsets.UTF_8);
        return pending.parameters().length() - state.length() > MOST_CHARACTERS
                || seal.seal(pending).length() > SealedText.MAX_CHARACTERS;
    }

    /** Notes that the person agreed, and remembers it for the next time. */
    public Pending agreed(Pending pending, Session session, String address) throws Untrusted {
        Target target = requests.target(parameters(pending));
        Wanted wanted = requests.understand(parameters(pending), target, pending.pushed());
        database.transact(connection -> {
            ConsentStore.put(
                    connection,
                    session.account(),
                    target.client().id(),
                    wanted.consentScopes(),
                    clock.instant());
            events.record(
                    connection,
                    Event.of(EventKind.CONSENT_GIVEN)
                            .account(session.account())
                            .client(target.client().id())
                            .session(session.id())
                            .address(address)
                            .details(
                                    java.util.Map.of(
                                            "scopes", String.join(" ", wanted.consentScopes()))));
        });
        return pending.agreed(session.id().toString());
    }

    /** The answer for a client to which the person said no (RFC 6749, section 4.1.2.1). */
    public Next denied(Pending pending, Session session, String address) throws Untrusted {
        Target target = requests.target(parameters(pending));
        events.record(
                Event.of(EventKind.CONSENT_DENIED)
                        .account(session.account())
                        .client(target.client().id())
                        .session(session.id())
                        .address(address));
        return refuse(target, OAuthError.of("access_denied", "the person said no"));
    }

    @Override
    public Optional<Errand> read(String sealed) {
        Optional<Errand> device = DevicePath.read(sealed);
        if (device.isPresent()) {
            return device;
        }
        Optional<Pending> pending = seal.open(sealed);
        if (pending.isEmpty()) {
            return Optional.empty();
        }
        try {
            Parameters parameters = parameters(pending.get());
            Target target = requests.target(parameters);
            Wanted wanted = requests.understand(parameters, target, pending.get().pushed());
            return Optional.of(
                    new Errand(
                            target.client().name(),
                            target.client().id(),
                            !wanted.essentialLevels().isEmpty(),
                            why(wanted),
                            wanted.loginHint(),
                            "/authorize/continue?request=" + sealed,
                            appScheme(target)));
        } catch (Untrusted | OAuthError e) {
            return Optional.empty();
        }
    }

    /** Where forms may lead in the end besides here, see {@link #appScheme(String)}. */
    public static String appScheme(Target target) {
        return appScheme(target.redirectUri());
    }

    /**
     * The scheme of an app on a phone (RFC 8252, section 7.1), as {@code scheme:}. It gets its
     * answer by a redirect: phones open apps after something that the person did, which is the form
     * that they sent. Empty for a site, which gets its answer from a page of ours.
     *
     * @param address a registered one
     */
    public static String appScheme(String address) {
        String scheme = String.valueOf(URI.create(address).getScheme()).toLowerCase(Locale.ROOT);
        return scheme.equals("http") || scheme.equals("https") ? "" : scheme + ":";
    }

    private static Why why(Wanted wanted) {
        if (wanted.prompts().contains(dev.monban.core.authorize.Prompt.LOGIN)) {
            return Why.CLIENT_ASKS_AGAIN;
        }
        return wanted.maxAge() != null
                ? Why.TOO_LONG_AGO
                : wanted.subject() != null ? Why.OTHER_ACCOUNT_ASKED : Why.NOT_SIGNED_IN;
    }

    /** Looked up only where something is asked for. */
    private AssuranceLevel reachable(Wanted wanted, Session session) {
        return wanted.essentialLevels().isEmpty()
                ? AssuranceLevel.AAL1
                : factors.of(session.account()).reachable();
    }

    private Ask ask(Pending pending, Wanted wanted, Optional<Session> session) {
        String id = session.map(s -> s.id().toString()).orElse("-");
        return new Ask(
                pending.askedAt(),
                wanted.prompts(),
                wanted.maxAge(),
                wanted.subject(),
                wanted.essentialLevels(),
                new HashSet<>(wanted.consentScopes()),
                wanted.target().client().thirdParty(),
                pending.chosenBy().equals(id),
                pending.agreedBy().equals(id),
                pending.toldIn().equals(id));
    }

    private SignedIn signedIn(Account account, Session session, Wanted wanted) {
        Client client = wanted.target().client();
        Set<String> consented =
                client.thirdParty()
                        ? new HashSet<>(
                                database.query(c ->
                                        ConsentStore.scopes(c, session.account(), client.id())))
                        : Set.of();
        return new SignedIn(
                session.account().toString(),
                session.authenticatedAt(),
                session.level(),
                reachable(wanted, session),
                needs.of(account, session),
                consented);
    }

    private Next grant(Pending pending, Wanted wanted, Session session, String address) {
        Instant now = clock.instant();
        Target target = wanted.target();
        Optional<String> code =
                database.transaction(connection -> {
                    if (pending.pushed()
                            && !PushedRequestStore.use(
                                    connection, Tokens.hash(pending.parameters()), now)) {
                        return Optional.empty();
                    }
                    Grant grant =
                            grants.give(
                                    connection,
                                    target.client(),
                                    session,
                                    new Grants.Wanted(
                                            target.redirectUri(),
                                            wanted.challenge(),
                                            wanted.scopes(),
                                            wanted.claimsRequest(),
                                            wanted.claimScopes(),
                                            wanted.nonce(),
                                            wanted.keyThumbprint()),
                                    address);
                    return Optional.of(handles.code(grant.id()));
                });
        if (code.isEmpty()) {
            return refuse(target, OAuthError.invalidRequest("request_uri: answered before"));
        }
        if (wanted.challenge() == null && wanted.nonce() == null) {
            unprotected.note(target.client().id());
        }
        return new Next.Answer(target, code, Optional.empty());
    }

    private static Next refuse(Target target, OAuthError error) {
        return new Next.Answer(target, Optional.empty(), Optional.of(error));
    }

    private Parameters parameters(Pending pending) throws Untrusted {
        String encoded = pending.parameters();
        if (pending.pushed()) {
            encoded =
                    find(pending.parameters())
                            .map(PushedRequestStore.Pushed::parameters)
                            .orElseThrow(
                                    () -> new Untrusted("request_expired", "request_uri: gone"));
        }
        return parse(encoded);
    }

    private static Parameters parse(String encoded) throws Untrusted {
        try {
            return Parameters.parse(encoded);
        } catch (Parameters.Malformed e) {
            throw new Untrusted("bad_authorization", "the parameters are not well-formed");
        }
    }

    private Optional<PushedRequestStore.Pushed> find(String requestUri) {
        return database.query(c -> PushedRequestStore.byHash(c, Tokens.hash(requestUri)));
    }

    /** The scopes that a person is asked about: the usual ones first, then all others. */
    public static List<String> shownScopes(List<String> scopes) {
        return Stream.concat(
                        Claims.SCOPES.stream().filter(scopes::contains),
                        scopes.stream().filter(scope -> !Claims.SCOPES.contains(scope)))
                .toList();
    }
}
