package dev.monban.acceptance;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Debian's Chromium, driven by Playwright; what it shows is kept as pictures. */
final class Chromium implements AutoCloseable {

    static final int NARROW = 390;
    static final int WIDE = 1440;

    private static final Path SHOTS = GateProcess.repository().resolve("acceptance/screenshots");

    private final Playwright playwright;
    private final Browser browser;

    Chromium() {
        Path npm = GateProcess.repository().resolve("acceptance/npm");
        // The driver is npm's playwright-core, of the same version.
        System.setProperty("playwright.cli.dir", npm.resolve("driver").toString());
        playwright =
                Playwright.create(
                        new Playwright.CreateOptions()
                                .setEnv(
                                        Map.of(
                                                "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD",
                                                "1",
                                                "PLAYWRIGHT_NODEJS_PATH",
                                                System.getProperty("node", "/usr/bin/node"))));
        browser =
                playwright
                        .chromium()
                        .launch(
                                new BrowserType.LaunchOptions()
                                        .setExecutablePath(
                                                Path.of(
                                                        System.getProperty(
                                                                "chromium", "/usr/bin/chromium")))
                                        .setArgs(
                                                List.of(
                                                        "--no-sandbox",
                                                        "--disable-gpu",
                                                        "--disable-quic",
                                                        "--no-first-run",
                                                        "--disable-background-networking",
                                                        "--disable-component-update",
                                                        "--disable-sync")));
    }

    /** A fresh browser profile. */
    BrowserContext context(String language, int width, boolean dark, boolean script) {
        BrowserContext context =
                browser.newContext(
                        new Browser.NewContextOptions()
                                .setLocale(language.equals("ja") ? "ja-JP" : "en-GB")
                                .setViewportSize(width, 900)
                                .setJavaScriptEnabled(script)
                                .setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT));
        context.setDefaultTimeout(30_000);
        return context;
    }

    /**
     * Keeps a picture of the page, and looks for what people who do not see it as we do would miss.
     *
     * @return what axe found, in words
     */
    static List<String> look(Page page, String name) {
        page.screenshot(
                new Page.ScreenshotOptions()
                        .setFullPage(true)
                        .setPath(SHOTS.resolve(name + ".png")));
        return new AxeBuilder(page)
                .analyze().getViolations().stream().map(Chromium::words).toList();
    }

    /** One page with all pictures of this run. */
    static void writeContactSheet() throws IOException {
        List<String> figures = new ArrayList<>();
        try (var files = Files.list(SHOTS)) {
            files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".png"))
                    .sorted()
                    .forEach(name ->
                            figures.add(
                                    "<figure><img src=\""
                                            + name
                                            + "\" width=\"360\">"
                                            + "<figcaption>"
                                            + name
                                            + "</figcaption></figure>"));
        }
        Files.writeString(
                SHOTS.resolve("index.html"),
                "<!DOCTYPE html><meta charset=\"utf-8\"><title>Monban</title>"
                        + "<style>figure{display:inline-block;vertical-align:top}</style>"
                        + String.join("\n", figures));
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }

    private static String words(Rule rule) {
        return rule.getId()
                + ": "
                + rule.getHelp()
                + " "
                + rule.getNodes().stream().map(node -> node.getHtml()).toList();
    }
}
