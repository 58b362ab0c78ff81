package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first minute of a newcomer. */
class DemoTest {

    @TempDir private Path folder = Path.of("");

    @Test
    void signsInAtOneSystemAndIsLetInAtTheOther() throws Exception {
        try (Demo demo = new Demo(folder);
                Chromium chromium = new Chromium();
                BrowserContext context = chromium.context("ja", 1440, false, true)) {
            String crm = demo.first();
            String policies = demo.second();
            assertTrue(demo.said().contains(crm) && demo.said().contains(policies), demo.said());

            Page page = context.newPage();
            page.navigate(crm);
            page.locator("a[href='/sign-in']").click();
            page.locator("#identifier").fill(demo.identifier());
            page.locator("#password").fill(demo.password());
            Chromium.look(page, "demo-login");
            page.locator("button.primary").click();
            page.waitForURL(crm + "/");
            Chromium.look(page, "demo-system");
            assertTrue(page.content().contains("佐藤 結衣"), page.content());

            // No second password: straight through the gate.
            page.navigate(policies + "/sign-in");
            page.waitForURL(policies + "/");
            assertTrue(page.content().contains("佐藤 結衣"), page.content());

            // Signing out here signs out there, by the back channel.
            page.locator("a[href='/sign-out']").click();
            page.waitForURL(url -> !url.contains("/sign-out"));
            Page other = context.newPage();
            other.navigate(crm);
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (other.content().contains("佐藤 結衣") && System.nanoTime() < until) {
                other.reload();
            }
            assertTrue(!other.content().contains("佐藤 結衣"), other.content());
        }
    }
}
