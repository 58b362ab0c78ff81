package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Browsers other than Chromium sign in at the demo, over plain http://localhost. */
class OtherBrowsersTest {

    @TempDir private static Path folder;

    private static Demo demo;

    @BeforeAll
    static void open() throws Exception {
        demo = new Demo(folder);
    }

    @AfterAll
    static void close() throws Exception {
        demo.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"firefox", "webkit"})
    void signInAtOneSystemAndAreLetInAtTheOther(String name) throws Exception {
        try (OtherBrowser browser = OtherBrowser.named(name)) {
            browser.open(demo.first() + "/sign-in");
            browser.waitFor(address -> address.contains("/login?"));
            // A passkey is offered where the browser knows them, and only there.
            assertEquals(
                    browser.evaluate(
                            "!!(window.PublicKeyCredential"
                                    + " && PublicKeyCredential.parseRequestOptionsFromJSON)"),
                    browser.evaluate("!document.querySelector('form[data-passkey]').hidden"));
            browser.fill("#identifier", demo.identifier());
            browser.fill("#password", demo.password());
            browser.click("form:has(#password) button.primary");
            browser.waitFor((demo.first() + "/")::equals);
            assertTrue(browser.evaluate("document.body.innerText").contains("佐藤 結衣"), name);

            // No second password: straight through the gate.
            browser.open(demo.second() + "/sign-in");
            browser.waitFor((demo.second() + "/")::equals);
            assertTrue(browser.evaluate("document.body.innerText").contains("佐藤 結衣"), name);
        }
    }
}
