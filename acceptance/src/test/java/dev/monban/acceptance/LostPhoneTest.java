package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * People whose organisation wants two factors, at their browsers: they come by invitation, add an
 * app, lose the phone, and come back by each way there is.
 */
class LostPhoneTest {

    private static final String PASSWORD = "right-password-1";
    private static final String OWN = "an umbrella for the rainy season";

    private static Operators operators;
    private static GateProcess gate;
    private static Chromium chromium;
    private static int next;

    @BeforeAll
    static void open() throws IOException {
        operators = new Operators();
        chromium = new Chromium();
        gate =
                GateProcess.start(
                        state(),
                        "--source-rate",
                        "5000",
                        "--argon2",
                        "7168,1",
                        "--recovery-waits",
                        "24h,0s");
    }

    @AfterAll
    static void close() throws IOException {
        chromium.close();
        Chromium.writeContactSheet();
        gate.close();
        operators.close();
    }

    private static String state() {
        return "issuer: ISSUER\n"
                + operators.declared()
                + """
                tenants:
                  - {id: yamada, name: 山田保険事務所, require: [{level: aal2, roles: [agent]}, {level: aal2, from: 2099-04-01}]}
                accounts:
                  - {identifier: boss@yamada.example, tenant: yamada, name: 山田 太郎, roles: [admin], password: {plain: PASSWORD}}
                  - {identifier: deputy@yamada.example, tenant: yamada, name: 高橋 誠, roles: [admin], password: {plain: PASSWORD}}
                clients:
                  - {id: crm, name: 顧客管理, redirectUris: ["CALLBACK"], secret: {plain: SECRET}, grants: [authorization_code], scopes: [openid]}
                """
                        .replace("PASSWORD", PASSWORD)
                        .replace("CALLBACK", House.CALLBACK)
                        .replace("SECRET", House.SECRET);
    }

    /** Somebody's window, and what stood in their way there. */
    private record Window(Page page, String name, boolean script, List<String> barriers) {

        void look(String what) {
            if (script) {
                barriers.addAll(Chromium.look(page, what + "-" + name));
            }
        }

        void go(String path) {
            page.navigate(path.startsWith("/") ? gate.issuer() + path : path);
        }

        void press() {
            page.locator("button.primary").first().click();
        }

        void signIn(String identifier, String password) {
            page.locator("#identifier").fill(identifier);
            page.locator("#password").fill(password);
            press();
        }

        /** The key that the page shows as text. */
        String key() {
            Matcher key = Pattern.compile("<code>([A-Z2-7 ]{32,})</code>").matcher(page.content());
            assertTrue(key.find());
            return key.group(1).replace(" ", "");
        }
    }

    private static String invitation(String to) {
        Pattern code = Pattern.compile("\\b([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})\\b");
        List<String> found = new ArrayList<>();
        Operators.await(() -> {
            operators
                    .mails(to)
                    .forEach(mail -> {
                        Matcher matcher = code.matcher(Operators.text(mail));
                        if (matcher.find()) {
                            found.add(matcher.group(1));
                        }
                    });
            return !found.isEmpty();
        });
        return found.getLast();
    }

    private static Person administrator(String name) {
        Person person =
                new Person(gate, operators, name + "@yamada.example", PASSWORD, new Visitor(gate));
        assertEquals("/account", person.enter("/login"));
        return person;
    }

    @ParameterizedTest(name = "{0}, {1} px, dark {2}, script {3}")
    @CsvSource({"ja, 390, false, true", "en, 1440, true, true", "ja, 320, true, false"})
    void fromTheInvitationToTheNewPhone(String language, int width, boolean dark, boolean script)
            throws Exception {
        String email = "guest" + next++ + "@yamada.example";
        String name = language + "-" + width + (script ? "" : "-plain");
        List<String> barriers = new ArrayList<>();
        try (BrowserContext office = chromium.context(language, width, dark, script);
                BrowserContext home = chromium.context(language, width, dark, script)) {
            Window boss = new Window(office.newPage(), name, script, barriers);
            boss.go("/login");
            int mails = operators.mails("boss@yamada.example").size();
            boss.signIn("boss@yamada.example", PASSWORD);
            if (boss.page().locator("#code").count() > 0) {
                boss.look("code-mail");
                boss.page().locator("#code").fill(operators.code("boss@yamada.example", mails));
                boss.press();
            }
            boss.page().waitForURL("**/account");
            boss.look("account-admin");
            boss.page().locator("a[href='/members']").click();
            boss.look("members");
            boss.page().locator("a[href='/members/invite']").click();
            boss.page().locator("#email").fill("not an address");
            boss.page().locator("#name").fill("鈴木 花");
            boss.press();
            boss.look("invite-fault");
            boss.page().locator("#email").fill(email);
            boss.page().locator("#name").fill("鈴木 花");
            boss.page().locator("#role-agent").check();
            boss.press();
            boss.page().waitForURL("**/members");
            boss.look("members-invited");

            // The guest comes from another system, and meets the organisation's policy.
            Window guest = new Window(home.newPage(), name, script, barriers);
            guest.go("/login");
            guest.look("login-invited");
            guest.page().locator("a[href='/activate']").click();
            guest.page().locator("#identifier").fill(email);
            guest.page().locator("#code").fill("2222-2222-2222");
            guest.press();
            guest.look("activate-wrong");
            guest.page().locator("#code").fill(invitation(email));
            guest.press();
            guest.page().locator("#password").fill("short");
            if (script) {
                guest.page().locator(".strength:visible").waitFor();
                guest.page().locator("#password").fill(OWN);
                guest.page()
                        .waitForCondition(() ->
                                guest.page()
                                        .locator(".strength meter")
                                        .evaluate("meter => meter.value")
                                        .equals(3));
            }
            guest.look("password-invited");
            guest.page().locator("#password").fill(OWN);
            guest.press();
            guest.page().waitForURL("**/login?welcome=1");
            guest.look("login-welcome");
            Map<String, String> request = new Party(gate, "crm").request("scope", "openid");
            home.route(House.HOME + "**", route -> route.fulfill());
            guest.go(Party.path(request));
            guest.signIn(email, OWN);
            if (guest.page().locator("#code").count() > 0) {
                guest.page().locator("#code").fill(operators.code(email, 0));
                guest.press();
            }
            guest.page().waitForURL("**/authorize/level**");
            guest.look("level-now");
            guest.page().locator("a[href^='/account/app']").click();
            PhoneApp phone = new PhoneApp(guest.key(), "", List.of(), "");
            guest.page().locator("#code").fill(phone.code(0));
            guest.press();
            guest.page().locator("ol.codes").waitFor();
            guest.look("recovery-codes");
            List<String> paper = guest.page().locator("ol.codes code").allInnerTexts();
            guest.page().locator("a.primary").click();
            guest.page().waitForURL(House.CALLBACK + "**");
            assertTrue(Visitor.parameter(guest.page().url(), "code").isPresent());

            // The phone is lost: by paper.
            guest.go("/account");
            guest.page().locator("form[action='/account/sign-out'] button").click();
            guest.go("/login");
            guest.signIn(email, OWN);
            guest.page().locator("#trust").waitFor();
            guest.page().locator("summary").first().click();
            guest.page().locator("summary").last().click();
            guest.look("code-lost");
            guest.page().locator("#recovery").fill(paper.getFirst());
            guest.page().locator("form:has(#recovery) button").click();
            guest.page().waitForURL("**/account");
            guest.look("account-member");
            guest.page().locator("a[href='/account/settings']").click();
            guest.look("settings");
            guest.go("/account/mail");
            guest.look("mail");
            assertEquals(0, guest.page().locator("#password").count(), "there is a factor");
            guest.page().locator("#email").fill("x" + email);
            guest.press();
            guest.look("mail-code");
            guest.go("/account");
            guest.page().locator("form[action='/account/sign-out'] button").click();

            // The paper is lost as well: by two administrators.
            boss.go("/members?q=" + email);
            boss.look("members-found");
            boss.page().locator("a[href^='/members/person']").first().click();
            boss.look("member");
            boss.page().locator("#spoken").check();
            boss.press();
            boss.page().locator(".notice").waitFor();
            boss.look("member-recovering");
            String path = boss.page().url().substring(gate.issuer().length());
            String id = Visitor.parameter(path, "id").orElseThrow();
            HttpResponse<String> confirmed =
                    administrator("deputy")
                            .fill(path, "/members/person/confirm", "id", id, "spoken", "1");
            assertEquals(303, confirmed.statusCode());
            boss.page().reload();
            boss.look("member-confirmed");
            int before = operators.mails(email).size();
            guest.go("/login");
            guest.signIn(email, OWN);
            guest.page().locator("#trust").waitFor();
            guest.page().locator("summary").last().click();
            guest.page().locator("form[action='/login/lost'] button").click();
            guest.page().locator("#code").waitFor();
            assertEquals(0, guest.page().locator("#trust").count());
            guest.look("code-recovery");
            guest.page().locator("#code").fill(operators.code(email, before));
            guest.press();
            guest.page().waitForURL("**/account");
            guest.look("account-without-factors");
        }
        assertEquals(List.of(), barriers);
    }

    /** What is announced is shown at the sign-in, and does not stand in the way. */
    @ParameterizedTest
    @CsvSource({"ja, 390", "en, 1440"})
    void whatIsToComeIsAnnounced(String language, int width) {
        List<String> barriers = new ArrayList<>();
        try (BrowserContext context = chromium.context(language, width, false, true)) {
            context.route(House.HOME + "**", route -> route.fulfill());
            Window deputy = new Window(context.newPage(), language + "-" + width, true, barriers);
            deputy.go(Party.path(new Party(gate, "crm").request("scope", "openid")));
            int before = operators.mails("deputy@yamada.example").size();
            deputy.signIn("deputy@yamada.example", PASSWORD);
            if (deputy.page().locator("#code").count() > 0) {
                deputy.page()
                        .locator("#code")
                        .fill(operators.code("deputy@yamada.example", before));
                deputy.press();
            }
            deputy.page().waitForURL("**/authorize/level**");
            deputy.look("level-soon");
            deputy.page().locator("form[action='/authorize/level'] button").click();
            deputy.page().waitForURL(House.CALLBACK + "**");
            deputy.go("/account");
            deputy.look("account-announced");
        }
        assertEquals(List.of(), barriers);
    }
}
