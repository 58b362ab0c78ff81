package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** People who cannot sign in, somebody in support at a browser, and the channel that tells them. */
class DeskTest {

    private static final String PASSWORD = "right-password-1";
    private static final String CLOCK = "kato@yamada.example";
    private static final String MAILBOX = "mori@yamada.example";
    private static final String PHONE = "ishii@yamada.example";
    private static final String UEDA = "ueda@kita.example";
    private static final String HOSHI = "hoshi@kita.example";
    private static final String SUPPORT = "support@ops.example";

    private static Operators operators;
    private static OtherProvider provider;
    private static GateProcess gate;
    private static Chromium chromium;

    @BeforeAll
    static void open() throws IOException {
        operators = new Operators();
        provider = new OtherProvider();
        chromium = new Chromium();
        gate =
                GateProcess.start(
                        state(),
                        "--source-rate",
                        "5000",
                        "--argon2",
                        "7168,1",
                        "--recovery-waits",
                        "24h,0s",
                        "--trusted-proxy",
                        "127.0.0.1/32");
    }

    @AfterAll
    static void close() throws IOException {
        chromium.close();
        Chromium.writeContactSheet();
        gate.close();
        provider.close();
        operators.close();
    }

    private static String state() {
        return "issuer: ISSUER\n"
                + operators.declared()
                + """
                tenants:
                  - {id: yamada, name: 山田保険事務所}
                  - {id: kita, name: 北海保険, identityProvider: PROVIDER}
                  - {id: ops, name: 保険クラウド運用, operator: true}
                accounts:
                  - {identifier: boss@yamada.example, tenant: yamada, name: 山田 太郎, roles: [admin], password: {plain: PASSWORD}}
                  - {identifier: deputy@yamada.example, tenant: yamada, name: 高橋 誠, roles: [admin], password: {plain: PASSWORD}}
                  - {identifier: kato@yamada.example, tenant: yamada, name: 加藤 翔太, roles: [agent], password: {plain: PASSWORD}}
                  - {identifier: mori@yamada.example, tenant: yamada, name: 森 陽子, roles: [agent], password: {plain: PASSWORD}}
                  - {identifier: ishii@yamada.example, tenant: yamada, name: 石井 健, roles: [agent], password: {plain: PASSWORD}}
                  - {identifier: ueda@kita.example, tenant: kita, name: 上田 望, roles: [agent], password: {plain: PASSWORD}}
                  - {identifier: hoshi@kita.example, tenant: kita, name: 星 直樹, roles: [agent], password: {plain: PASSWORD}}
                  - {identifier: support@ops.example, tenant: ops, name: 窓口 花子, roles: [support], password: {plain: PASSWORD}}
                """
                        .replace("PROVIDER", provider.declared("kita.example"))
                        .replace("PASSWORD", PASSWORD);
    }

    private static Person person(String name) {
        return new Person(gate, operators, name, PASSWORD, new Visitor(gate));
    }

    /**
     * Somebody in support at a browser, and what stood in the way of those who see it otherwise.
     */
    private static final class Window implements AutoCloseable {

        final BrowserContext context = chromium.context("ja", 1280, false, true);
        final Page page = context.newPage();
        final List<String> barriers = new ArrayList<>();

        Window() {
            page.navigate(gate.issuer() + "/login");
            page.locator("#identifier").fill(SUPPORT);
            page.locator("#password").fill(PASSWORD);
            page.locator("button.primary").first().click();
            page.waitForURL("**/account");
        }

        /** Waits for the case of somebody, and opens it. */
        void open(String name) {
            Operators.await(() -> {
                page.navigate(gate.issuer() + "/desk");
                return page.locator("section[aria-labelledby=open] li:has-text('" + name + "')")
                                .count()
                        == 1;
            });
            page.locator("section[aria-labelledby=open] li:has-text('" + name + "') a").click();
            assertTrue(page.locator("h1").innerText().contains(name));
        }

        void press(String step) {
            page.locator("form:has(input[value=" + step + "]) button").click();
        }

        /** Sends the code, has it read back. */
        void prove(String address) {
            int mails = operators.mails(address).size();
            press("send_code");
            page.locator("#code").fill(operators.code(address, mails));
            page.locator("form[action='/desk/case/read-back'] button").click();
            page.locator("section[aria-labelledby=caller] .notice").waitFor();
        }

        /** Pictures in both languages, wide and narrow. */
        void look(String name) {
            String url = page.url();
            for (String language : List.of("ja", "en")) {
                for (int width : List.of(320, 1440)) {
                    page.setViewportSize(width, 900);
                    page.navigate(url + (url.contains("?") ? "&" : "?") + "lang=" + language);
                    barriers.addAll(
                            Chromium.look(page, "desk-" + name + "-" + language + "-" + width));
                    assertTrue(
                            (boolean)
                                    page.evaluate(
                                            "document.documentElement.scrollWidth <= innerWidth"),
                            name + " is wider than " + width);
                }
            }
            page.setViewportSize(1280, 900);
            page.navigate(url + (url.contains("?") ? "&" : "?") + "lang=en");
        }

        void awaitSolved() {
            Operators.await(() -> {
                page.reload();
                String heading = page.locator("h1").innerText();
                return heading.contains("解決") || heading.contains("solved");
            });
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private static void awaitCard(String initials) {
        awaitCard(initials, "山田保険事務所");
    }

    private static void awaitCard(String initials, String organisation) {
        Operators.await(() -> operators.cards(false).stream().anyMatch(c -> c.contains(initials)));
        String card =
                operators.cards(false).stream()
                        .filter(c -> c.contains(initials))
                        .findFirst()
                        .orElseThrow();
        assertTrue(card.contains(organisation), card);
        assertTrue(card.contains(gate.issuer() + "/desk/case?id"), card);
        for (String secret : List.of("加藤", "翔太", "森 陽子", "石井", "上田", "@yamada", "@kita")) {
            assertFalse(card.contains(secret), card);
        }
    }

    private static void awaitChangedCard(String initials) {
        Operators.await(() ->
                operators.cards(true).stream()
                        .anyMatch(c -> c.contains(initials) && c.contains("解決しました")));
    }

    @Test
    void aClockThatIsOff() throws Exception {
        Person kato = person(CLOCK);
        kato.enter("/login");
        PhoneApp app = PhoneApp.add(kato.visitor(), "/account/app", 0, Person.OFFICE);
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> asked = kato.signIn("/login?again=1");
            assertEquals(200, asked.statusCode());
            assertEquals(422, kato.code(asked, app.code(7 + i), false).statusCode());
        }
        awaitCard("加. 翔.");
        try (Window window = new Window()) {
            window.open("加藤 翔太");
            assertTrue(window.page.content().contains("アプリの時計のずれ"));
            assertTrue(window.page.content().contains("認証アプリの時計が約 4 分ずれています"));
            window.look("case");
            assertTrue(why(CLOCK).startsWith("認証アプリの時計が約 4 分ずれています"), why(CLOCK));
            window.prove(CLOCK);
            window.look("proved");
            // Support says: two codes in a row.
            HttpResponse<String> asked = kato.signIn("/login?again=1");
            HttpResponse<String> once = kato.code(asked, app.code(9), false);
            assertEquals(422, once.statusCode());
            assertEquals(303, kato.code(once, app.code(10), false).statusCode());
            window.awaitSolved();
            window.page.navigate(gate.issuer() + "/desk");
            window.look("list");
            window.page.navigate(gate.issuer() + "/desk/why?q=" + CLOCK);
            window.look("why");
            assertEquals(List.of(), window.barriers);
        }
        assertTrue(operators.hasMail(CLOCK, "サポートの本人確認コード"));
        awaitChangedCard("加. 翔.");
    }

    /** What the command says, of the gate that runs. */
    private static String why(String name) throws IOException, InterruptedException {
        Process command =
                new ProcessBuilder(
                                GateProcess.repository().resolve("monban").toString(),
                                "why",
                                name,
                                "--data",
                                gate.folder().resolve("data").toString(),
                                "--language",
                                "ja")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        String said = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, command.waitFor(), said);
        return said;
    }

    @Test
    void aMailboxThatIsFull() throws Exception {
        Person mori = person(MAILBOX);
        mori.enter("/login");
        mori.signOut();
        Map<String, String> form = Visitor.hidden(mori.get("/reset").body());
        form.put("identifier", MAILBOX);
        assertEquals(200, mori.post("/reset", form).statusCode());
        Operators.await(() -> !operators.mails(MAILBOX).isEmpty());
        String id = operators.mails(MAILBOX).getLast().getHeader("Message-ID")[0];
        assertEquals(204, BouncesTest.tell(gate, BouncesTest.report(id, "failed", "5.2.2")));
        awaitCard("森. 陽.");
        try (Window window = new Window()) {
            window.open("森 陽子");
            assertTrue(window.page.content().contains("メールが届かない"));
            // The mailbox was emptied; the code shows whether it was.
            window.prove(MAILBOX);
            resetByMail(window, mori, "an umbrella for the rainy season");
            mori.withPassword("an umbrella for the rainy season").enter("/login");
            window.awaitSolved();
        }
        awaitChangedCard("森. 陽.");
    }

    /** Support has the mail sent; the person follows it. */
    private static void resetByMail(Window window, Person person, String password) {
        int mails = operators.mails(person.name()).size();
        window.press("reset");
        String code = operators.code(person.name(), mails, 8);
        Matcher link =
                Pattern.compile("/reset/code\\?challenge=\\S+")
                        .matcher(Operators.text(operators.mails(person.name()).getLast()));
        assertTrue(link.find());
        Map<String, String> typed = Visitor.hidden(person.get(link.group()).body());
        typed.put("code", code);
        HttpResponse<String> chosen = person.post("/reset/code", typed);
        assertEquals(200, chosen.statusCode());
        Map<String, String> another = Visitor.hidden(chosen.body());
        another.put("new_password", password);
        assertEquals(303, person.post("/reset/password", another).statusCode());
    }

    /** Somebody at a browser of theirs, by the sign-in of their organisation. */
    private static void signInThere(Page page, String name) {
        page.navigate(gate.issuer() + "/login?again=1");
        page.locator("a[href^='/login/organisation']").click();
        page.locator("#identifier").fill(name);
        page.locator("button.primary").click();
        page.locator("a.button.primary").click();
    }

    @Test
    void anIdentityProviderThatIsBroken() {
        try (BrowserContext context = chromium.context("ja", 1280, false, true);
                BrowserContext other = chromium.context("ja", 1280, false, true)) {
            Page page = context.newPage();
            Page colleague = other.newPage();
            provider.knows("ueda-1", UEDA, true);
            signInThere(page, UEDA);
            page.waitForURL("**/account");
            provider.knows("hoshi-1", HOSHI, true);
            signInThere(colleague, HOSHI);
            colleague.waitForURL("**/account");
            provider.is(OtherProvider.Mood.SECRET_EXPIRED);
            for (int i = 0; i < 2; i++) {
                signInThere(page, UEDA);
                assertTrue(page.locator("[role=alert]").innerText().contains("応答していません"));
            }
            signInThere(colleague, HOSHI);
            awaitCard("上. 望.", "北海保険");
            // The operators learn of the organisation, beside.
            Operators.await(() ->
                    operators.slackMessages(false).stream()
                            .anyMatch(m -> m.contains("北海保険") && !m.contains("望")));
            try (Window window = new Window()) {
                window.open("上田 望");
                assertTrue(window.page.content().contains("組織の ID プロバイダーの問題"));
                window.look("federation");
                window.prove(UEDA);
                Person ueda = new Person(gate, operators, UEDA, PASSWORD, new Visitor(gate));
                resetByMail(window, ueda, "a lighthouse in the north");
                page.navigate(gate.issuer() + "/login?again=1");
                page.locator("#identifier").fill(UEDA);
                page.locator("#password").fill("a lighthouse in the north");
                page.locator("button.primary").first().click();
                page.waitForURL("**/account");
                window.awaitSolved();
                assertEquals(List.of(), window.barriers);
            }
        }
        assertTrue(operators.hasMail(UEDA, "サポートの本人確認コード"));
        awaitChangedCard("上. 望.");
    }

    @Test
    void aTelephoneThatIsLost() throws IOException {
        Person ishii = person(PHONE);
        ishii.enter("/login");
        PhoneApp app = PhoneApp.add(ishii.visitor(), "/account/app", 0, Person.OFFICE);
        assertEquals(6, app.code(0).length());
        HttpResponse<String> asked = ishii.signIn("/login?again=1");
        assertEquals(200, ishii.lost(asked).statusCode());
        awaitCard("石. 健.");
        try (Window window = new Window()) {
            window.open("石井 健");
            assertTrue(window.page.content().contains("認証アプリが使えない"));
            window.prove(PHONE);
            window.press("hand_over");
            for (String administrator : List.of("boss@yamada.example", "deputy@yamada.example")) {
                Operators.await(() -> operators.hasMail(administrator, "メンバーがサインインできません"));
            }
            Operators.await(() -> operators.hasMail(PHONE, "管理者に引き継ぎました"));
            Person boss = person("boss@yamada.example");
            boss.enter("/login");
            Person deputy = person("deputy@yamada.example");
            deputy.enter("/login");
            String page = memberPage(boss);
            assertEquals(
                    303, boss.fill(page, "/members/person/recover", "spoken", "1").statusCode());
            assertEquals(
                    303, deputy.fill(page, "/members/person/confirm", "spoken", "1").statusCode());
            HttpResponse<String> again = ishii.signIn("/login?again=1");
            int mails = operators.mails(PHONE).size();
            HttpResponse<String> byMail = ishii.lost(again);
            assertEquals(303, ishii.code(byMail, operators.code(PHONE, mails), false).statusCode());
            window.awaitSolved();
        }
        awaitChangedCard("石. 健.");
    }

    private static String memberPage(Person administrator) {
        Matcher path =
                Pattern.compile("/members/person\\?id=[0-9a-f-]{36}")
                        .matcher(administrator.get("/members?q=" + PHONE).body());
        assertTrue(path.find());
        return path.group();
    }
}
