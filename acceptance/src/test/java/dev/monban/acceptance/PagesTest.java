package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** People at their browsers: in both languages, narrow and wide, light and dark, without script. */
class PagesTest {

    private static final Chromium CHROMIUM = new Chromium();

    private final GateProcess gate = House.gate();
    private final Party crm = new Party(gate, "crm");
    private final Party partner = new Party(gate, "partner");
    private final List<String> barriers = new ArrayList<>();

    @BeforeAll
    static void theCatalogueIsThere() {
        assertFalse(words("ja").isEmpty());
    }

    @AfterAll
    static void close() throws IOException {
        CHROMIUM.close();
        Chromium.writeContactSheet();
    }

    @ParameterizedTest(name = "{0}, {1} px, dark {2}, script {3}")
    @CsvSource({
        "ja, 390, false, true",
        "ja, 1440, true, true",
        "en, 390, true, true",
        "en, 1440, false, true",
        "ja, 320, false, false"
    })
    void aPersonSignsInAgreesLooksAtTheirSessionsAndSignsOut(
            String language, int width, boolean dark, boolean script) {
        Properties words = words(language);
        String name = language + "-" + width + (dark ? "-dark" : "") + (script ? "" : "-plain");
        try (BrowserContext context = CHROMIUM.context(language, width, dark, script)) {
            Page page = context.newPage();
            context.route(House.HOME + "**", PagesTest::arrive);
            page.navigate(
                    gate.issuer()
                            + Party.path(
                                    partner.request(
                                            "prompt",
                                            "consent",
                                            "scope",
                                            "openid profile email offline_access")));
            look(page, "login-" + name, script);
            assertEquals(language, page.locator("html").getAttribute("lang"));

            fill(page, words, House.SATO, "not-the-password");
            button(page, words, "login.submit").click();
            page.getByRole(AriaRole.ALERT).waitFor();
            assertEquals(House.SATO, label(page, words, "login.identifier").inputValue());
            assertEquals("", page.locator("#password").inputValue());
            look(page, "login-rejected-" + name, script);

            fill(page, words, House.SATO, House.SATO_PASSWORD);
            button(page, words, "login.submit").click();
            page.waitForURL("**/authorize/consent**");
            look(page, "consent-" + name, script);
            assertTrue(page.content().contains("外部パートナー"));
            String answer = leaving(page, () -> button(page, words, "consent.allow").click());
            assertTrue(Visitor.parameter(answer, "code").isPresent(), answer);

            page.navigate(gate.issuer() + "/account");
            look(page, "account-" + name, script);
            assertTrue(page.content().contains(words.getProperty("account.current")));
            Visitor elsewhere = new Visitor(gate);
            elsewhere.signIn("/login", House.SATO, House.SATO_PASSWORD);
            page.reload();
            button(page, words, "account.session.end").first().click();
            page.waitForURL("**/account");
            button(page, words, "account.signout").click();
            page.waitForURL("**/signed-out");
            look(page, "signed-out-" + name, script);
            page.navigate(gate.issuer() + "/account");
            assertTrue(page.url().endsWith("/login"), page.url());
        }
        assertEquals(List.of(), barriers);
    }

    /** Before anything is sent, and from the keys alone: nobody learns a thing about a password. */
    @ParameterizedTest
    @CsvSource({"ja, 390", "en, 1440"})
    void whatOftenGoesWrongWithAPasswordIsSaidWhileItIsTyped(String language, int width) {
        Properties words = words(language);
        try (BrowserContext context = CHROMIUM.context(language, width, false, true)) {
            Page page = context.newPage();
            page.navigate(gate.issuer() + "/login");
            String press =
                    "(field, on) => field.dispatchEvent(new KeyboardEvent('keydown',"
                            + " {key: 'A', modifierCapsLock: on, bubbles: true}))";
            page.locator("#password").evaluate(press, true);
            warned(page, words.getProperty("password.caps"));
            look(page, "login-caps-" + language + "-" + width, true);
            page.locator("#password").evaluate(press, false);
            assertTrue(page.locator(".warning").isHidden());
            page.locator("#password").fill("はなとみず");
            warned(page, words.getProperty("password.wide"));
            page.locator("#password").fill("hana-to-mizu ");
            warned(page, words.getProperty("password.space"));
            page.locator("#password").fill("hana-to-mizu");
            assertTrue(page.locator(".warning").isHidden());
        }
        assertEquals(List.of(), barriers);
    }

    private static void warned(Page page, String words) {
        page.locator(".warning").waitFor();
        assertEquals(words, page.locator(".warning").textContent());
    }

    @ParameterizedTest
    @CsvSource({"ja, 390", "en, 1440"})
    void thePagesThatFewSee(String language, int width) {
        Properties words = words(language);
        String name = language + "-" + width;
        try (BrowserContext context = CHROMIUM.context(language, width, false, true)) {
            Page page = context.newPage();
            context.route(House.HOME + "**", PagesTest::arrive);
            page.navigate(gate.issuer() + "/authorize?client_id=nobody");
            look(page, "problem-client-" + name, true);
            page.navigate(
                    gate.issuer()
                            + Party.path(crm.request("redirect_uri", "https://evil.example/")));
            look(page, "problem-redirect-" + name, true);

            Map<String, Object> device = device();
            page.navigate(String.valueOf(device.get("verification_uri_complete")));
            fill(page, words, House.JONES, House.JONES_PASSWORD);
            button(page, words, "login.submit").click();
            page.waitForURL("**/device?user_code=**");
            look(page, "device-confirm-" + name, true);
            button(page, words, "device.allow").click();
            page.getByText(
                            words.getProperty("device.allowed"),
                            new Page.GetByTextOptions().setExact(true))
                    .waitFor();
            look(page, "device-allowed-" + name, true);
            page.navigate(gate.issuer() + "/device");
            label(page, words, "device.code").fill("XXXX-XXXX");
            button(page, words, "device.next").click();
            page.getByRole(AriaRole.ALERT).waitFor();
            look(page, "device-unknown-" + name, true);

            page.navigate(gate.issuer() + Party.path(crm.request("prompt", "select_account")));
            look(page, "choose-account-" + name, true);
            assertTrue(page.content().contains("Megan Jones"));
            page.navigate(gate.issuer() + "/logout?client_id=crm");
            look(page, "logout-" + name, true);
            button(page, words, "logout.do").click();
            page.waitForURL("**/signed-out");

            page.navigate(gate.issuer() + "/login");
            fill(page, words, "long@sakura.example", "a-long-name-9");
            button(page, words, "login.submit").click();
            page.waitForURL("**/account");
            look(page, "account-long-" + name, true);
            assertTrue(
                    (Boolean)
                            page.evaluate(
                                    "document.documentElement.scrollWidth <= window.innerWidth"),
                    "the page is wider than the window");
        }
        assertEquals(List.of(), barriers);
    }

    @Test
    void anAnswerByFormGoesThroughWithAndWithoutScript() {
        for (boolean script : new boolean[] {true, false}) {
            try (BrowserContext context = CHROMIUM.context("ja", 390, false, script)) {
                Page page = context.newPage();
                String[] body = new String[1];
                context.route(
                        House.HOME + "**",
                        route -> {
                            body[0] = route.request().postData();
                            route.fulfill(new Route.FulfillOptions().setBody("done"));
                        });
                Properties words = words("ja");
                page.navigate(
                        gate.issuer() + Party.path(crm.request("response_mode", "form_post")));
                fill(page, words, House.SATO, House.SATO_PASSWORD);
                button(page, words, "login.submit").click();
                if (!script) {
                    look(page, "form-post-plain", false);
                    button(page, words, "formpost.go").click();
                }
                page.waitForURL(House.CALLBACK);
                assertTrue(body[0].contains("code=mnb_ac_"), body[0]);
                assertTrue(body[0].contains("state=the-state"), body[0]);
            }
        }
        assertEquals(List.of(), barriers);
    }

    @Test
    void aPersonCanSeeWhatTheyTypeAndChangeTheLanguage() {
        try (BrowserContext context = CHROMIUM.context("ja", 390, false, true)) {
            Page page = context.newPage();
            page.navigate(gate.issuer() + "/login");
            page.locator("#password").fill("secret");
            button(page, words("ja"), "login.show").click();
            assertEquals("text", page.locator("#password").getAttribute("type"));
            button(page, words("ja"), "login.hide").click();
            assertEquals("password", page.locator("#password").getAttribute("type"));
            page.getByText("English").click();
            assertEquals("en", page.locator("html").getAttribute("lang"));
            page.navigate(gate.issuer() + "/login");
            assertEquals("en", page.locator("html").getAttribute("lang"), "it is remembered");
        }
    }

    private void look(Page page, String name, boolean script) {
        if (script) {
            barriers.addAll(Chromium.look(page, name).stream().map(b -> name + ": " + b).toList());
        } else {
            page.screenshot(
                    new Page.ScreenshotOptions()
                            .setFullPage(true)
                            .setPath(
                                    GateProcess.repository()
                                            .resolve("acceptance/screenshots/" + name + ".png")));
        }
    }

    private Map<String, Object> device() {
        return Party.json(
                new Visitor(gate)
                        .post(
                                "/device_authorization",
                                Map.of(
                                        "client_id",
                                        "tv",
                                        "scope",
                                        "openid profile offline_access")));
    }

    /** What the relying party shows. */
    private static void arrive(Route route) {
        route.fulfill(new Route.FulfillOptions().setBody("arrived"));
    }

    /** Does what leads the browser away, and gives the address that it leads to. */
    private static String leaving(Page page, Runnable act) {
        String address =
                page.waitForRequest(request -> request.url().startsWith(House.CALLBACK), act).url();
        page.getByText("arrived").waitFor();
        return address;
    }

    private static void fill(Page page, Properties words, String identifier, String password) {
        label(page, words, "login.identifier").fill(identifier);
        page.locator("#password").fill(password);
    }

    private static com.microsoft.playwright.Locator label(Page page, Properties words, String key) {
        return page.getByLabel(words.getProperty(key), new Page.GetByLabelOptions().setExact(true));
    }

    private static com.microsoft.playwright.Locator button(
            Page page, Properties words, String key) {
        return page.getByRole(
                AriaRole.BUTTON,
                new Page.GetByRoleOptions().setName(words.getProperty(key)).setExact(true));
    }

    @ParameterizedTest(name = "{0}, {1} px, dark {2}, script {3}")
    @CsvSource({"ja, 390, false, true", "en, 1440, true, true", "ja, 320, true, false"})
    void aPersonWhoForgotThePasswordIsLed(
            String language, int width, boolean dark, boolean script) {
        String name = language + "-" + width + (dark ? "-dark" : "") + (script ? "" : "-plain");
        try (BrowserContext context = CHROMIUM.context(language, width, dark, script)) {
            Page page = context.newPage();
            page.navigate(gate.issuer() + "/login");
            page.locator(".forgotten a[href^='/reset']").click();
            page.locator("#identifier").waitFor();
            look(page, "reset-" + name, script);
            page.locator("#identifier").fill("nobody@yamada.example");
            page.locator("button.primary").click();
            page.locator("#code").waitFor();
            look(page, "reset-code-" + name, script);
            page.locator("#code").fill("12345678");
            page.locator("button.primary").click();
            page.locator("#wrong").waitFor();
            look(page, "reset-wrong-" + name, script);
        }
        assertEquals(List.of(), barriers);
    }

    @ParameterizedTest(name = "{0}, {1} px, dark {2}, script {3}")
    @CsvSource({"ja, 390, false, true", "en, 1440, true, true", "ja, 320, true, false"})
    void whoeverTypesAWrongAddressIsLedOn(
            String language, int width, boolean dark, boolean script) {
        Properties words = words(language);
        String name = language + "-" + width + (dark ? "-dark" : "") + (script ? "" : "-plain");
        try (BrowserContext context = CHROMIUM.context(language, width, dark, script)) {
            Page page = context.newPage();
            for (String address :
                    List.of(
                            "/no-such-page?secret=in-the-address",
                            "/login/code",
                            "/login?request=" + "y".repeat(17_000))) {
                page.navigate(gate.issuer() + address);
                look(page, "unknown-address-" + name, script);
                assertEquals(language, page.locator("html").getAttribute("lang"));
                assertFalse(page.content().contains("in-the-address"), page.content());
                page.locator("footer a").click();
                assertFalse(language.equals(page.locator("html").getAttribute("lang")), page.url());
                page.locator("footer a").click();
                assertEquals(language, page.locator("html").getAttribute("lang"));
            }
            page.navigate(gate.issuer() + "/no-such-page");
            assertTrue(
                    page.locator("h1")
                            .innerText()
                            .contains(words.getProperty("problem.not_found.title")));
            page.locator("a.button.primary").click();
            page.locator("#identifier").waitFor();
        }
        assertEquals(List.of(), barriers);
    }

    private static Properties words(String language) {
        Properties words = new Properties();
        var file =
                GateProcess.repository()
                        .resolve("server/src/main/resources/texts/" + language + ".properties");
        try (var reader = java.nio.file.Files.newBufferedReader(file)) {
            words.load(reader);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return words;
    }
}
