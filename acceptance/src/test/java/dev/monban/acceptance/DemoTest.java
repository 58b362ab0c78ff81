package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first minute of a newcomer. */
class DemoTest {

    @TempDir private Path folder = Path.of("");

    /** The launcher finds the JDK by itself, although another is the default. */
    @Test
    void signsInAtOneSystemAndIsLetInAtTheOther() throws Exception {
        Path log = folder.resolve("demo.log");
        int port = threeFreePorts();
        ProcessBuilder builder =
                new ProcessBuilder(
                                GateProcess.repository().resolve("monban").toString(),
                                "demo",
                                "--port",
                                Integer.toString(port),
                                "--data",
                                folder.resolve("data").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().remove("JAVA_HOME");
        Process demo = builder.start();
        try (Chromium chromium = new Chromium();
                BrowserContext context = chromium.context("ja", 1440, false, true)) {
            String said = announced(demo, log);
            Matcher person = Pattern.compile("(sato@\\S+)\\s+(\\S+)").matcher(said);
            assertTrue(person.find(), said);
            String crm = "http://localhost:" + (port + 10);
            String policies = "http://localhost:" + (port + 11);
            assertTrue(said.contains(crm) && said.contains(policies), said);

            Page page = context.newPage();
            page.navigate(crm);
            page.locator("a[href='/sign-in']").click();
            page.locator("#identifier").fill(person.group(1));
            page.locator("#password").fill(person.group(2));
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
        } finally {
            demo.destroy();
            assertTrue(demo.waitFor(60, TimeUnit.SECONDS), "the demo does not end");
        }
    }

    private static String announced(Process demo, Path log)
            throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        String said = "";
        while (!said.contains("Ctrl-C")) {
            assertTrue(demo.isAlive() && System.nanoTime() < until, said);
            TimeUnit.MILLISECONDS.sleep(20);
            said = Files.readString(log);
        }
        return said;
    }

    private static int threeFreePorts() throws IOException {
        for (int tried = 0; tried < 100; tried++) {
            int port = GateProcess.freePort();
            boolean free = port < 64000;
            for (int more : new int[] {10, 11, 1000}) {
                try (var socket = new java.net.ServerSocket(port + more)) {
                    free &= socket.isBound();
                } catch (IOException e) {
                    free = false;
                }
            }
            if (free) {
                return port;
            }
        }
        throw new IOException("no ports are free: " + Map.of());
    }
}
