package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Attacks on the running gate, from many addresses, and the people who work meanwhile. */
class WatchTest extends Agencies {

    WatchTest() throws IOException {}

    @Test
    void whoGuessesDoesNotGetInAndTheOwnerDoes() {
        Visitor owner = new Visitor(gate);
        assertEquals(303, at(home(7), owner, OWNER, PASSWORD + 7).statusCode());
        List<String> pages = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            HttpResponse<String> answer =
                    guess(i, OWNER, i == 30 ? PASSWORD + 7 : "guess-number-" + i);
            assertNotEquals(303, answer.statusCode());
            pages.add(answer.statusCode() + shape(answer.body()));
            if (i % 10 == 0) {
                // On a device that is known, even from elsewhere.
                owner.cookies().remove(sessionCookie(owner));
                assertEquals(303, at("192.0.2." + i, owner, OWNER, PASSWORD + 7).statusCode());
            }
        }
        assertEquals(pages.get(29), pages.get(30), "the right password looks like a wrong one");
        assertEquals(pages.get(31), pages.get(30));
        assertTrue(operators.mails(OWNER).isEmpty(), "no code was sent to anybody");
        Operators.await(() -> operators.webhooks("campaign.opened").size() == 1);
        assertTrue(operators.webhooks("campaign.opened").getFirst().contains("総当たり"));
    }

    @Test
    void parallelGuessesWinNothing() throws Exception {
        List<Callable<Integer>> guesses = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int n = i;
            guesses.add(() ->
                    guess(n, OWNER, n == 120 ? PASSWORD + 7 : "guess-number-" + n).statusCode());
        }
        Set<Integer> statuses = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> status : threads.invokeAll(guesses)) {
                statuses.add(status.get());
            }
        }
        assertFalse(statuses.contains(303), statuses.toString());
        assertFalse(statuses.contains(500), statuses.toString());
    }

    @Test
    void aNewPlaceAsksForACodeThatCountsOnce() {
        Visitor visitor = new Visitor(gate);
        int before = operators.mails(OWNER).size();
        HttpResponse<String> asked = at("192.0.2.77", visitor, OWNER, PASSWORD + 7);
        assertEquals(200, asked.statusCode());
        Map<String, String> form = Visitor.hidden(asked.body());
        String code = operators.code(OWNER, before);
        form.put("code", code.equals("000000") ? "000001" : "000000");
        HttpResponse<String> wrong = prove(visitor, form);
        assertEquals(422, wrong.statusCode());
        form.put("code", code);
        assertEquals(303, prove(visitor, form).statusCode());
        assertEquals(422, prove(visitor, form).statusCode());
        // The device is known from now on.
        Visitor later = new Visitor(gate);
        later.cookies().putAll(visitor.cookies());
        later.cookies().remove(sessionCookie(later));
        assertEquals(303, at("192.0.2.99", later, OWNER, PASSWORD + 7).statusCode());
    }

    private HttpResponse<String> prove(Visitor visitor, Map<String, String> form) {
        return visitor.post("/login/code", form, "X-Forwarded-For", "192.0.2.77");
    }

    @Test
    void aSprayIsOneCampaignOnEachChannel() {
        for (int i = 0; i < ACCOUNTS; i++) {
            assertNotEquals(303, guess(i, person(i), "Summer2026!").statusCode());
        }
        oneCampaign("一つのパスワード");
        // A known device is let in meanwhile; so is the office.
        assertEquals(303, at(home(3), new Visitor(gate), person(3), PASSWORD + 3).statusCode());
    }

    @Test
    void stuffingIsOneCampaignAndLearnsNothing() throws Exception {
        for (int i = 0; i < 1000; i++) {
            assertNotEquals(
                    303, guess(i % 500, "leak" + i + "@mail.example", "stolen-" + i).statusCode());
        }
        oneCampaign("流出");
        // Someone with everyday habits, so that the campaign does not explain them.
        String everyday = "Mozilla/5.0 Chrome/142.0 Safari/537.36";
        Visitor one = new Visitor(gate);
        Visitor other = new Visitor(gate);
        HttpResponse<String> right = at("192.0.2.1", one, person(5), PASSWORD + 5, everyday);
        HttpResponse<String> wrong = at("192.0.3.1", other, person(6), "not-it", everyday);
        HttpResponse<String> nobody =
                at("192.0.4.1", new Visitor(gate), "nobody@agency6.example", "not-it", everyday);
        assertEquals(200, right.statusCode());
        assertEquals(right.statusCode(), wrong.statusCode());
        assertEquals(shape(right.body()), shape(wrong.body()));
        assertEquals(right.statusCode(), nobody.statusCode());
        assertEquals(shape(right.body()), shape(nobody.body()));
        // Neither do codes that are tried tell which it was.
        Map<String, String> real = Visitor.hidden(right.body());
        Map<String, String> pretended = Visitor.hidden(wrong.body());
        real.put("code", "not one");
        pretended.put("code", "not one");
        for (int i = 0; i < 7; i++) {
            HttpResponse<String> a =
                    one.post(
                            "/login/code",
                            real,
                            "X-Forwarded-For",
                            "192.0.2.1",
                            "User-Agent",
                            everyday);
            HttpResponse<String> b =
                    other.post(
                            "/login/code",
                            pretended,
                            "X-Forwarded-For",
                            "192.0.3.1",
                            "User-Agent",
                            everyday);
            assertEquals(a.statusCode(), b.statusCode(), "try " + i);
            assertEquals(shape(a.body()), shape(b.body()), "try " + i);
        }
    }

    @Test
    void aSuddenEndForgetsNothingAndTellsNothingTwice() throws Exception {
        for (int i = 0; i < 60; i++) {
            guess(i, "leak" + i + "@mail.example", "stolen-" + i);
        }
        Operators.await(() -> operators.webhooks("campaign.opened").size() == 1);
        Operators.await(() -> operators.slackMessages(false).size() == 1);
        gate.kill();
        gate.startAgain();
        for (int i = 60; i < 200; i++) {
            guess(i, "leak" + i + "@mail.example", "stolen-" + i);
        }
        Operators.await(() -> !operators.webhooks("campaign.grew").isEmpty());
        assertEquals(1, operators.webhooks("campaign.opened").size());
        assertEquals(1, operators.webhooks("campaign.grew").size());
        assertEquals(1, operators.slackMessages(false).size());
    }

    @Test
    void guessesSpreadOverTwoNodesAreCountedTogether() throws Exception {
        String[] options = {
            "--source-rate", "5000", "--argon2", "7168,1", "--trusted-proxy", "127.0.0.1/32"
        };
        try (PostgresProcess postgres = new PostgresProcess(gate);
                GateProcess one = GateProcess.start(state(operators), with(options, postgres));
                GateProcess two = one.sibling(with(options, postgres))) {
            assertEquals(303, at(home(7), new Visitor(one), OWNER, PASSWORD + 7).statusCode());
            int right = 0;
            for (int i = 0; i < 30; i++) {
                Visitor visitor =
                        new Visitor("http://localhost:" + (i % 2 == 0 ? one : two).port());
                int status =
                        at(
                                        "198.51.100." + i,
                                        visitor,
                                        OWNER,
                                        i == 16 ? PASSWORD + 7 : "g" + i,
                                        EVIL)
                                .statusCode();
                right += status == 422 ? 0 : 1;
            }
            assertEquals(0, right, "eight guesses on each, and the right one is refused");
            Operators.await(() -> operators.webhooks("campaign.opened").size() == 1);
            // What one was told of a device, the other knows.
            Visitor owner = new Visitor(one);
            assertEquals(303, at(home(7), owner, OWNER, PASSWORD + 7).statusCode());
            Visitor there = new Visitor("http://localhost:" + two.port());
            there.cookies().putAll(owner.cookies());
            there.cookies().remove(sessionCookie(there));
            // It knows within a second; until then it refuses.
            Operators.await(
                    () -> at("192.0.2.200", there, OWNER, PASSWORD + 7).statusCode() == 303);
        }
    }

    /** A known tool, which handles form tokens and cookies; the right password comes late. */
    @Test
    void patatorDoesNotGetIn() throws Exception {
        Path list = gate.folder().resolve("passwords");
        List<String> passwords = new ArrayList<>();
        for (int i = 0; i < 18; i++) {
            passwords.add(i == 15 ? PASSWORD + 7 : "guess-number-" + i);
        }
        Files.write(list, passwords);
        Path said = gate.folder().resolve("patator.log");
        Process patator =
                new ProcessBuilder(
                                "patator",
                                "http_fuzz",
                                "url=" + gate.issuer() + "/login",
                                "method=POST",
                                "body=form_token=_TOKEN_&request=&identifier="
                                        + OWNER.replace("@", "%40")
                                        + "&password=FILE0",
                                "0=" + list,
                                "before_urls=" + gate.issuer() + "/login",
                                "before_egrep=_TOKEN_:name=\"form_token\" value=\"([^\"]+)\"",
                                "header=X-Forwarded-For: 198.51.100.9",
                                "accept_cookie=1",
                                "follow=0",
                                "resolve=localhost:127.0.0.1",
                                "-t",
                                "1")
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        Visitor owner = new Visitor(gate);
        assertEquals(303, at(home(7), owner, OWNER, PASSWORD + 7).statusCode());
        assertTrue(patator.waitFor(60, TimeUnit.SECONDS));
        String log = Files.readString(said);
        assertTrue(log.contains("Hits/Done/Skip/Fail/Size: 18/18/0/0/18"), log);
        assertFalse(log.contains("303 See Other"), log);
        assertFalse(log.contains("200 OK"), log);
        owner.cookies().remove(sessionCookie(owner));
        assertEquals(303, at("192.0.2.9", owner, OWNER, PASSWORD + 7).statusCode());
        Operators.await(() -> operators.webhooks("campaign.opened").size() == 1);
    }

    private static String[] with(String[] options, PostgresProcess postgres) {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("--database");
        all.add(postgres.url());
        return all.toArray(new String[0]);
    }

    private void oneCampaign(String named) {
        Operators.await(() -> !operators.webhooks("campaign.grew").isEmpty());
        Operators.await(() -> !operators.slackMessages(true).isEmpty());
        Operators.await(() -> operators.mails("sre@monban.example").size() >= 2);
        assertEquals(1, operators.webhooks("campaign.opened").size());
        assertTrue(operators.webhooks("campaign.opened").getFirst().contains(named));
        assertEquals(1, operators.slackMessages(false).size(), "one thread");
        assertTrue(
                operators.slackMessages(true).stream()
                        .allMatch(m -> m.contains("thread_ts=1700000000.000001")));
    }
}
