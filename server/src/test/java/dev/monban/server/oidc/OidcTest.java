package dev.monban.server.oidc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.monban.server.house.Repository;
import dev.monban.server.platform.Vault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OidcTest {

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
"""
# what is tried               | address                                  | allowed
as registered                 | https://crm.example/callback             | true
another path below            | https://crm.example/callback/evil        | false
a query added                 | https://crm.example/callback?x=1         | false
a fragment added              | https://crm.example/callback#x           | false
an encoded letter             | https://crm.example/%63allback           | false
a name before the host        | https://crm.example@evil.example/callback| false
another host                  | https://crm.example.evil/callback        | false
another port                  | https://crm.example:8443/callback        | false
another case                  | https://CRM.example/callback             | false
without TLS                   | http://crm.example/callback              | false
a path that climbs            | https://crm.example/x/../callback        | false
a backslash                   | https://crm.example\\\\callback            | false
loopback, another port        | http://127.0.0.1:51004/done              | true
loopback, no port             | http://127.0.0.1/done                    | true
loopback, another path        | http://127.0.0.1:51004/other             | false
loopback, a name before it    | http://x@127.0.0.1:51004/done            | false
loopback by name              | http://localhost:51004/done              | false
loopback, other network       | http://127.0.0.2:51004/done              | false
""")
    void sendsCodesToRegisteredAddressesAlone(String what, String address, boolean allowed) {
        Client client = client(List.of("https://crm.example/callback", "http://127.0.0.1/done"));
        assertEquals(allowed, client.allowsRedirect(address), what);
    }

    /** A parameter that is read, but not kept with a push, would be lost without a word. */
    @Test
    void whatAuthorizationRequestsReadIsKeptWhereItIsPushed() {
        String source =
                Repository.read(
                        Repository.root()
                                .resolve(
                                        "server/src/main/java/dev/monban/server/oidc/AuthorizationRequests.java"));
        Set<String> read =
                Pattern.compile("parameters\\s*\\.(?:text|get|all)\\(\"([a-z_]+)\"\\)")
                        .matcher(source)
                        .results()
                        .map(found -> found.group(1))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(read.size() >= 8, read.toString());
        read.removeAll(PushedRequests.KNOWN);
        // Who pushes is known already, and what was pushed cannot be pushed again.
        read.removeAll(Set.of("client_id", "request_uri"));
        assertEquals(Set.of(), read);
    }

    @Test
    void knowsItsOwnHandlesAndNoOthers() {
        Handles handles = new Handles(Vault.of(new byte[32]));
        Handles elsewhere = new Handles(Vault.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        UUID grant = UUID.fromString("0193a1b2-0000-7000-8000-000000000001");
        String refresh = handles.refreshToken(grant, 7);
        assertEquals(Optional.of(new Handles.Refresh(grant, 7)), handles.readRefreshToken(refresh));
        assertEquals(Optional.of(grant), handles.readCode(handles.code(grant)));
        assertTrue(handles.readCode(refresh).isEmpty());
        assertTrue(handles.readRefreshToken(handles.code(grant)).isEmpty());
        assertTrue(elsewhere.readRefreshToken(refresh).isEmpty());
        for (int i = "mnb_rt_".length(); i < refresh.length() - 1; i++) {
            char other = refresh.charAt(i) == 'A' ? 'B' : 'A';
            String changed = refresh.substring(0, i) + other + refresh.substring(i + 1);
            assertTrue(handles.readRefreshToken(changed).isEmpty(), "character " + i);
        }
        assertTrue(handles.readRefreshToken("mnb_rt_").isEmpty());
        assertTrue(handles.readRefreshToken("mnb_rt_" + "é".repeat(60)).isEmpty());
    }

    /** RFC 7636, appendix B. */
    @Test
    void checksPkceAsTheSpecificationsExample() {
        String verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        String challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assertTrue(Pkce.matches(verifier, challenge));
        assertFalse(Pkce.matches(verifier + "x", challenge));
        assertFalse(Pkce.matches(challenge, challenge));
        assertFalse(Pkce.matches("short", challenge));
        assertFalse(Pkce.isChallenge("short"));
    }

    @Test
    void aPendingRequestComesBackAsItWentAndNotForEver() {
        Instant noon = Instant.parse("2026-11-24T03:00:00Z");
        Instant[] now = {noon};
        Pending.Seal seal =
                new Pending.Seal(Vault.of(new byte[32]), () -> now[0], Duration.ofMinutes(60));
        Pending pending = Pending.fresh("a=1&b=%E4%BD%90", noon).agreed("s");
        String sealed = seal.seal(pending);
        assertEquals(Optional.of(pending), seal.open(sealed));
        assertTrue(seal.open(sealed.substring(1)).isEmpty());
        assertTrue(seal.open("").isEmpty());
        assertTrue(seal.open("***").isEmpty());
        now[0] = noon.plusSeconds(3600);
        assertTrue(seal.open(sealed).isEmpty());
    }

    private static Client client(List<String> redirects) {
        return new Client(
                "crm",
                "CRM",
                redirects,
                List.of(),
                List.of(),
                null,
                null,
                Client.Proof.NONE,
                List.of(Client.AUTHORIZATION_CODE),
                List.of("openid"),
                false,
                Algorithm.ES256,
                null,
                Client.TokenFormat.JWT,
                Duration.ofMinutes(5),
                null,
                null,
                false,
                false,
                false,
                false,
                List.of());
    }
}
