package dev.monban.server.declare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.monban.server.platform.BadInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateReaderTest {

    @TempDir private Path folder = Path.of("");

    @Test
    void namesEveryFaultAtOnceWithItsLineAndItsMend() throws IOException {
        String message =
                refusal(
                        """
                        issuer: http://login.example
                        tenant: []
                        tenants:
                          - {id: Yamada, name: 山田保険事務所}
                          - {id: sakura, name: さくら}
                          - {id: sakura, name: さくら}
                        accounts:
                          - {identifier: a b, tenant: sakura, name: x}
                          - {identifier: c@x.example, tenant: nowhere, name: x, roles: admin}
                        clients:
                          - id: crm
                            name: 顧客管理
                            redirectUri: ["https://crm.example/"]
                            grants: [password]
                        """);
        assertEquals(
                """
                F:2: there is no key 'tenant' here; did you mean 'tenants'?
                F:4: tenants[0].id: write small letters, digits and hyphens
                F:8: accounts[0].identifier: write a login name without spaces, such as an e-mail address
                F:9: accounts[1].roles: write a list
                F:13: clients[0]: there is no key 'redirectUri' here; did you mean 'redirectUris'?
                F:14: clients[0].grants[0]: write one of authorization_code, refresh_token, client_credentials, device_code\
                """,
                message);
    }

    @Test
    void checksWhatOnlyTheWholeShows() throws IOException {
        String message =
                refusal(
                        """
                        issuer: http://login.example
                        tenants:
                          - {id: sakura, name: さくら}
                          - {id: sakura, name: さくら}
                        accounts:
                          - {identifier: c@x.example, tenant: nowhere, name: x}
                          - {identifier: Ｃ@X.example, tenant: sakura, name: x}
                        clients:
                          - id: crm
                            name: 顧客管理
                            grants: [authorization_code, client_credentials]
                          - id: web
                            name: Web
                            redirectUris: ["http://web.example/", "javascript:alert(1)", "https://a@b.example/"]
                            secret: {plain: sixteen-characters}
                            grants: [authorization_code]
                          - id: env
                            name: Env
                            secret: {env: NOT_THERE}
                            grants: [client_credentials]
                        """);
        assertEquals(
                """
                F:1: issuer: write https; http is for localhost alone (OpenID Connect)
                F:4: tenants[1]: there is another tenant 'sakura' above
                F:6: accounts[0].tenant: there is no tenant 'nowhere' above
                F:7: accounts[1]: there is another account 'c@x.example' above
                F:9: clients[0]: client_credentials needs a secret or jwks of its own
                F:9: clients[0]: authorization_code needs redirectUris to send codes to
                F:15: clients[1].secret: plain is for a loopback issuer alone; write env or file
                F:14: clients[1].redirectUris: write https; http is for this machine alone
                F:14: clients[1].redirectUris: an app's own scheme is a domain backwards, such as com.example.app:/back (RFC 8252, section 7.1)
                F:14: clients[1].redirectUris: an address names nobody before its host
                F:19: clients[2].secret: the environment has no variable NOT_THERE; set it\
                """,
                message);
    }

    @Test
    void onlyAClientThatProvesItselfMayDoWithoutPkce() throws IOException {
        assertEquals(
                """
                F:6: clients[0].pkce: optional needs a secret or jwks: a client that proves nothing else needs PKCE (RFC 9700, section 2.1.1)\
                """,
                refusal(
                        """
                        issuer: http://localhost
                        clients:
                          - id: spa
                            name: Web
                            redirectUris: ["https://web.example/"]
                            pkce: optional
                            grants: [authorization_code]
                          - id: crm
                            name: CRM
                            redirectUris: ["https://crm.example/"]
                            pkce: optional
                            secret: {plain: sixteen-characters}
                            grants: [authorization_code]
                        """));
    }

    @Test
    void takesNoDuplicateKeysNoAliasesAndNothingElseThanYaml() throws IOException {
        assertTrue(refusal("issuer: http://localhost\nissuer: http://localhost\n").contains("2:"));
        assertTrue(refusal("a: &x [1]\nb: [*x, *x, *x]\n").contains("not YAML"));
        assertTrue(refusal("issuer: [").contains("not YAML"));
        assertTrue(refusal("").contains("empty"));
        assertTrue(refusal("- 1").contains("write an object with issuer"));
    }

    @Test
    void saysWhatIsNoDestinationAndNoContact() throws IOException {
        assertEquals(
                """
                F:2: outgoing.allow: '10.0.0.0/33' is no host and no network; write it as idp.internal, idp.internal:8443, 10.0.5.7:8443, [fd00::7]:8443 or 10.0.5.0/24
                F:2: outgoing.allow: 'host:0': no such port
                F:3: security.contact: give an address at least, such as mailto:security@example.com (RFC 9116)\
                """,
                refusal(
                        """
                        issuer: http://localhost:1
                        outgoing: {allow: [10.0.0.0/33, idp.internal, "host:0"]}
                        security: {contact: []}
                        """));
    }

    @Test
    void saysWhatAnIdentityProviderLacks() throws IOException {
        assertEquals(
                """
                F:5: tenants[0].identityProvider.domains[1]: write a domain such as yamada.example
                F:5: tenants[0].identityProvider: the key 'issuer' is missing
                F:5: tenants[0].identityProvider: the key 'secret' is missing\
                """,
                refusal(
                        """
                        issuer: http://localhost:1
                        tenants:
                          - id: yamada
                            name: Y
                            identityProvider: {clientId: m, domains: [yamada.example, x]}
                        """));
        assertEquals(
                """
                F:5: tenants[0].identityProvider.issuer: over the network it must be https
                F:8: tenants[1].identityProvider.domains: there is another domain 'yamada.example' above
                F:8: tenants[1].identityProvider.secret: the environment has no variable NOT_THERE; set it\
                """,
                refusal(
                        """
                        issuer: http://localhost:1
                        tenants:
                          - id: yamada
                            name: Y
                            identityProvider: {issuer: "http://idp.example", clientId: m, secret: {plain: a-secret-of-some-length}, domains: [yamada.example]}
                          - id: sakura
                            name: S
                            identityProvider: {issuer: "https://idp.example", clientId: m, secret: {env: NOT_THERE}, domains: [yamada.example]}
                        """));
    }

    @Test
    void keepsPrivateKeysOut() throws IOException {
        String message =
                refusal(
                        """
                        issuer: http://localhost:1
                        clients:
                          - id: k
                            name: K
                            grants: [client_credentials]
                            jwks: {keys: [{kty: EC, crv: P-256, x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", d: "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]}
                        """);
        assertTrue(message.contains("private keys"), message);
    }

    /** Whatever the file holds, the answer is a state or a refusal that names the place. */
    @FuzzTest(maxDuration = "2s")
    void answersEveryFileInWords(byte[] file) throws IOException {
        Path path = folder.resolve("fuzz.yaml");
        Files.write(path, file);
        try {
            StateReader.read(path, name -> Optional.empty());
        } catch (BadInput e) {
            assertTrue(String.valueOf(e.getMessage()).startsWith(path.toString()));
        }
    }

    private String refusal(String yaml) throws IOException {
        Path file = folder.resolve("monban.yaml");
        Files.writeString(file, yaml);
        BadInput refused =
                assertThrows(
                        BadInput.class,
                        () ->
                                StateReader.read(
                                        file,
                                        name -> Optional.ofNullable(Map.of("A", "b").get(name))));
        return String.valueOf(refused.getMessage()).replace(file.toString(), "F");
    }
}
