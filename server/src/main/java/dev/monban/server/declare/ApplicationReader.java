package dev.monban.server.declare;

import com.nimbusds.jose.jwk.JWKSet;
import dev.monban.core.code.Codes;
import dev.monban.server.oidc.Algorithm;
import dev.monban.server.oidc.Claims;
import dev.monban.server.oidc.Client;
import dev.monban.server.platform.Json;
import dev.monban.server.platform.Loopback;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads applications that people sign in to. */
final class ApplicationReader {

    private static final int SECRET_LEAST_CHARACTERS = 16;

    private final Checker checker;
    private final SecretReader secrets;

    ApplicationReader(Checker checker, SecretReader secrets) {
        this.checker = checker;
        this.secrets = secrets;
    }

    /** The application; faults are told to the checker. */
    State.Application read(Located client, String place) {
        List<String> grants =
                client.textsOf("grants").stream()
                        .map(g -> g.equals("device_code") ? Client.DEVICE_CODE : g)
                        .toList();
        Optional<String> secret =
                client.get("secret")
                        .flatMap(s -> secrets.read(s, place + ".secret", SECRET_LEAST_CHARACTERS));
        Optional<String> jwks = client.get("jwks").flatMap(keys -> jwks(keys, place + ".jwks"));
        if (client.get("secret").isPresent() && client.get("jwks").isPresent()) {
            checker.fault(client.line(), place, "give a secret or jwks, not both");
        }
        boolean isPublic = client.get("secret").isEmpty() && client.get("jwks").isEmpty();
        if (isPublic && grants.contains(Client.CLIENT_CREDENTIALS)) {
            checker.fault(
                    client.line(), place, "client_credentials needs a secret or jwks of its own");
        }
        boolean pkceOptional = client.textOf("pkce").filter("optional"::equals).isPresent();
        if (isPublic && pkceOptional) {
            checker.fault(
                    client.get("pkce").map(Located::line).orElse(client.line()),
                    place + ".pkce",
                    "optional needs a secret or jwks: a client that proves nothing else needs PKCE"
                            + " (RFC 9700, section 2.1.1)");
        }
        List<String> redirects = client.textsOf("redirectUris");
        if (grants.contains(Client.AUTHORIZATION_CODE) && redirects.isEmpty()) {
            checker.fault(
                    client.line(), place, "authorization_code needs redirectUris to send codes to");
        }
        client.listOf("redirectUris").forEach(uri -> address(uri, place + ".redirectUris"));
        client.listOf("postLogoutRedirectUris")
                .forEach(uri -> address(uri, place + ".postLogoutRedirectUris"));
        List<String> scopes = client.textsOf("scopes");
        return new State.Application(
                client.textOf("id").orElseThrow(),
                client.textOf("name").orElseThrow(),
                redirects,
                client.textsOf("postLogoutRedirectUris"),
                secret,
                jwks,
                grants,
                scopes.isEmpty() ? List.of(Claims.OPENID) : scopes,
                client.flagOf("thirdParty"),
                client.textOf("signingAlgorithm")
                        .flatMap(Algorithm::ofCode)
                        .orElse(Algorithm.ES256),
                client.textOf("userInfoSigningAlgorithm").flatMap(Algorithm::ofCode),
                client.textOf("accessTokenFormat")
                        .flatMap(f -> Codes.find(Client.TokenFormat.class, f))
                        .orElse(Client.TokenFormat.JWT),
                client.get("accessTokenSeconds").map(Located::number).orElse(300),
                client.textOf("audience"),
                client.textOf("backChannelLogoutUri"),
                client.flagOf("dpopRequired"),
                client.flagOf("parRequired"),
                pkceOptional,
                client.textsOf("origins"));
    }

    /** RFC 9700, section 2.6, forbids plain http but for this machine; scripts are no addresses. */
    private void address(Located uri, String place) {
        try {
            URI parsed = new URI(uri.text());
            String scheme = String.valueOf(parsed.getScheme());
            boolean web = scheme.equals("http") || scheme.equals("https");
            if (web && parsed.getHost() == null) {
                checker.fault(uri.line(), place, "an address has a host");
            } else if (parsed.getRawUserInfo() != null) {
                checker.fault(uri.line(), place, "an address names nobody before its host");
            } else if (scheme.equals("http")
                    && (parsed.getHost() == null || !Loopback.isHost(parsed.getHost()))) {
                checker.fault(uri.line(), place, "write https; http is for this machine alone");
            } else if (!web && !scheme.contains(".")) {
                checker.fault(
                        uri.line(),
                        place,
                        "an app's own scheme is a domain backwards, such as com.example.app:/back"
                                + " (RFC 8252, section 7.1)");
            }
        } catch (URISyntaxException e) {
            checker.fault(uri.line(), place, "this is not an address: " + e.getReason());
        }
    }

    private Optional<String> jwks(Located keys, String place) {
        try {
            if (!(keys.value() instanceof Map<?, ?> map)) {
                throw new ParseException("not an object", 0);
            }
            String json = Json.text(texts(map));
            JWKSet set = JWKSet.parse(json);
            if (set.isEmpty()) {
                throw new ParseException("no key in it", 0);
            }
            if (set.getKeys().stream().anyMatch(key -> key.isPrivate())) {
                checker.fault(
                        keys.line(), place, "these are private keys; they stay with the client");
                return Optional.empty();
            }
            return Optional.of(set.toString());
        } catch (ParseException e) {
            checker.fault(keys.line(), place, "this is not a JWK set: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Map<String, Object> texts(Map<?, ?> map) {
        return map.entrySet().stream()
                .collect(Collectors.toMap(e -> String.valueOf(e.getKey()), Map.Entry::getValue));
    }
}
