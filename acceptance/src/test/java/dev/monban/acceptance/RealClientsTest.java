package dev.monban.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that know nothing of us sign in as their documentation sets them up: Spring Security of
 * Boot 3.5 and 4, and Apache's mod_auth_openidc, some of them without PKCE.
 */
class RealClientsTest {

    /** As base64 has it: Spring sends it form-encoded (RFC 6749, 2.3.1), Apache too. */
    private static final String SECRET = "p7+Zk/q1Xw9+Vh3/LmT8sRbY5uNcE2dG+aJ4iO6fKx0=";

    private static final String NAME = "佐藤 結衣";
    private static final Pattern CHALLENGE = Pattern.compile("[?&]code_challenge=");

    private static final Map<String, SpringProcess> SPRING = new LinkedHashMap<>();

    private static GateProcess gate;
    private static ApacheProcess apache;
    private static ApacheProcess apacheWithPkce;

    @BeforeAll
    static void open() throws IOException {
        int three = GateProcess.freePort();
        int four = GateProcess.freePort();
        int plain = GateProcess.freePort();
        int pkce = GateProcess.freePort();
        String state =
                """
                issuer: ISSUER
                tenants:
                  - {id: yamada, name: 山田保険事務所}
                accounts:
                  - {identifier: NUMBER, tenant: yamada, name: 佐藤 結衣, password: {plain: PASSWORD}}
                clients:
                """
                                .replace("NUMBER", House.SATO)
                                .replace("PASSWORD", House.SATO_PASSWORD)
                        + spring("three-", three, "pkce: optional, ")
                        + spring("four-", four, "")
                        + apache("apache", plain, "pkce: optional, ")
                        + apache("apache-pkce", pkce, "");
        gate = GateProcess.start(state);
        Map<String, String> registrations = new LinkedHashMap<>();
        registrations.put("basic", SECRET);
        registrations.put("jwt", "");
        registrations.put("strict", "");
        SPRING.put("3", start("spring-boot-3", three, "three-", registrations));
        SPRING.put("4", start("spring-boot-4", four, "four-", registrations));
        apache = ApacheProcess.start(plain, gate.issuer(), "apache", SECRET, "");
        apacheWithPkce =
                ApacheProcess.start(
                        pkce, gate.issuer(), "apache-pkce", SECRET, "OIDCPKCEMethod S256");
        SPRING.values().forEach(SpringProcess::awaitReady);
    }

    @AfterAll
    static void close() {
        SPRING.values().forEach(SpringProcess::close);
        if (apache != null) {
            apache.close();
        }
        if (apacheWithPkce != null) {
            apacheWithPkce.close();
        }
        if (gate != null) {
            gate.close();
        }
    }

    /** One client with a secret, one with a key, one with a key that may name the issuer alone. */
    private static String spring(String prefix, int port, String more) {
        String both =
                "grants: [authorization_code], scopes: [openid, profile, email],"
                        + " signingAlgorithm: RS256, redirectUris: [\"http://localhost:"
                        + port
                        + "/login/oauth2/code/";
        String key = "jwks: " + House.ASSERTION_KEY + ", ";
        return ("  - {id: PREFIXbasic, name: Spring, secret: {plain: \"SECRET\"}, MOREBOTHbasic\"]}\n"
                        + "  - {id: PREFIXjwt, name: Spring, KEYtokenEndpointAudience: true, MOREBOTHjwt\"]}\n"
                        + "  - {id: PREFIXstrict, name: Spring, KEYMOREBOTHstrict\"]}\n")
                .replace("PREFIX", prefix)
                .replace("SECRET", SECRET)
                .replace("KEY", key)
                .replace("MORE", more)
                .replace("BOTH", both);
    }

    private static String apache(String id, int port, String more) {
        return ("  - {id: ID, name: Apache, secret: {plain: \"SECRET\"}, MOREgrants: [authorization_code],"
                        + " scopes: [openid, profile, email],"
                        + " redirectUris: [\"http://localhost:PORT/app/callback\"]}\n")
                .replace("ID", id)
                .replace("SECRET", SECRET)
                .replace("MORE", more)
                .replace("PORT", Integer.toString(port));
    }

    private static SpringProcess start(
            String property, int port, String prefix, Map<String, String> registrations)
            throws IOException {
        Matcher version =
                Pattern.compile("<" + property + ".version>([^<]+)<")
                        .matcher(Files.readString(GateProcess.repository().resolve("pom.xml")));
        assertTrue(version.find(), property + " is pinned in the root pom");
        return SpringProcess.start(version.group(1), port, gate.issuer(), prefix, registrations);
    }

    /**
     * Follows a browser from the client to the sign-in and back; gives the address of the answer.
     */
    private static String signIn(Visitor visitor, String request) {
        String location = Visitor.location(visitor.get(request));
        assertTrue(location.startsWith("/login"), location);
        HttpResponse<String> signedIn = visitor.signIn(location, House.SATO, House.SATO_PASSWORD);
        return Visitor.location(visitor.get(Visitor.location(signedIn)));
    }

    private static String spring(String version, String registration) {
        SpringProcess app = SPRING.get(version);
        Visitor visitor = new Visitor(gate);
        String request =
                Visitor.location(visitor.get(app.address("/oauth2/authorization/" + registration)));
        assertTrue(request.startsWith(gate.issuer() + "/authorize?"), request);
        // Spring of Boot 3.5 sends none for a client that proves itself.
        assertEquals(version.equals("4"), CHALLENGE.matcher(request).find(), request);
        String answer = signIn(visitor, request);
        assertTrue(answer.startsWith(app.address("/login/oauth2/code/")), answer);
        String next = Visitor.location(visitor.get(answer));
        if (next.contains("error")) {
            return next;
        }
        return visitor.get(next.startsWith("/") ? app.address(next) : next).body();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "4"})
    void springSignsInWithASecret(String version) {
        assertEquals("signed in: " + NAME, spring(version, "basic"));
    }

    /** Spring names the token endpoint as the audience of its assertions. */
    @ParameterizedTest
    @ValueSource(strings = {"3", "4"})
    void springSignsInWithAKeyWhereItsAudienceIsDeclared(String version) {
        assertEquals("signed in: " + NAME, spring(version, "jwt"));
    }

    /** The other side: without that declaration it is refused, and the log says why. */
    @ParameterizedTest
    @ValueSource(strings = {"3", "4"})
    void springsAudienceIsRefusedWhereItIsNotDeclared(String version) {
        String next = spring(version, "strict");
        assertTrue(next.contains("/login?error"), next);
        String client = (version.equals("3") ? "three-" : "four-") + "strict";
        assertTrue(
                gate.log()
                        .lines()
                        .anyMatch(line ->
                                line.contains("client " + client)
                                        && line.contains("assertion")
                                        && line.contains("audience")),
                gate.log());
    }

    @Test
    void apacheSignsInWithoutPkce() {
        assertEquals(false, throughApache(apache));
    }

    @Test
    void apacheSignsInWithPkce() {
        assertEquals(true, throughApache(apacheWithPkce));
    }

    /** Leads somebody through Apache to its page; whether it sent a code challenge. */
    private static boolean throughApache(ApacheProcess server) {
        Visitor visitor = new Visitor(gate);
        HttpResponse<String> first = visitor.get(server.address("/app/page.txt"));
        String request = Visitor.location(first);
        assertTrue(
                request.startsWith(gate.issuer() + "/authorize?"),
                first.statusCode() + request + server.said());
        String answer = signIn(visitor, request);
        assertTrue(answer.startsWith(server.address("/app/callback?")), answer);
        HttpResponse<String> back = visitor.get(answer);
        assertEquals(server.address("/app/page.txt"), Visitor.location(back), server.said());
        HttpResponse<String> page = visitor.get(server.address("/app/page.txt"));
        assertEquals("behind the gate\n", page.body());
        assertEquals(
                House.SATO, page.headers().firstValue("X-Signed-In").orElse(""), server.said());
        assertFalse(
                visitor.cookies().isEmpty(),
                "the session is Apache's own, and the gate's beside it");
        return CHALLENGE.matcher(request).find();
    }
}
