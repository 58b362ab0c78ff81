package dev.monban.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.command.ClockedGate.Answer;
import dev.monban.server.command.ClockedGate.Person;
import dev.monban.server.declare.State;
import dev.monban.server.declare.StateReader;
import dev.monban.server.house.TestDatabase;
import dev.monban.server.platform.BadInput;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The issuer moves within the domain that passkeys belong to. */
class MovedIssuerTest {

    private static final Instant BEGIN = Instant.parse("2027-04-01T00:00:00Z");
    private static final String OLD = "https://login.example.com";
    private static final String NEW = "https://id.example.com";

    @TempDir private static Path folder;

    private static State state(String issuer, String passkeys) throws IOException {
        Path file = folder.resolve("monban.yaml");
        Files.writeString(
                file,
                "issuer: "
                        + issuer
                        + "\n"
                        + passkeys
                        + "\ntenants: [{id: moved, name: Moved}]\n"
                        + "accounts:\n  - {identifier: a@moved.example, tenant: moved, name: A,"
                        + " language: en, password: {env: PASSWORD}}\n");
        return StateReader.read(file, name -> Optional.of(ClockedGate.PASSWORD));
    }

    private static Map<String, Object> options(Answer page) throws Exception {
        Matcher options = Pattern.compile("data-options=\"([^\"]*)\"").matcher(page.body());
        assertTrue(options.find(), page.body());
        return Json.object(
                options.group(1)
                        .replace("&#34;", "\"")
                        .replace("&quot;", "\"")
                        .replace("&#39;", "'")
                        .replace("&amp;", "&"));
    }

    private static Answer signIn(
            ClockedGate gate, SoftwareAuthenticator authenticator, String rpId, String origin)
            throws Exception {
        Person person = gate.new Person("a@moved.example", "203.0.113.1");
        Answer page = person.get("/login?again=1");
        String challenge = String.valueOf(options(page).get("challenge"));
        return person.fill(
                page, "/login/passkey", "response", authenticator.get(rpId, origin, challenge));
    }

    @Test
    void aPasskeyOfTheParentDomainGoesOnAtTheNewIssuer() throws Exception {
        SoftwareAuthenticator authenticator = new SoftwareAuthenticator();
        String wide = "passkeys: {rpId: example.com}";
        try (Database database = TestDatabase.fresh("movedissuer")) {
            try (ClockedGate gate =
                    new ClockedGate(folder.resolve("a"), database, state(OLD, wide), BEGIN)) {
                Person person = gate.new Person("a@moved.example", "203.0.113.1");
                person.enter();
                Answer page = person.get("/account/passkey");
                Map<String, Object> options = options(page);
                assertEquals("example.com", part(options, "rp").get("id"));
                String made =
                        authenticator.create(
                                "example.com",
                                OLD,
                                String.valueOf(options.get("challenge")),
                                String.valueOf(part(options, "user").get("id")));
                Answer added =
                        person.fill(page, "/account/passkey", "response", made, "name", "Key");
                assertTrue(added.status() == 303 || added.status() == 200, added.body());
                assertEquals(
                        "/account", signIn(gate, authenticator, "example.com", OLD).location());
            }
            try (ClockedGate gate =
                    new ClockedGate(folder.resolve("a"), database, state(NEW, wide), BEGIN)) {
                assertEquals(
                        "/account", signIn(gate, authenticator, "example.com", NEW).location());
                // Another page of the domain, the old one too, cannot sign anybody in here.
                for (String elsewhere : new String[] {OLD, "https://evil.example.com"}) {
                    Answer refused = signIn(gate, authenticator, "example.com", elsewhere);
                    assertEquals("", refused.location(), elsewhere);
                }
                assertEquals("", signIn(gate, authenticator, "id.example.com", NEW).location());
            }
            // Without the setting the passkey would be lost by the move.
            try (ClockedGate gate =
                    new ClockedGate(folder.resolve("a"), database, state(NEW, ""), BEGIN)) {
                assertEquals("", signIn(gate, authenticator, "example.com", NEW).location());
            }
        }
    }

    @Test
    void aDomainThatStrangersShareIsRefused() throws IOException {
        assertEquals(
                Optional.of("login.example.com"),
                state(OLD, "passkeys: {rpId: login.example.com}").options().rpId());
        for (String[] one :
                new String[][] {
                    {OLD, "com", "public suffix"},
                    {"https://login.yamada.co.jp", "co.jp", "public suffix"},
                    {OLD, "other.example", "the host of the issuer, login.example.com"},
                    {OLD, "ample.com", "the host of the issuer, login.example.com"},
                    {OLD, "a.login.example.com", "the host of the issuer, login.example.com"}
                }) {
            String refusal =
                    String.valueOf(
                            assertThrows(
                                            BadInput.class,
                                            () -> state(one[0], "passkeys: {rpId: " + one[1] + "}"))
                                    .getMessage());
            assertTrue(refusal.contains("passkeys.rpId") && refusal.contains(one[2]), refusal);
        }
    }

    private static Map<?, ?> part(Map<String, Object> options, String name) {
        return (Map<?, ?>) Objects.requireNonNull(options.get(name), name);
    }
}
