package dev.monban.core.authorize;

import dev.monban.core.factor.AssuranceLevel;
import java.time.Instant;
import java.util.Locale;

/** What an authorization request needs next. There is no other answer than these. */
public sealed interface NextStep {

    /** Show the sign-in form. */
    record SignIn(Why why) implements NextStep {}

    /** Show who is signed in, and let the person go on as that account or take another. */
    record ChooseAccount() implements NextStep {}

    /** Have the person add a factor without which their organisation lets nobody in. */
    record Enrol(AssuranceLevel level) implements NextStep {}

    /** Tell the person that their organisation will want a factor that they do not have. */
    record Announce(AssuranceLevel level, Instant from) implements NextStep {}

    /** Ask the person whether the client may have what it asks for. */
    record AskConsent() implements NextStep {}

    /** Give the client its code. */
    record Grant() implements NextStep {}

    /** Tell the client no, at its redirect address. */
    record Refuse(Refusal refusal) implements NextStep {}

    /** Why a person has to sign in: the form says it. */
    enum Why {
        NOT_SIGNED_IN,
        CLIENT_ASKS_AGAIN,
        TOO_LONG_AGO,
        OTHER_ACCOUNT_ASKED,
        STRONGER_PROOF_ASKED,
        ORGANISATION_ASKS;

        /** The name in addresses and in the catalogue of texts. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The error codes of OpenID Connect Core 1.0, section 3.1.2.6, that this decision may give. */
    enum Refusal {
        INVALID_REQUEST("invalid_request"),
        LOGIN_REQUIRED("login_required"),
        CONSENT_REQUIRED("consent_required"),
        INTERACTION_REQUIRED("interaction_required"),
        /** OpenID Connect Core Error Code unmet_authentication_requirements 1.0, section 2. */
        UNMET_AUTHENTICATION_REQUIREMENTS("unmet_authentication_requirements");

        private final String code;

        Refusal(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }
    }
}
