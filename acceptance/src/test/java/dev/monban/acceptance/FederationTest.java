package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import dev.monban.acceptance.OtherProvider.Mood;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** People whom their organisation signs in. */
class FederationTest extends Federation {

    @Test
    void peopleSignInAtTheirOrganisation() {
        Person ito = person(ITO);
        provider.knows("ito-0", "Ito@Yamada.example", true);
        assertSignedIn(ito, goThere(ito));
        // From now on by the subject: the address there may change.
        Person again = ito.elsewhere();
        provider.knows("ito-0", "another@yamada.example", false);
        assertSignedIn(again, goThere(again));
    }

    @Test
    void whoCameForAClientGoesOnThere() {
        Person ito = person(ITO);
        provider.knows("ito-0", ITO, true);
        String login = ito.authorize("prompt", "login");
        assertTrue(login.startsWith("/login?request="), login);
        String page = login.replace("/login?", "/login/organisation?");
        HttpResponse<String> there =
                ito.fill(page, "/login/organisation", "identifier", ito.name());
        Matcher link = Pattern.compile("href=\"(http://127[^\"]+)\"").matcher(there.body());
        assertTrue(link.find(), there.body());
        HttpResponse<String> back = ito.get(OtherProvider.at(link.group(1).replace("&amp;", "&")));
        assertEquals(303, back.statusCode(), back.body());
        String end = ito.follow(Visitor.location(back));
        assertTrue(end.startsWith(House.CALLBACK), end);
        assertTrue(Visitor.parameter(end, "code").isPresent(), end);
    }

    @Test
    void theirOwnFactorIsAskedForAllTheSame() throws IOException {
        Person sato = person(SATO);
        sato.enter("/login");
        PhoneApp app = PhoneApp.add(sato.visitor(), "/account/app", 0, Person.OFFICE);
        sato.signOut();
        provider.knows("sato-0", SATO, true);
        HttpResponse<String> asked = goThere(sato);
        assertEquals(200, asked.statusCode());
        assertNotSignedIn(sato);
        assertEquals(422, sato.code(asked, "000000", false).statusCode());
        assertSignedIn(sato, sato.code(asked, app.code(1), false));
    }

    @Test
    void whatTheIdTokenDoesNotSayTheUserInfoSays() {
        Person hara = person("hara@yamada.example");
        provider.knows("hara-0", hara.name(), true);
        provider.is(Mood.THIN);
        assertSignedIn(hara, goThere(hara));
        Operators.await(() -> operators.hasMail(hara.name(), "組織のアカウントでサインインできるようになりました"));
    }

    @Test
    void aSignInOfThisMorningIsNoFreshProof() {
        Person ito = person(ITO);
        provider.knows("ito-0", ITO, true);
        provider.provedAgo(Duration.ofHours(3));
        assertSignedIn(ito, goThere(ito));
        HttpResponse<String> asked = ito.get("/account/app");
        assertEquals("/login?again=1", Visitor.location(asked));
        // It does not ask, and says nothing: that is none.
        provider.is(Mood.SILENT);
        HttpResponse<String> refused = goThere(ito);
        assertEquals(403, refused.statusCode());
        assertTrue(refused.body().contains("もう一度の本人確認ができませんでした"), refused.body());
        assertEquals("/login?again=1", Visitor.location(ito.get("/account/app")));
        // Who is signed in is asked there, whatever the provider remembers.
        provider.is(Mood.WELL);
        assertSignedIn(ito, goThere(ito));
        assertEquals(200, ito.get("/account/app").statusCode());
        // Whoever takes the demand away on the way has no fresh proof.
        Person other = ito.elsewhere();
        assertSignedIn(other, goThere(other));
        String bent =
                setOut(other).replace("prompt=login", "prompt=none").replace("max_age=0&", "");
        assertEquals(403, other.get(OtherProvider.at(bent)).statusCode());
    }

    @Test
    void fromANewPlaceACodeIsAskedForAsAfterAPassword() {
        Person abe = person("abe@yamada.example");
        abe.enter("/login");
        abe.signOut();
        provider.knows("abe-0", abe.name(), true);
        provider.provedAgo(Duration.ofHours(3));
        Visitor far = new Visitor(gate);
        int mails = operators.mails(abe.name()).size();
        HttpResponse<String> asked = goThereFromElsewhere(far, abe.name());
        assertEquals(200, asked.statusCode(), asked.body());
        assertTrue(asked.body().contains("コードを登録のメールアドレスにお送りしました"), asked.body());
        assertEquals(303, far.get("/account", ELSEWHERE).statusCode());
        String code = operators.code(abe.name(), mails);
        assertTrue(Operators.text(operators.mails(abe.name()).getLast()).contains("組織のサインインを通って"));
        assertEquals(303, code(far, asked, code).statusCode());
        assertEquals(200, far.get("/account", ELSEWHERE).statusCode());
        // Mail makes it no fresher.
        assertEquals("/login?again=1", Visitor.location(far.get("/account/app", ELSEWHERE)));
    }

    @Test
    void whoIsGuessedAtComesInAllTheSame() {
        Person sano = person("sano@yamada.example");
        sano.enter("/login");
        sano.signOut();
        for (int i = 0; i < 30; i++) {
            String[] stranger = {"X-Forwarded-For", "192.0.2." + i};
            Visitor guesser = new Visitor(gate);
            Map<String, String> form = Visitor.hidden(guesser.get("/login", stranger).body());
            form.put("identifier", sano.name());
            form.put("password", "guess number " + i);
            assertNotEquals(303, guesser.post("/login", form, stranger).statusCode());
        }
        provider.knows("sano-0", sano.name(), true);
        Visitor far = new Visitor(gate);
        int mails = operators.mails(sano.name()).size();
        HttpResponse<String> asked = goThereFromElsewhere(far, sano.name());
        assertEquals(200, asked.statusCode(), asked.body());
        assertEquals(303, code(far, asked, operators.code(sano.name(), mails)).statusCode());
    }

    @Test
    void whatTheOwnerHasShutOpensOnlyWithAnotherPassword() {
        Person kudo = person("kudo@yamada.example");
        provider.knows("kudo-0", kudo.name(), true);
        assertSignedIn(kudo, goThere(kudo));
        assertEquals(303, kudo.fill("/account", "/account/not-me").statusCode());
        assertNotSignedIn(kudo);
        HttpResponse<String> refused = goThere(kudo);
        assertEquals(403, refused.statusCode());
        assertTrue(refused.body().contains("先にパスワードでサインインしてください"), refused.body());
        assertNotSignedIn(kudo);
        HttpResponse<String> wanted = kudo.signIn("/login");
        assertEquals(200, wanted.statusCode());
        Map<String, String> chosen = Visitor.hidden(wanted.body());
        chosen.put("new_password", "a kettle on the stove in autumn");
        assertEquals(303, kudo.post("/login/password", chosen).statusCode());
        Person again = kudo.elsewhere();
        assertSignedIn(again, goThere(again));
        // What was asked for before is shut with the rest.
        Visitor far = new Visitor(gate);
        int mails = operators.mails(kudo.name()).size();
        HttpResponse<String> asked = goThereFromElsewhere(far, kudo.name());
        assertEquals(200, asked.statusCode());
        String code = operators.code(kudo.name(), mails);
        assertEquals(303, again.fill("/account", "/account/not-me").statusCode());
        assertEquals(422, code(far, asked, code).statusCode());
        assertEquals(303, far.get("/account", ELSEWHERE).statusCode());
    }

    @Test
    void whoIsRefusedThereIsToldSo() {
        Person abe = person("abe@yamada.example");
        provider.knows("abe", abe.name(), true);
        provider.is(Mood.ACCESS_DENIED);
        HttpResponse<String> answer = goThere(abe);
        assertEquals(403, answer.statusCode());
        assertTrue(answer.body().contains("断られたか、中止されました"), answer.body());
        provider.is(Mood.WELL);
    }

    @Test
    void whoIsSomebodyElseThereIsLinkedAnewByAnAdministrator() {
        Person ono = person("ono@yamada.example");
        provider.knows("ono-0", ono.name(), true);
        assertSignedIn(ono, goThere(ono));
        provider.knows("ono-1", ono.name(), true);
        assertEquals(403, goThere(ono.elsewhere()).statusCode());
        assertEquals(403, goThereFromElsewhere(new Visitor(gate), ono.name()).statusCode());
        for (int i = 0; i < 2; i++) {
            assertEquals(403, goThere(ono).statusCode());
        }
        Operators.await(() -> operators.cards(false).stream().anyMatch(c -> c.contains("小. 恵.")));
        Person boss = person("boss@yamada.example");
        boss.enter("/login");
        String page = memberPage(boss, ono.name());
        assertTrue(boss.get(page).body().contains(provider.issuer()));
        Person chief = person("chief@tanaka.example");
        chief.enter("/login");
        Map<String, String> foreign = Visitor.hidden(chief.get("/members/invite").body());
        foreign.put("id", page.substring(page.indexOf('=') + 1));
        assertEquals(404, chief.post("/members/person/unlink", foreign).statusCode());
        assertEquals(303, boss.fill(page, "/members/person/unlink").statusCode());
        assertFalse(boss.get(page).body().contains(provider.issuer()));
        Person again = ono.elsewhere();
        assertSignedIn(again, goThere(again));
        provider.knows("ono-0", ono.name(), true);
        assertEquals(403, goThere(ono.elsewhere()).statusCode());
        Operators.await(() -> operators.hasMail(ono.name(), "組織のアカウントとの結びつきが解かれました"));
        // Nobody does it to themselves.
        provider.knows("boss-0", boss.name(), true);
        assertEquals(303, goThere(boss).statusCode());
        String own = memberPage(boss, boss.name());
        Map<String, String> form = Visitor.hidden(boss.get("/members/invite").body());
        form.put("id", own.substring(own.indexOf('=') + 1));
        assertEquals(400, boss.post("/members/person/unlink", form).statusCode());
    }

    private static String memberPage(Person administrator, String name) {
        Matcher path =
                Pattern.compile("/members/person\\?id=[0-9a-f-]{36}")
                        .matcher(administrator.get("/members?q=" + name).body());
        assertTrue(path.find());
        return path.group();
    }

    @Test
    void thePagesAreForEverybody() throws IOException {
        List<String> barriers = new ArrayList<>();
        Person abe = person("abe@yamada.example");
        provider.knows("abe-0", abe.name(), true);
        assertSignedIn(abe, goThere(abe));
        try (Chromium chromium = new Chromium()) {
            for (String language : List.of("ja", "en")) {
                for (int width : List.of(320, Chromium.WIDE)) {
                    try (BrowserContext context =
                            chromium.context(language, width, language.equals("en"), true)) {
                        Page page = context.newPage();
                        String at = "-" + language + "-" + width;
                        page.navigate(gate.issuer() + "/login");
                        barriers.addAll(look(page, "organisation-login" + at));
                        page.locator("a[href^='/login/organisation']").click();
                        page.locator("#identifier").fill(STRANGER);
                        page.locator("button.primary").click();
                        barriers.addAll(look(page, "organisation-nowhere" + at));
                        page.locator("#identifier").fill(ITO);
                        page.locator("button.primary").click();
                        barriers.addAll(look(page, "organisation-there" + at));
                        provider.is(Mood.SECRET_EXPIRED);
                        page.locator("a.button.primary").click();
                        barriers.addAll(look(page, "organisation-down" + at));
                        provider.is(Mood.WELL);
                    }
                }
            }
            try (BrowserContext context = chromium.context("ja", Chromium.WIDE, false, true)) {
                Page page = context.newPage();
                page.navigate(gate.issuer() + "/login");
                page.locator("#identifier").fill("boss@yamada.example");
                page.locator("#password").fill(PASSWORD);
                int mails = operators.mails("boss@yamada.example").size();
                page.locator("button.primary").first().click();
                if (page.locator("#code").count() > 0) {
                    page.locator("#code").fill(operators.code("boss@yamada.example", mails));
                    page.locator("button.primary").first().click();
                }
                page.waitForURL("**/account");
                page.navigate(gate.issuer() + "/members?q=abe");
                page.locator("a[href^='/members/person']").click();
                barriers.addAll(look(page, "organisation-member-ja"));
            }
            Chromium.writeContactSheet();
        }
        assertEquals(List.of(), barriers);
    }

    private static List<String> look(Page page, String name) {
        assertTrue(
                (boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
                name + " is wider than its window");
        return Chromium.look(page, name);
    }
}
