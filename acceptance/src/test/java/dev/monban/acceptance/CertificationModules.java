package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.stream.Stream;

/**
 * What each module of the certification plan "Basic OP" demands, and how {@link CertificationTest}
 * plays it.
 */
final class CertificationModules {

    private CertificationModules() {}

    @FunctionalInterface
    interface Play {
        void of(CertificationTest test) throws Exception;
    }

    /** A module, in one line what it demands, and how it is played. */
    record Module(String name, String demand, Play play) {
        @Override
        public String toString() {
            return name + ": " + demand;
        }
    }

    static Stream<Module> all() {
        return Stream.of(
                new Module(
                        "oidcc-server",
                        "a sign-in gives a sound ID token by RS256, and userinfo for the same subject",
                        CertificationTest::server),
                new Module(
                        "oidcc-response-type-missing",
                        "a request without response_type is an error",
                        t -> t.refused("invalid_request", "response_type", "")),
                new Module(
                        "oidcc-userinfo-get",
                        "userinfo by GET with the token in the header",
                        t -> t.userInfo("GET", true)),
                new Module(
                        "oidcc-userinfo-post-header",
                        "userinfo by POST with the token in the header",
                        t -> t.userInfo("POST", true)),
                new Module(
                        "oidcc-userinfo-post-body",
                        "userinfo by POST with the token in the form",
                        t -> t.userInfo("POST", false)),
                new Module(
                        "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
                        "no nonce is needed, and then none is in the ID token",
                        t ->
                                assertNull(
                                        t.signIn(new Visitor(t.gate), "nonce", "")
                                                .claims()
                                                .getClaim("nonce"))),
                new Module(
                        "oidcc-scope-profile",
                        "the claims of profile that are known come",
                        t ->
                                t.scope(
                                        "openid profile",
                                        "name given_name family_name preferred_username zoneinfo"
                                                + " locale updated_at")),
                new Module(
                        "oidcc-scope-email",
                        "the claims of email come",
                        t -> t.scope("openid email", "email email_verified")),
                new Module(
                        "oidcc-scope-address",
                        "not offered: scopes_supported lacks it, and a request for it signs in",
                        t -> t.scopeThatIsNotOffered("address")),
                new Module(
                        "oidcc-scope-phone",
                        "not offered: scopes_supported lacks it, and a request for it signs in",
                        t -> t.scopeThatIsNotOffered("phone")),
                new Module(
                        "oidcc-scope-all",
                        "all scopes that are offered together",
                        t ->
                                t.scope(
                                        "openid profile email address phone",
                                        "name given_name family_name zoneinfo email")),
                new Module(
                        "oidcc-alternate-happy-flow",
                        "the order of scopes and parameters does not matter",
                        CertificationTest::otherOrder),
                new Module(
                        "oidcc-display-page",
                        "display=page shows the form",
                        t -> t.signIn(new Visitor(t.gate), "display", "page")),
                new Module(
                        "oidcc-display-popup",
                        "display=popup shows the form",
                        t -> t.signIn(new Visitor(t.gate), "display", "popup")),
                new Module(
                        "oidcc-prompt-login",
                        "prompt=login asks again, and auth_time is a later one",
                        t -> t.asksAgain("prompt", "login")),
                new Module(
                        "oidcc-prompt-none-not-logged-in",
                        "prompt=none is login_required without a session",
                        t -> t.refused("login_required", "prompt", "none")),
                new Module(
                        "oidcc-prompt-none-logged-in",
                        "prompt=none goes through with one, for the same sign-in",
                        t -> t.goesOn("prompt", "none")),
                new Module(
                        "oidcc-max-age-1",
                        "max_age=1 asks again after more than a second",
                        t -> t.asksAgain("max_age", "1")),
                new Module(
                        "oidcc-max-age-10000",
                        "max_age=10000 does not ask again, and auth_time is there",
                        t -> t.goesOn("max_age", "10000")),
                new Module(
                        "oidcc-ensure-request-with-unknown-parameter-succeeds",
                        "an unknown parameter is ignored",
                        t -> t.signIn(new Visitor(t.gate), "extra", "foobar")),
                new Module(
                        "oidcc-id-token-hint",
                        "id_token_hint with prompt=none goes through for its subject",
                        CertificationTest::idTokenHint),
                new Module(
                        "oidcc-login-hint",
                        "login_hint is taken, and stands in the form",
                        t ->
                                t.formHolds(
                                        "value=\"bob@example.com\"",
                                        "login_hint",
                                        "bob@example.com")),
                new Module(
                        "oidcc-ui-locales",
                        "ui_locales is taken, known or not",
                        CertificationTest::uiLocales),
                new Module(
                        "oidcc-claims-locales",
                        "claims_locales is taken",
                        t -> t.signIn(new Visitor(t.gate), "claims_locales", "se")),
                new Module(
                        "oidcc-ensure-request-with-acr-values-succeeds",
                        "acr_values is taken, and acr is one of them",
                        t ->
                                assertEquals(
                                        "aal1",
                                        t.signIn(new Visitor(t.gate), "acr_values", "aal1 aal2")
                                                .claims()
                                                .getClaim("acr"))),
                new Module(
                        "oidcc-codereuse",
                        "a code that comes twice is invalid_grant",
                        CertificationTest::codeReuse),
                new Module(
                        "oidcc-codereuse-30seconds",
                        "and the access token of its first use is revoked",
                        CertificationTest::codeReuse),
                new Module(
                        "oidcc-ensure-registered-redirect-uri",
                        "an unregistered redirect_uri is a page of our own",
                        t -> t.ownPage("redirect_uri", House.CALLBACK + "/unregistered")),
                new Module(
                        "oidcc-ensure-post-request-succeeds",
                        "an authorization request by POST signs in",
                        CertificationTest::byPost),
                new Module(
                        "oidcc-server-client-secret-post",
                        "the secret in the form is taken",
                        CertificationTest::secretInTheForm),
                new Module(
                        "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
                        "an unsigned request object is request_not_supported",
                        CertificationTest::requestObject),
                new Module(
                        "oidcc-claims-essential",
                        "a claim asked for by name comes though no scope covers it",
                        CertificationTest::claimsEssential),
                new Module(
                        "oidcc-ensure-request-object-with-redirect-uri",
                        "no answer goes to an address that only one of both registers",
                        CertificationTest::requestObjectWithAddress),
                new Module(
                        "oidcc-refresh-token",
                        "a refresh gives an ID token of the same sign-in, to its client alone",
                        CertificationTest::refreshToken),
                new Module(
                        "oidcc-ensure-request-with-valid-pkce-succeeds",
                        "PKCE with S256 is taken and held to",
                        CertificationTest::validPkce));
    }
}
