package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate as the relying party of an OpenID Provider that others wrote. */
class ProviderByOthersTest {

    /** It asks, and goes on: a few redirects each. */
    private static final int MOST_STEPS = 10;

    private static Operators operators;
    private static NodeProvider talkative;
    private static NodeProvider thin;
    private static GateProcess gate;

    @BeforeAll
    static void open() throws IOException {
        operators = new Operators();
        talkative = new NodeProvider(true, "RS256", "ES256");
        thin = new NodeProvider(false, "PS256", "ES384");
        gate =
                GateProcess.start(
                        """
                        issuer: ISSUER
                        DECLARED
                        tenants:
                        TENANTS
                        accounts:
                        ACCOUNTS
                        """
                                .replace("DECLARED", operators.declared())
                                .replace("TENANTS", talkative.tenants() + thin.tenants())
                                .replace("ACCOUNTS", talkative.accounts() + thin.accounts()),
                        "--argon2",
                        "7168,1",
                        "--trusted-proxy",
                        "127.0.0.1/32");
        talkative.start(gate);
        thin.start(gate);
    }

    @AfterAll
    static void close() {
        gate.close();
        talkative.close();
        thin.close();
        operators.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "ES256", "PS256", "ES384"})
    void itsPeopleSignIn(String algorithm) {
        String name = "sato@" + algorithm.toLowerCase(Locale.ROOT) + ".example";
        NodeProvider provider = talkative.serves(algorithm) ? talkative : thin;
        Person sato = new Person(gate, operators, name, NodeProvider.PASSWORD, new Visitor(gate));
        Visitor there = new Visitor(provider.issuer());
        Federation.assertSignedIn(sato, come(sato, there));
        // It remembers them; for the gate that will do, as long as nothing wants a fresh proof.
        Person again = sato.elsewhere();
        Federation.assertSignedIn(again, come(again, there));
        assertEquals(1, provider.asked(name).size(), provider.asked(name).toString());
        sato.signOut();
        Federation.assertSignedIn(sato, come(sato, there));
        // Whoever is signed in has it ask anew, and it does.
        Federation.assertSignedIn(sato, come(sato, there));
        assertEquals(200, sato.get("/account/app").statusCode());
        List<String> asked = provider.asked(name);
        assertEquals(2, asked.size(), asked.toString());
        assertTrue(asked.getLast().contains("login_prompt"), asked.toString());
    }

    private static HttpResponse<String> come(Person person, Visitor there) {
        String at = Federation.setOut(person);
        for (int step = 0; !at.startsWith(gate.issuer()); step++) {
            assertTrue(step < MOST_STEPS, at);
            HttpResponse<String> answer = there.get(at);
            assertEquals(303, answer.statusCode(), answer.body());
            at = Visitor.location(answer);
        }
        return person.get(at);
    }
}
