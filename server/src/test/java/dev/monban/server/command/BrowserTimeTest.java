package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.house.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that were open for too long, at a gate whose clock the test sets. */
class BrowserTimeTest {

    private static final Instant BEGIN = Instant.parse("2027-03-01T00:00:00Z");
    private static final String CALLBACK = "http://localhost:4711/callback";
    private static final String REQUEST =
            "response_type=code&client_id=crm&redirect_uri="
                    + CALLBACK
                    + "&scope=openid&state=the-state&nonce=n&code_challenge_method=S256"
                    + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    @TempDir private static Path folder;

    private static ClockedGate gate;

    @BeforeAll
    static void open() throws IOException {
        gate = new ClockedGate(folder, TestDatabase.fresh("pages"), state(), BEGIN);
    }

    @AfterAll
    static void close() {
        gate.close();
    }

    private static State state() throws IOException {
        Path file = folder.resolve("monban.yaml");
        Files.writeString(
                file,
                """
                issuer: http://localhost:1
                tenants:
                  - {id: pages, name: Pages}
                accounts:
                  - {identifier: old@pages.example, tenant: pages, name: Old, password: {plain: PASSWORD}}
                clients:
                  - {id: crm, name: CRM, redirectUris: ["CALLBACK"], grants: [authorization_code], scopes: [openid]}
                """
                        .replace("PASSWORD", ClockedGate.PASSWORD)
                        .replace("CALLBACK", CALLBACK));
        return StateReader.read(file, name -> Optional.empty());
    }

    private static ClockedGate.Person person(String address) {
        return gate.new Person("old@pages.example", address);
    }

    /** After an hour, and after a day: no end, but a way back to the client, in words. */
    @ParameterizedTest
    @ValueSource(ints = {1, 26})
    void aSignInPageThatIsTooOldLeadsBackToTheClient(int hours) {
        ClockedGate.Person person = person("203.0.113." + hours);
        String login = person.get("/authorize?" + REQUEST).location();
        ClockedGate.Answer page = person.get(login);
        gate.later(Duration.ofHours(hours));
        for (ClockedGate.Answer late :
                new ClockedGate.Answer[] {
                    person.get(login),
                    person.fill(
                            page,
                            "/login",
                            "identifier",
                            person.name,
                            "password",
                            ClockedGate.PASSWORD),
                    person.fill(page, "/authorize/cancel"),
                    person.get(login.replaceFirst("/login", "/authorize/continue"))
                }) {
            assertEquals(400, late.status(), late.location() + late.body());
            assertTrue(late.body().contains("Return to CRM"), late.body());
            Matcher back = Pattern.compile("href=\"(/authorize/back[^\"]+)\"").matcher(late.body());
            assertTrue(back.find(), late.body());
            String answer = person.get(back.group(1)).location();
            assertTrue(answer.startsWith(CALLBACK + "?error=temporarily_unavailable"), answer);
            assertTrue(answer.contains("&state=the-state"), answer);
            assertFalse(answer.contains("code="), answer);
        }
        assertEquals("/login", person.get("/account").location(), "nobody was signed in by it");
    }

    /** Nothing comes of an old request, however often it is opened. */
    @Test
    void anOldRequestGivesNoCodeToWhoeverIsSignedIn() {
        ClockedGate.Person person = person("203.0.113.50");
        String login = person.get("/authorize?" + REQUEST).location();
        gate.later(Duration.ofHours(2));
        person.enter();
        for (int again = 0; again < 3; again++) {
            String path = login.replaceFirst("/login", "/authorize/continue");
            ClockedGate.Answer answer = person.get(path);
            assertEquals(400, answer.status());
            String back = person.get(path.replace("/continue", "/back")).location();
            assertFalse(back.contains("code="), back);
        }
        for (String foreign : new String[] {"", "AAAA", "https%3A%2F%2Fevil.example"}) {
            ClockedGate.Answer answer = person.get("/authorize/back?request=" + foreign);
            assertEquals(400, answer.status());
            assertEquals("", answer.location());
        }
    }

    /** The browser was closed meanwhile: the page is shown again, and nothing was looked at. */
    @Test
    void aFormOfAnotherDayIsShownAgain() {
        ClockedGate.Person person = person("203.0.113.51");
        ClockedGate.Answer page = person.get(person.get("/authorize?" + REQUEST).location());
        person.cookies.clear();
        ClockedGate.Answer sent =
                person.fill(
                        page,
                        "/login",
                        "identifier",
                        person.name,
                        "password",
                        ClockedGate.PASSWORD);
        assertEquals(303, sent.status());
        assertTrue(sent.location().startsWith("/login?stale=1&why=not_signed_in&request="));
        ClockedGate.Answer first = person.get(sent.location());
        assertTrue(first.body().contains("does not keep cookies"), "none has come yet");
        ClockedGate.Answer again = person.get(sent.location());
        assertTrue(again.body().contains("was open for too long"), again.body());
        ClockedGate.Answer signedIn =
                person.fill(
                        again,
                        "/login",
                        "identifier",
                        person.name,
                        "password",
                        ClockedGate.PASSWORD);
        if (signedIn.asksForCode()) {
            return;
        }
        String answer = person.get(signedIn.location()).location();
        assertTrue(answer.startsWith(CALLBACK + "?code="), answer);
        assertEquals(
                Map.of(),
                person.get(signedIn.location()).form(),
                "the page that leads on has no form");
    }
}
