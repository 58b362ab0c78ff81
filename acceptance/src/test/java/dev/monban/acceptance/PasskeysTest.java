package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Passkeys in a browser, with authenticators that the browser makes up. */
class PasskeysTest {

    private static final String PASSWORD = "right-password-";
    private static final int PEOPLE = 8;

    private static Operators operators;
    private static GateProcess gate;
    private static Chromium chromium;
    private static int next;

    @BeforeAll
    static void open() throws IOException {
        operators = new Operators();
        StringBuilder state =
                new StringBuilder("issuer: ISSUER\n")
                        .append(operators.declared())
                        .append("tenants: [{id: yamada, name: 山田保険事務所}]\naccounts:\n");
        for (int i = 0; i < PEOPLE; i++) {
            state.append(
                    "  - {identifier: %s, tenant: yamada, name: 佐藤 結衣, password: {plain: %s%d}}\n"
                            .formatted(person(i), PASSWORD, i));
        }
        gate = GateProcess.start(state.toString(), "--source-rate", "5000", "--argon2", "7168,1");
        chromium = new Chromium();
    }

    @AfterAll
    static void close() {
        chromium.close();
        gate.close();
        operators.close();
    }

    private static String person(int i) {
        return "person" + i + "@yamada.example";
    }

    /** An authenticator in a browser. */
    private record Authenticator(CDPSession cdp, String id) {

        static Authenticator in(Page page, boolean verifies) {
            CDPSession cdp = page.context().newCDPSession(page);
            cdp.send("WebAuthn.enable");
            JsonObject options = new JsonObject();
            options.addProperty("protocol", "ctap2");
            options.addProperty("transport", "internal");
            options.addProperty("hasResidentKey", true);
            options.addProperty("hasUserVerification", true);
            options.addProperty("isUserVerified", verifies);
            options.addProperty("automaticPresenceSimulation", true);
            JsonObject parameters = new JsonObject();
            parameters.add("options", options);
            String id =
                    cdp.send("WebAuthn.addVirtualAuthenticator", parameters)
                            .get("authenticatorId")
                            .getAsString();
            return new Authenticator(cdp, id);
        }

        private JsonObject named() {
            JsonObject parameters = new JsonObject();
            parameters.addProperty("authenticatorId", id);
            return parameters;
        }

        JsonObject credential() {
            return cdp.send("WebAuthn.getCredentials", named())
                    .getAsJsonArray("credentials")
                    .get(0)
                    .getAsJsonObject();
        }

        int count() {
            return cdp.send("WebAuthn.getCredentials", named())
                    .getAsJsonArray("credentials")
                    .size();
        }

        /** Puts a credential in the place of those that there are. */
        void replace(JsonObject credential) {
            cdp.send("WebAuthn.clearCredentials", named());
            JsonObject parameters = named();
            parameters.add("credential", credential);
            cdp.send("WebAuthn.addCredential", parameters);
        }

        void verifies(boolean verifies) {
            JsonObject parameters = named();
            parameters.addProperty("isUserVerified", verifies);
            cdp.send("WebAuthn.setUserVerified", parameters);
        }

        /** Whether it answers without being touched. */
        void answers(boolean answers) {
            JsonObject parameters = named();
            parameters.addProperty("enabled", answers);
            cdp.send("WebAuthn.setAutomaticPresenceSimulation", parameters);
        }
    }

    private static void signIn(Page page, int number) {
        page.navigate(gate.issuer() + "/login");
        page.locator("#identifier").fill(person(number));
        page.locator("#password").fill(PASSWORD + number);
        page.locator("button.primary").click();
        page.waitForURL("**/account");
    }

    private static void addPasskey(Page page) {
        page.locator("a[href='/account/passkey']").click();
        page.locator("button.primary").click();
        page.locator("ol.codes").waitFor();
    }

    private static void signOut(Page page) {
        page.navigate(gate.issuer() + "/account");
        page.locator("form[action='/account/sign-out'] button").click();
        page.waitForURL("**/signed-out");
    }

    @Test
    void aPasskeyIsAddedAndSignsInFromTheFieldOfTheLoginName() throws Exception {
        int number = next++;
        List<String> barriers = new ArrayList<>();
        try (BrowserContext context = chromium.context("ja", 1440, false, true)) {
            Page page = context.newPage();
            Authenticator authenticator = Authenticator.in(page, true);
            signIn(page, number);
            page.locator("a[href='/account/passkey']").click();
            barriers.addAll(Chromium.look(page, "passkey-ja-1440"));
            page.locator("button.primary").click();
            page.locator("ol.codes").waitFor();
            barriers.addAll(Chromium.look(page, "recovery-codes-ja-1440"));
            assertEquals(1, authenticator.count());
            page.locator("a.primary").click();
            page.waitForURL("**/account");
            barriers.addAll(Chromium.look(page, "account-factors-ja-1440"));
            signOut(page);
            // Nobody types anything.
            page.navigate(gate.issuer() + "/login");
            page.waitForURL("**/account");
            assertTrue(page.locator("h1").textContent().contains("佐藤"));
            signOut(page);
            // The password alone is not enough any more.
            authenticator.answers(false);
            page.navigate(gate.issuer() + "/login");
            page.locator("#identifier").fill(person(number));
            page.locator("#password").fill(PASSWORD + number);
            page.locator("button.primary").click();
            page.locator("#code").waitFor();
            barriers.addAll(Chromium.look(page, "code-factor-ja-1440"));
        }
        assertEquals(List.of(), barriers);
    }

    @Test
    void anAppIsAddedOnANarrowDarkScreenInEnglish() throws Exception {
        int number = next++;
        List<String> barriers = new ArrayList<>();
        try (BrowserContext context = chromium.context("en", 390, true, true)) {
            Page page = context.newPage();
            signIn(page, number);
            barriers.addAll(Chromium.look(page, "account-plain-en-390-dark"));
            page.locator("a[href='/account/app']").click();
            barriers.addAll(Chromium.look(page, "app-en-390-dark"));
            page.locator("#code").fill("000000");
            page.locator("button.primary").click();
            page.locator("#wrong").waitFor();
            barriers.addAll(Chromium.look(page, "app-wrong-en-390-dark"));
            page.navigate(gate.issuer() + "/account/password");
            barriers.addAll(Chromium.look(page, "password-en-390-dark"));
            page.locator("#old").fill(PASSWORD + number);
            page.locator("#password").fill("short");
            page.locator("button.primary").click();
            page.locator("#faults").waitFor();
            barriers.addAll(Chromium.look(page, "password-fault-en-390-dark"));
            page.locator("#old").fill(PASSWORD + number);
            page.locator("#password").fill("an umbrella for the rainy season");
            page.locator("button.primary").click();
            page.waitForURL("**/account");
        }
        assertEquals(List.of(), barriers);
    }

    @Test
    void withoutUserVerificationAPasskeySignsNobodyIn() {
        int number = next++;
        try (BrowserContext context = chromium.context("ja", 1440, false, true)) {
            Page page = context.newPage();
            Authenticator authenticator = Authenticator.in(page, true);
            signIn(page, number);
            addPasskey(page);
            signOut(page);
            authenticator.verifies(false);
            page.navigate(gate.issuer() + "/login");
            page.locator("form[data-passkey] button").click();
            page.locator("[data-failed]:visible, #rejected").first().waitFor();
            page.navigate(gate.issuer() + "/account");
            page.waitForURL("**/login");
        }
    }

    @Test
    void aClonedPasskeyIsRefusedAndItsOwnerIsTold() {
        int number = next++;
        try (BrowserContext context = chromium.context("ja", 1440, false, true)) {
            Page page = context.newPage();
            Authenticator authenticator = Authenticator.in(page, true);
            signIn(page, number);
            addPasskey(page);
            JsonObject copy = authenticator.credential();
            signOut(page);
            page.navigate(gate.issuer() + "/login");
            page.waitForURL("**/account");
            signOut(page);
            // The copy still counts from where it was made.
            copy.addProperty("signCount", 0 + copy.get("signCount").getAsInt());
            authenticator.replace(copy);
            page.navigate(gate.issuer() + "/login");
            page.locator("#rejected").waitFor();
            Operators.await(() -> operators.hasMail(person(number), "パスキーを停止しました"));
        }
    }

    /** What was good once is not good again, and a ticket is for one browser's answer. */
    @Test
    void anAnswerIsGoodOnce() {
        int number = next++;
        try (BrowserContext context = chromium.context("ja", 1440, false, true)) {
            Page page = context.newPage();
            Authenticator.in(page, true);
            signIn(page, number);
            addPasskey(page);
            signOut(page);
            List<String> bodies = new ArrayList<>();
            page.onRequest(request -> {
                if (request.url().endsWith("/login/passkey")) {
                    bodies.add(request.postData());
                }
            });
            page.navigate(gate.issuer() + "/login");
            page.waitForURL("**/account");
            signOut(page);
            assertEquals(1, bodies.size());
            // The same again, from the same browser.
            Object status =
                    page.evaluate(
                            "body => fetch('/login/passkey', {method: 'POST', body, redirect: 'manual',"
                                    + " headers: {'Content-Type': 'application/x-www-form-urlencoded'}})"
                                    + ".then(r => r.status)",
                            bodies.getFirst());
            assertEquals(422, status);
        }
    }
}
