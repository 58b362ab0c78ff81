package dev.monban.core.authorize;

import dev.monban.core.authorize.NextStep.Refusal;
import dev.monban.core.authorize.NextStep.Why;
import dev.monban.core.factor.AssuranceLevel;
import dev.monban.core.factor.LevelNeed;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an authorization request needs next. Total and pure: the same facts give the same
 * step. It is asked again after each page, so that no page needs to know which one follows.
 */
public final class Authorization {

    private Authorization() {}

    /**
     * @param signedIn who is signed in on this browser; {@code null} for nobody
     */
    public static NextStep next(Ask ask, @Nullable SignedIn signedIn, Instant now) {
        boolean silent = ask.asks(Prompt.NONE);

        // OpenID Connect Core 1.0, 3.1.2.1: none together with any other value is an error.
        if (silent && ask.prompts().size() > 1) {
            return new NextStep.Refuse(Refusal.INVALID_REQUEST);
        }
        // 3.1.2.3: without an authenticated person, authenticate; with prompt=none, an error.
        if (signedIn == null) {
            return signInOrRefuse(silent, Why.NOT_SIGNED_IN);
        }
        boolean signedInForThis = !signedIn.authenticatedAt().isBefore(ask.askedAt());
        // 3.1.2.1 prompt=login: authenticate again, even when a session stands.
        if (ask.asks(Prompt.LOGIN) && !signedInForThis) {
            return new NextStep.SignIn(Why.CLIENT_ASKS_AGAIN);
        }
        // 3.1.2.1 max_age: a proof older than this is not enough. One made for this very request
        // is, or max_age=0 would ask for ever.
        if (!signedInForThis && isTooOld(ask.maxAge(), signedIn.authenticatedAt(), now)) {
            return signInOrRefuse(silent, Why.TOO_LONG_AGO);
        }
        // 3.1.2.1 id_token_hint and 5.5.1 sub: nobody else may answer. Whoever has signed in for
        // this request as somebody else gets no second form.
        if (ask.subject() != null && !ask.subject().equals(signedIn.subject())) {
            return signInOrRefuse(silent || signedInForThis, Why.OTHER_ACCOUNT_ASKED);
        }
        // 3.1.2.1 prompt=select_account. Typing an account's name and password chooses it too.
        if (ask.asks(Prompt.SELECT_ACCOUNT) && !ask.accountChosen() && !signedInForThis) {
            return new NextStep.ChooseAccount();
        }
        // 5.5.1.1: an essential acr that cannot be met is a failed authentication.
        if (!ask.essentialLevels().isEmpty() && !meetsAny(signedIn.level(), ask)) {
            return meetsAny(signedIn.reachable(), ask) && !silent
                    ? new NextStep.SignIn(Why.STRONGER_PROOF_ASKED)
                    : new NextStep.Refuse(Refusal.UNMET_AUTHENTICATION_REQUIREMENTS);
        }
        // What the person's organisation wants, whatever the client asks for.
        Optional<NextStep> wanted = wanted(signedIn.need(), silent, signedInForThis && !ask.told());
        if (wanted.isPresent()) {
            return wanted.get();
        }
        // 3.1.2.4: the person's consent, unless it was given before or the client is the
        // operator's own; 11: the same holds for offline_access.
        boolean agreed = signedIn.consentedScopes().containsAll(ask.scopes());
        boolean consentOpen = ask.asks(Prompt.CONSENT) || (ask.consentNeeded() && !agreed);
        if (consentOpen && !ask.consentGiven()) {
            return silent
                    ? new NextStep.Refuse(Refusal.CONSENT_REQUIRED)
                    : new NextStep.AskConsent();
        }
        return new NextStep.Grant();
    }

    /**
     * @param unseen whether the person has just signed in and was told nothing yet
     */
    private static Optional<NextStep> wanted(LevelNeed need, boolean silent, boolean unseen) {
        return switch (need) {
            case LevelNeed.Met() -> Optional.empty();
            case LevelNeed.StepUp(var level) ->
                    Optional.of(signInOrRefuse(silent, Why.ORGANISATION_ASKS));
            case LevelNeed.Enrol(var level) ->
                    Optional.of(
                            silent
                                    ? new NextStep.Refuse(Refusal.INTERACTION_REQUIRED)
                                    : new NextStep.Enrol(level));
            case LevelNeed.Announced(var level, var from) ->
                    unseen && !silent
                            ? Optional.of(new NextStep.Announce(level, from))
                            : Optional.empty();
        };
    }

    private static NextStep signInOrRefuse(boolean refuse, Why why) {
        return refuse ? new NextStep.Refuse(Refusal.LOGIN_REQUIRED) : new NextStep.SignIn(why);
    }

    private static boolean isTooOld(@Nullable Duration maxAge, Instant since, Instant now) {
        return maxAge != null && Duration.between(since, now).compareTo(maxAge) > 0;
    }

    private static boolean meetsAny(AssuranceLevel level, Ask ask) {
        return ask.essentialLevels().stream().anyMatch(level::satisfies);
    }
}
