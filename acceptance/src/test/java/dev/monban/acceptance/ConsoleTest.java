package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What administrators see of attacks, and what they can do about them. */
class ConsoleTest extends Agencies {

    ConsoleTest() throws IOException {}

    @Test
    void theConsoleTellsWhatHappensToAdministratorsAlone() throws Exception {
        for (int i = 0; i < 60; i++) {
            guess(i, "leak" + i + "@mail.example", "stolen-" + i);
        }
        Visitor agent = new Visitor(gate);
        assertEquals(303, at(home(7), agent, OWNER, PASSWORD + 7).statusCode());
        // Somebody who gives up.
        assertEquals(
                422, at(home(8), new Visitor(gate), person(8), "no idea any more").statusCode());
        for (String path :
                List.of(
                        "/console",
                        "/console/attempts",
                        "/console/funnel",
                        "/console/campaign?id=x")) {
            assertEquals(404, agent.get(path).statusCode(), path);
            assertEquals(303, new Visitor(gate).get(path).statusCode(), path);
        }
        Operators.await(() -> operators.webhooks("campaign.opened").size() == 1);
        List<String> barriers = new ArrayList<>();
        try (Chromium chromium = new Chromium()) {
            for (String[] look : new String[][] {{"ja", "1440"}, {"en", "390"}}) {
                try (BrowserContext context =
                        chromium.context(
                                look[0], Integer.parseInt(look[1]), look[0].equals("en"), true)) {
                    context.setExtraHTTPHeaders(Map.of("X-Forwarded-For", home(0)));
                    Page page = context.newPage();
                    page.navigate(gate.issuer() + "/login");
                    page.locator("#identifier").fill(OPERATOR);
                    page.locator("#password").fill(PASSWORD);
                    page.locator("button.primary").click();
                    page.waitForURL("**/account");
                    page.navigate(gate.issuer() + "/console");
                    page.waitForResponse("**/console/now", () -> {});
                    barriers.addAll(Chromium.look(page, "console-" + look[0] + "-" + look[1]));
                    page.locator("td a").first().click();
                    page.waitForURL("**/console/campaign**");
                    barriers.addAll(Chromium.look(page, "campaign-" + look[0] + "-" + look[1]));
                    page.navigate(gate.issuer() + "/console/funnel");
                    assertTrue(page.locator("tbody tr").count() >= 1);
                    assertTrue(page.locator(".shares li").count() >= 4);
                    barriers.addAll(Chromium.look(page, "funnel-" + look[0] + "-" + look[1]));
                    page.navigate(gate.issuer() + "/console/attempts?by=REASON&what=fits_campaign");
                    assertTrue(page.locator("tbody tr").count() > 10);
                    barriers.addAll(Chromium.look(page, "attempts-" + look[0] + "-" + look[1]));
                }
            }
        }
        assertEquals(List.of(), barriers);
    }

    private Visitor operator() {
        Visitor operator = new Visitor(gate);
        assertEquals(303, at(home(0), operator, OPERATOR, PASSWORD).statusCode());
        return operator;
    }

    /** The only campaign that runs. */
    private String campaign(Visitor operator) {
        Matcher link =
                Pattern.compile("/console/campaign\\?id=([0-9a-f-]{36})")
                        .matcher(operator.get("/console").body());
        assertTrue(link.find());
        return link.group(1);
    }

    private static HttpResponse<String> act(
            Visitor operator, String campaign, String act, String... more) {
        Map<String, String> form =
                Visitor.hidden(operator.get("/console/campaign?id=" + campaign).body());
        form.put("id", campaign);
        form.put("act", act);
        for (int i = 0; i < more.length; i += 2) {
            form.put(more[i], more[i + 1]);
        }
        return operator.post("/console/campaign/act", form);
    }

    private void stuff(int from, int to) {
        for (int i = from; i < to; i++) {
            guess(i, "leak" + i + "@mail.example", "stolen-" + i);
        }
    }

    @Test
    void whosePasswordIsKnownMustChooseAnother() {
        Visitor owner = new Visitor(gate);
        assertEquals(303, at(home(7), owner, OWNER, PASSWORD + 7).statusCode());
        stuff(0, 60);
        Operators.await(() -> operators.webhooks("campaign.opened").size() == 1);
        // The right password is among the stolen ones: it is refused, and noticed.
        assertNotEquals(303, guess(60, OWNER, PASSWORD + 7).statusCode());
        Visitor operator = operator();
        String campaign = campaign(operator);
        Operators.await(() ->
                operator.get("/console/campaign?id=" + campaign).body().contains("what=" + OWNER));
        assertEquals(303, act(operator, campaign, "force_passwords").statusCode());
        assertEquals(303, owner.get("/account").statusCode(), "the session has ended");

        // On the device that is known, the old password leads to a new one, and no further.
        HttpResponse<String> asked = at(home(7), owner, OWNER, PASSWORD + 7);
        assertEquals(200, asked.statusCode());
        Map<String, String> form = Visitor.hidden(asked.body());
        assertEquals(303, owner.get("/account").statusCode());
        form.put("new_password", "short");
        HttpResponse<String> refused = owner.post("/login/password", form);
        assertEquals(422, refused.statusCode());
        form = Visitor.hidden(refused.body());
        form.put("new_password", PASSWORD + 7);
        assertEquals(422, owner.post("/login/password", form).statusCode());
        form.put("new_password", "an umbrella for the rainy season");
        assertEquals(303, owner.post("/login/password", form).statusCode());
        assertEquals(200, owner.get("/account").statusCode());
        Operators.await(() -> operators.hasMail(OWNER, "パスワードが変更されました"));
        // The leave to choose was good once.
        assertEquals(422, owner.post("/login/password", form).statusCode());
        assertEquals(422, at(home(7), new Visitor(gate), OWNER, PASSWORD + 7).statusCode());
        assertEquals(
                303,
                at(home(7), new Visitor(gate), OWNER, "an umbrella for the rainy season")
                        .statusCode());
    }

    /** From an unknown device the old password is worth nothing without the mail's code. */
    @Test
    void aThiefCannotBeTheOneWhoChooses() {
        stuff(0, 60);
        Operators.await(() -> operators.webhooks("campaign.opened").size() == 1);
        assertNotEquals(303, guess(60, OWNER, PASSWORD + 7).statusCode());
        Visitor operator = operator();
        String campaign = campaign(operator);
        Operators.await(() ->
                operator.get("/console/campaign?id=" + campaign).body().contains("what=" + OWNER));
        assertEquals(303, act(operator, campaign, "force_passwords").statusCode());
        assertEquals(303, act(operator, campaign, "end").statusCode());
        Visitor thief = new Visitor(gate);
        HttpResponse<String> asked = at("192.0.2.1", thief, OWNER, PASSWORD + 7);
        assertEquals(200, asked.statusCode());
        Map<String, String> form = Visitor.hidden(asked.body());
        assertTrue(form.containsKey("challenge"));
        assertFalse(asked.body().contains("/login/password"));
        form.put("ticket", form.get("challenge"));
        form.put("new_password", "an umbrella for the rainy season");
        assertEquals(422, thief.post("/login/password", form).statusCode());
    }

    @Test
    void whatIsDecidedHolds() {
        stuff(0, 60);
        Operators.await(() -> operators.webhooks("campaign.opened").size() == 1);
        Visitor operator = operator();
        String campaign = campaign(operator);
        // A source of the campaign that an office shares.
        String shared = "198.51.0.1";
        assertEquals(303, act(operator, campaign, "block", "hours", "1").statusCode());
        Operators.await(() -> {
            Visitor shares = new Visitor(gate);
            assertNotEquals(
                    303, at(shared, shares, person(9), PASSWORD + 9, EVERYDAY).statusCode());
            return operator.get("/console/attempts?by=REASON&what=source_blocked")
                    .body()
                    .contains("what=" + shared);
        });
        assertEquals(303, act(operator, campaign, "harmless").statusCode());
        String page = operator.get("/console/campaign?id=" + campaign).body();
        assertTrue(page.contains("無害"));
        Operators.await(() -> operators.webhooks("campaign.ended").size() == 1);
        // The sources that were held harmless open no campaign any more.
        stuff(0, 60);
        assertEquals(
                1,
                operator.get("/console").body().split("/console/campaign\\?id=", -1).length - 1,
                "no other campaign");
    }

    @Test
    void onlyOperatorsActAndOnlyFromTheirOwnPages() {
        stuff(0, 60);
        Operators.await(() -> operators.webhooks("campaign.opened").size() == 1);
        Visitor operator = operator();
        String campaign = campaign(operator);
        Visitor agent = new Visitor(gate);
        assertEquals(303, at(home(7), agent, OWNER, PASSWORD + 7).statusCode());
        Map<String, String> form = Visitor.hidden(agent.get("/account").body());
        form.put("id", campaign);
        form.put("act", "end");
        assertEquals(404, agent.post("/console/campaign/act", form).statusCode());
        assertEquals(303, new Visitor(gate).post("/console/campaign/act", form).statusCode());
        assertEquals(403, operator.post("/console/campaign/act", form).statusCode());
        assertEquals(400, act(operator, campaign, "explode").statusCode());
        assertEquals(400, act(operator, campaign, "block", "hours", "-1").statusCode());
        assertTrue(operator.get("/console").body().contains("danger-badge"), "it still runs");
    }

    /** An office behind one address: a hundred people, one of whom is under attack. */
    @Test
    void anOfficeGoesOnWhileAColleagueIsAttacked() {
        String office = home(0);
        int wrong = 0;
        for (int i = 0; i < 100; i++) {
            assertNotEquals(303, guess(i, person(0), "guess-number-" + i).statusCode());
            int n = i * 2 % ACCOUNTS;
            // The colleague who is attacked among them, and somebody who mistypes now and then.
            if (i % 9 == 0) {
                wrong +=
                        at(office, new Visitor(gate), person(n), "mistyped").statusCode() == 422
                                ? 1
                                : 0;
            }
            Visitor person = new Visitor(gate);
            HttpResponse<String> answer = at(office, person, person(n), PASSWORD + n);
            assertTrue(
                    answer.statusCode() == 303 || answer.statusCode() == 200,
                    "person " + n + ": " + answer.statusCode());
        }
        assertTrue(wrong > 0);
        assertEquals(303, at(office, new Visitor(gate), person(0), PASSWORD + 0).statusCode());
    }

    @Test
    void eachChannelCanBeTried() throws Exception {
        Process test =
                new ProcessBuilder(
                                GateProcess.repository().resolve("monban").toString(),
                                "notify",
                                "test",
                                "--config",
                                gate.folder().resolve("monban.yaml").toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(test.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, test.exitValue(), said);
        assertEquals(1, operators.webhooks("channel.test").size());
        assertEquals(1, operators.slackMessages(false).size());
        assertEquals(1, operators.mails("sre@monban.example").size());

        Path broken = gate.folder().resolve("broken.yaml");
        Files.writeString(
                broken,
                Files.readString(gate.folder().resolve("monban.yaml"))
                        .replace("/hook", "/nothing-here"));
        test =
                new ProcessBuilder(
                                GateProcess.repository().resolve("monban").toString(),
                                "notify",
                                "test",
                                "--config",
                                broken.toString())
                        .redirectErrorStream(true)
                        .start();
        said = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(test.waitFor(60, TimeUnit.SECONDS));
        assertEquals(1, test.exitValue(), said);
        assertTrue(said.contains("by-webhook"), said);
        assertTrue(said.contains("not taken: IOException: answered 404"), said);
    }
}
