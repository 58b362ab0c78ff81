package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Browsers that come from another site, and go on to another: real ones, with their rules. */
class OtherSitesTest {

    private static final String SATO = "sato@yamada.example";
    private static final String ITO = "ito@tanaka.example";
    private static final String PASSWORD = "hana-to-mizu-7";
    private static final String SECRET = "a-secret-for-the-tests";

    private static HoppingClient client;
    private static OtherProvider provider;
    private static GateProcess gate;
    private static Chromium chromium;

    @BeforeAll
    static void open() throws IOException {
        client = new HoppingClient();
        provider = new OtherProvider();
        chromium = new Chromium();
        gate =
                GateProcess.start(
                        """
                        issuer: ISSUER
                        outgoing: {allow: [localhost, 127.0.0.1]}
                        tenants:
                          - {id: yamada, name: 山田保険事務所}
                          - {id: tanaka, name: 田中保険, identityProvider: PROVIDER}
                        accounts:
                          - {identifier: SATO, tenant: yamada, name: 佐藤 結衣, password: {plain: PASSWORD}}
                          - {identifier: ITO, tenant: tanaka, name: 伊藤 誠, password: {plain: PASSWORD}}
                        clients:
                          - id: crm
                            name: 顧客管理
                            redirectUris: ["CALLBACK"]
                            postLogoutRedirectUris: ["BYE"]
                            secret: {plain: SECRET}
                            grants: [authorization_code]
                            scopes: [openid, profile]
                          - id: partner
                            name: 外部パートナー
                            thirdParty: true
                            redirectUris: ["CALLBACK"]
                            postLogoutRedirectUris: ["BYE"]
                            secret: {plain: SECRET}
                            grants: [authorization_code]
                            scopes: [openid, profile]
                        """
                                .replace("PROVIDER", provider.declared("tanaka.example"))
                                .replace("CALLBACK", client.callback())
                                .replace("BYE", client.signedOut())
                                .replace("SATO", SATO)
                                .replace("ITO", ITO)
                                .replace("PASSWORD", PASSWORD)
                                .replace("SECRET", SECRET),
                        "--source-rate",
                        "5000",
                        "--argon2",
                        "7168,1");
    }

    @AfterAll
    static void close() {
        gate.close();
        chromium.close();
        provider.close();
        client.close();
    }

    /** Chromium holds every redirect after a form to the form-action of the form's page. */
    @ParameterizedTest(name = "{0}, {1}, script {2}")
    @CsvSource({
        "crm, query, true",
        "crm, query, false",
        "crm, form_post, true",
        "partner, query, true",
        "partner, form_post, true"
    })
    void aSignInArrivesWhereTheCallbackLeadsOn(String id, String mode, boolean script)
            throws InterruptedException {
        try (BrowserContext context = chromium.context("ja", 1440, false, script)) {
            Page page = context.newPage();
            page.navigate(
                    authorize(
                            id,
                            "response_mode",
                            mode,
                            "prompt",
                            id.equals("partner") ? "consent" : ""));
            signIn(page, SATO);
            if (id.equals("partner")) {
                page.waitForURL("**/authorize/consent**");
                page.locator("button[value=allow]").click();
            }
            arrives(page);
            assertCode(client.answer());
        }
    }

    @Test
    void whoSaysNoArrivesToo() throws InterruptedException {
        try (BrowserContext context = chromium.context("en", 1440, false, true)) {
            Page page = context.newPage();
            page.navigate(authorize("partner", "prompt", "consent"));
            signIn(page, SATO);
            page.waitForURL("**/authorize/consent**");
            page.locator("button[value=deny]").click();
            arrives(page);
            assertEquals("access_denied", parameter(client.answer(), "error"));

            page.navigate(authorize("crm", "prompt", "login"));
            page.locator("form.cancel button").click();
            arrives(page);
            String answer = client.answer();
            assertEquals("access_denied", parameter(answer, "error"));
            assertEquals("the-state", parameter(answer, "state"));
        }
    }

    @Test
    void aSignInAtAnOrganisationsOwnProviderArrives() throws InterruptedException {
        provider.knows("subject-of-ito", ITO, true);
        try (BrowserContext context = chromium.context("ja", 1440, false, true)) {
            Page page = context.newPage();
            page.navigate(authorize("crm"));
            page.locator("a[href^='/login/organisation']").click();
            page.locator("#identifier").fill(ITO);
            page.locator("button.primary").click();
            page.locator("a.button.primary").click();
            arrives(page);
            assertCode(client.answer());
        }
    }

    /** With a POST from another site browsers send no cookies; the session counts all the same. */
    @ParameterizedTest
    @CsvSource({"query", "form_post"})
    void aRequestByPostFromAnotherSiteFindsTheSession(String mode) throws InterruptedException {
        try (BrowserContext context = chromium.context("ja", 1440, false, true)) {
            Page page = context.newPage();
            page.navigate(
                    client.form(
                            gate.issuer() + "/authorize", request("crm", "response_mode", mode)));
            signIn(page, SATO);
            arrives(page);
            assertCode(client.answer());

            page.navigate(
                    client.form(
                            gate.issuer() + "/authorize", request("crm", "response_mode", mode)));
            arrives(page);
            assertCode(client.answer());
        }
    }

    @ParameterizedTest(name = "state of {0} characters")
    @CsvSource({"9", "4096"})
    void signingOutByPostFromAnotherSiteEndsTheSession(int stateCharacters) throws Exception {
        try (BrowserContext context = chromium.context("ja", 1440, false, true)) {
            Page page = context.newPage();
            page.navigate(authorize("crm"));
            signIn(page, SATO);
            arrives(page);
            String idToken = idToken(client.answer());
            Map<String, String> logout = new LinkedHashMap<>();
            logout.put("id_token_hint", idToken);
            logout.put("post_logout_redirect_uri", client.signedOut());
            logout.put("state", SizesTest.state(stateCharacters));
            page.navigate(client.form(gate.issuer() + "/logout", logout));
            arrives(page);
            page.navigate(gate.issuer() + "/account");
            assertTrue(page.url().contains("/login"), "the session lives: " + page.url());
        }
    }

    @Test
    void signingOutByPostWithoutAHintAsksThePersonFirst() {
        try (BrowserContext context = chromium.context("ja", 1440, false, true)) {
            Page page = context.newPage();
            page.navigate(gate.issuer() + "/login");
            signIn(page, SATO);
            page.waitForURL("**/account");
            Map<String, String> logout = new LinkedHashMap<>();
            logout.put("client_id", "crm");
            logout.put("post_logout_redirect_uri", client.signedOut());
            page.navigate(client.form(gate.issuer() + "/logout", logout));
            page.waitForURL("**/logout?request=**");
            page.locator("button.primary").click();
            arrives(page);
            page.navigate(gate.issuer() + "/account");
            assertTrue(page.url().contains("/login"), page.url());
        }
    }

    /** A new cookie would take the place of the one that the open page depends on. */
    @ParameterizedTest
    @CsvSource({"/login", "/logout", "/authorize", "/authorize/consent", "/account/sign-out"})
    void aPostFromAnotherSiteDoesNotSpoilAnOpenPage(String path) {
        try (BrowserContext context = chromium.context("en", 1440, false, true)) {
            Page open = context.newPage();
            open.navigate(gate.issuer() + "/login");
            Page other = context.newPage();
            other.navigate(client.form(gate.issuer() + path, request("crm", "client_id", "none")));
            other.waitForURL(gate.issuer() + "/**");
            signIn(open, SATO);
            open.waitForURL("**/account");
            assertFalse(open.content().contains("role=\"alert\""));
        }
    }

    @Test
    void aSecondTabThatIsSignedInMeanwhileGoesOn() throws InterruptedException {
        try (BrowserContext context = chromium.context("ja", 1440, false, true)) {
            Page first = context.newPage();
            first.navigate(authorize("crm", "state", "first"));
            Page second = context.newPage();
            second.navigate(authorize("crm", "state", "second"));
            Page third = context.newPage();
            third.navigate(authorize("crm", "state", "third"));
            signIn(first, SATO);
            arrives(first);
            assertEquals("first", parameter(client.answer(), "state"));
            second.reload();
            arrives(second);
            String answer = client.answer();
            assertCode(answer);
            assertEquals("second", parameter(answer, "state"));
            signIn(third, SATO);
            arrives(third);
            assertEquals("third", parameter(client.answer(), "state"));

            // Whoever is asked for a fresh proof, or wants another account, still meets the form.
            second.navigate(authorize("crm", "prompt", "login"));
            assertTrue(second.locator("#password").isVisible());
            second.navigate(authorize("crm", "prompt", "select_account"));
            second.locator("button[value=other]").click();
            second.locator("#password").waitFor();
        }
    }

    private static Map<String, String> request(String id, String... changes) {
        Map<String, String> request = new Party(gate, id).request(changes);
        request.put("redirect_uri", client.callback());
        request.put("scope", "openid profile");
        return request;
    }

    private static String authorize(String id, String... changes) {
        return gate.issuer() + Party.path(request(id, changes));
    }

    private static void signIn(Page page, String name) {
        page.locator("#identifier").fill(name);
        page.locator("#password").fill(PASSWORD);
        page.locator("form:has(#password) button.primary").click();
    }

    private static void arrives(Page page) {
        page.waitForURL(client.customer());
        assertEquals("arrived", page.locator("h1").textContent());
    }

    private static void assertCode(String answer) {
        assertTrue(parameter(answer, "code").startsWith("mnb_ac_"), answer);
    }

    private static String parameter(String answer, String name) {
        return Visitor.parameter(answer, name).orElseThrow(() -> new AssertionError(answer));
    }

    private static String idToken(String answer) throws java.text.ParseException {
        Map<String, Object> tokens =
                Party.json(
                        new Party(gate, "crm")
                                .redeem(
                                        parameter(answer, "code"),
                                        "redirect_uri",
                                        client.callback()));
        return SignedJWT.parse(String.valueOf(tokens.get("id_token"))).serialize();
    }
}
